"""What the parts of the service share."""

from __future__ import annotations

from dataclasses import dataclass

from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings

from svc_embedding.index_settings import IndexSettings
from svc_embedding.remote import ConfiguredFile
from svc_embedding.settings import EmbeddingSettings


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened when first used, closed with the server.

    Args:
        postgres: Where PostgreSQL is, if anywhere.
        outbound: What providers may be reached.
        models: The file of models; None: there is the one model of the settings.
        indexes: Where vector indexes are kept, and which model ontologies are searched by.
    """

    settings: EmbeddingSettings
    postgres: PostgresSettings
    outbound: OutboundSettings
    indexes: IndexSettings
    models: ConfiguredFile | None = None
