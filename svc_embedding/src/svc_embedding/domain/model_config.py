"""What models are configured with: the contents of the file of models, checked.

Every class forbids what it does not know, so that a misspelt key is an error and not a default.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from svc_embedding.domain.embedding import vector_space
from svc_embedding.domain.local_model import is_hub_name, pinned_digest, source_name
from svc_embedding.domain.models import MODEL_ID

_COMMIT: Final = re.compile("[0-9a-f]{40}")
_Id = Annotated[str, Field(pattern=f"^{MODEL_ID.pattern}$")]
_Dimensions = Annotated[int, Field(ge=1, le=16384)]
_Name = Annotated[str, Field(min_length=1, max_length=512)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class QuotaConfig(_Part):
    """Tokens a day (UTC) in each process; 0: no limit."""

    tokens_per_day: int = Field(default=0, ge=0)
    """Of all callers together."""
    tokens_per_day_per_caller: int = Field(default=0, ge=0)
    """Of each caller."""


class _Provider(_Part):
    timeout_s: float = Field(default=20.0, gt=0, le=600)
    """Longest time for one request."""


class LocalProvider(_Provider):
    """The service itself runs the model."""

    kind: Literal["onnx"]
    source: _Name
    """`all-MiniLM-L6-v2`, a folder, or a name at the hub."""
    revision: str = ""
    digest: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    precision: Literal["float32", "float16", "int8"] = "float32"
    device: Literal["cpu", "cuda", "tensorrt"] = "cpu"
    allow_fallback: bool = False
    """Whether the CPU may do when the device can't."""
    pooling: Literal["mean", "cls", "last"] | None = None

    @property
    def space_source(self) -> str:
        """The source that names the vector space, as the loaded model tells it."""
        return source_name(self.source)

    @property
    def space_version(self) -> str:
        """The version that names the vector space; empty: known when the model is loaded."""
        if not is_hub_name(self.source):
            return pinned_digest(self.source, self.digest)
        return self.revision if _COMMIT.fullmatch(self.revision) else ""


class RemoteProvider(_Provider):
    """What all providers elsewhere have in common."""

    model: _Name
    """The provider's own name of the model; of Azure that of the deployment."""
    source: str = Field(default="", max_length=512)
    """Which weights those are, the same for all providers of a model. Left out: `model`."""
    revision: str = Field(default="", max_length=128)
    """Which version of them. Left out: there is only one."""
    key_env: str = Field(default="", pattern="^([A-Za-z_][A-Za-z0-9_]*)?$")
    """Environment variable that holds the key."""
    key_file: Path | None = None
    """File that holds the key."""
    base_url: str = Field(default="", max_length=1024)
    """Where the API is. Left out: the provider's own."""
    allow_private: bool = False
    """Whether it may be at a loopback, private or shared address, and be called by `http`."""
    headers: dict[str, str] = Field(default_factory=dict[str, str], max_length=16)
    """More headers of every request, such as an organisation's id. Nothing secret."""
    send_dimensions: bool | None = None
    """Whether the API is asked to shorten vectors. Left out: as is known of the model."""
    max_attempts: int = Field(default=3, ge=1, le=10)
    max_wait_s: float = Field(default=10.0, ge=0, le=300)
    """How long a request waits at most for those of others before the next provider is asked."""
    max_concurrency: int = Field(default=8, ge=1, le=256)
    """Requests under way at once."""
    failure_threshold: int = Field(default=5, ge=1, le=1000)
    """Failures in a row after which it is left alone for a while."""
    max_pause_s: float = Field(default=30.0, gt=0, le=3600)
    """The longest while."""
    requests_per_minute: int = Field(default=0, ge=0)
    tokens_per_minute: int = Field(default=0, ge=0)
    price_per_million_tokens: float = Field(default=0.0, ge=0, le=1e6)
    max_batch_texts: int = Field(default=0, ge=0, le=4096)
    """Texts of a request; 0: as many as the provider takes."""
    max_batch_tokens: int = Field(default=0, ge=0)
    """Tokens of a request; 0: as many as the provider takes."""

    @property
    def space_source(self) -> str:
        """The source that names the vector space."""
        return self.source or self.model

    @property
    def space_version(self) -> str:
        """The version that names the vector space."""
        return self.revision

    @model_validator(mode="after")
    def _check_key(self) -> Self:
        if self.key_env and self.key_file is not None:
            raise ValueError("key_env and key_file: only one of them can be given")
        if self._needs_key() and not self.key_env and self.key_file is None:
            raise ValueError("key_env or key_file: one of them has to say where the key is")
        return self

    def _needs_key(self) -> bool:
        return True


