"""Settings of vector indexes and of the search of ontologies."""

from __future__ import annotations

from oms_core.settings import Settings
from pydantic import Field, SecretStr


class IndexSettings(Settings):
    """Where vector indexes are kept: in PostgreSQL if `DATABASE_URL` is set, else in the data
    directory."""

    search_model: str = Field(
        default="", max_length=256, validation_alias="OMS_EMBEDDING_SEARCH_MODEL"
    )
    """Id of the model that embeds ontologies. Left out: the default one. After a change
    everything is embedded again beside what is searched."""
    search_ontologies: str = Field(
        default="*", max_length=4096, validation_alias="OMS_EMBEDDING_SEARCH_ONTOLOGIES"
    )
    """Ids of the ontologies that are kept searchable, separated by commas; `*` stands for any
    characters. Left out: all. What is no longer among them is dropped from the index."""
    qdrant_url: str = Field(
        default="", pattern="^(https?://.+)?$", validation_alias="OMS_QDRANT_URL"
    )
    """A Qdrant server that keeps the indexes instead. One replica of the service may use it."""
    qdrant_key: SecretStr = Field(default=SecretStr(""), validation_alias="OMS_QDRANT_KEY")
    """Its API key."""