class PlainProvider(RemoteProvider):
    """Providers that need nothing more."""

    kind: Literal["openai", "cohere", "huggingface", "google", "voyage"]


class OwnServer(RemoteProvider):
    """Servers of one's own, which may ask for no key: what speaks as OpenAI does, and TEI."""

    kind: Literal["openai_compatible", "tei"]
    base_url: str = Field(min_length=1, max_length=1024)

    def _needs_key(self) -> bool:
        return False


class AzureProvider(RemoteProvider):
    """Azure OpenAI."""

    kind: Literal["azure_openai"]
    base_url: str = Field(min_length=1, max_length=1024)
    """`https://{resource}.openai.azure.com`."""
    source: str = Field(min_length=1, max_length=512)
    """The model behind the deployment, such as `text-embedding-3-small`."""
    api_version: str = Field(default="2024-10-21", pattern="^[A-Za-z0-9.-]{1,32}$")


class VertexProvider(RemoteProvider):
    """Vertex AI; `key_file` or `key_env` hold the JSON key of a service account."""

    kind: Literal["vertex"]
    project: _Name
    location: str = Field(pattern="^[a-z0-9-]{1,64}$")


Provider = Annotated[
    LocalProvider | PlainProvider | OwnServer | AzureProvider | VertexProvider,
    Field(discriminator="kind"),
]


class ModelConfig(_Part):
    """A model, and who serves it, the first one first."""

    id: _Id
    aliases: list[_Id] = Field(default_factory=list[str], max_length=64)
    """Other names of it."""
    dimensions: _Dimensions | None = None
    """Length of its vectors. Has to be given unless the model is local."""
    matryoshka_dimensions: list[_Dimensions] = Field(default_factory=list[int], max_length=32)
    """Shorter lengths that it was trained to be cut to."""
    max_tokens: int | None = Field(default=None, ge=8, le=1_048_576)
    """How many tokens of a text it reads. Has to be given unless the model is local."""
    normalized: bool | None = None
    """Whether its vectors have length 1. Left out: as a lone local model's files say; else yes."""
    query_prefix: str | None = Field(default=None, max_length=4096)
    """What it reads before a query; given here, providers are not told what a text is. Left out:
    as a lone local model's files say; else nothing."""
    document_prefix: str | None = Field(default=None, max_length=4096)
    """What it reads before a document, as `query_prefix`."""
    license: str = ""
    quota: QuotaConfig = QuotaConfig()
    providers: list[Provider] = Field(min_length=1, max_length=16)

    @property
    def is_remote(self) -> bool:
        """Whether a provider elsewhere serves it, alone or beside a local model."""
        return any(isinstance(each, RemoteProvider) for each in self.providers)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.is_remote:
            for name in ("dimensions", "max_tokens"):
                if getattr(self, name) is None:
                    raise ValueError(f"{name}: has to be given for a model of a provider elsewhere")
        if self.dimensions is not None:
            longer = [each for each in self.matryoshka_dimensions if each >= self.dimensions]
            if longer:
                raise ValueError(f"matryoshka_dimensions: {longer[0]} is not less than dimensions")
        self._check_spaces()
        return self

    def _check_spaces(self) -> None:
        local = [each for each in self.providers if isinstance(each, LocalProvider)]
        if len(local) > 1:
            raise ValueError("providers: only one of them can be a local model")
        if len(self.providers) > 1 and any(not each.space_version for each in local):
            raise ValueError(
                "providers: a local model beside others has to have its revision, a commit of "
                "40 hexadecimal digits, or as a folder its digest, so that all are known to serve "
                "the same weights"
            )
        first, *others = [space_of(each, self.dimensions or 0) for each in self.providers]
        for place, other in enumerate(others, start=1):
            if other != first:
                raise ValueError(
                    f"providers[{place}]: serves the vector space {other!r}, the first {first!r}; "
                    "vectors of different spaces can't be mixed: make it a model of its own, or "
                    "give both the same `source` and `revision` if they are the same weights"
                )


class ModelsConfig(_Part):
    """The file of models."""

    default: str = ""
    """Id of the model that is used when none is named. Left out: the first."""
    models: list[ModelConfig] = Field(min_length=1, max_length=256)

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        counts = Counter(self._names())
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise ValueError(f"models: {twice[0]!r} is the id or alias of more than one model")
        if self.default and self.default not in counts:
            raise ValueError(f"default: there is no model {self.default!r}")
        return self

    def _names(self) -> Iterator[str]:
        for model in self.models:
            yield from (model.id, *model.aliases)


def space_of(provider: LocalProvider | RemoteProvider, dimensions: int) -> str:
    """The vector space that a provider is configured with."""
    return vector_space(provider.space_source, provider.space_version, dimensions)
