"""The models that a server is configured with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from oms_core.errors import OmsError, ResourceNotFound, UnsupportedOperation

from svc_embedding.domain.embedding import Embedder, ModelFacts, Priority, ServedBy

MODEL_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
"""What the id of a model looks like."""
_PREFIX: Final = "models/"


class Capability(Enum):
    """What a model can do."""

    EMBED = "embed"
    RERANK = "rerank"
    TOKENIZE = "tokenize"


class ModelState(Enum):
    """Whether a model can be used."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStatus:
    """One of those that serve a model, and how it fares; see `ModelProvider` in the proto."""

    provider: str
    base_url: str = ""
    requested_execution_provider: str = ""
    execution_provider: str = ""
    is_fallback: bool = False
    is_available: bool = True
    reason: str = ""
    call_count: int = 0
    failure_count: int = 0
    token_count: int = 0
    cost_micros: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """A model as it is now.

    Args:
        facts: What is known so far; of a local model that was never loaded little is.
        state_reason: Why it failed.
        load_time: When it became ready.
        is_known: Whether the capabilities are known; of a model at the hub when it is loaded.
        providers: What runs it, the first one first.
    """

    facts: ModelFacts
    state: ModelState
    state_reason: str = ""
    load_time: datetime | None = None
    capabilities: Sequence[Capability] = (Capability.EMBED,)
    is_known: bool = True
    providers: Sequence[ProviderStatus] = field(default=())


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it lies.

    Args:
        start: First character of the text that belongs to it, in code points from 0.
        end: One past the last; equal to `start` for a special token.
    """

    id: int
    piece: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well documents answer a query.

    Args:
        scores: Between 0 and 1, in the order of the documents; larger is better.
        token_count: Tokens that were read.
    """

    scores: Sequence[float]
    served: ServedBy
    token_count: int = 0


class Model(Protocol):
    """A configured model. Safe to use from many tasks of one event loop at once.

    A method that a model can't do raises UnsupportedOperation; see `unsupported`.
    """

    @property
    def id(self) -> str:
        """Id, as `MODEL_ID` says."""
        ...

    def status(self) -> ModelStatus:
        """The model as it is now; no I/O."""
        ...

    async def ready(self) -> Embedder:
        """The embedder, whose facts are complete; a local model is loaded first.

        Raises:
            ModelUnusable: it can't be loaded as configured.
            ServiceUnavailable: what it needs can't be reached now; safe to retry.
        """
        ...

    async def load(self) -> None:
        """Loads a local model and warms it up; nothing to do for others. Raises as `ready`."""
        ...

    async def unload(self) -> None:
        """Frees a local model when the calls under way are answered."""
        ...

    async def tokenize(
        self, texts: Sequence[str], *, add_special_tokens: bool
    ) -> Sequence[Sequence[Token]]:
        """The tokens of texts, none cut off."""
        ...

    async def rerank(self, query: str, documents: Sequence[str], *, priority: Priority) -> Ranking:
        """Scores documents by a model that reads them together with the query."""
        ...


class Models:
    """The configured models by id.

    Args:
        models: At least one, each id once.
        default: Id of the one that is used when none is named; left out: the first.
        aliases: Other names, each with the id that it stands for.
    """

    def __init__(
        self,
        models: Sequence[Model],
        *,
        default: str = "",
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._models: Mapping[str, Model] = {model.id: model for model in models}
        self._aliases: Mapping[str, str] = aliases or {}
        self.default = self._aliases.get(default, default) or models[0].id

    def ids(self) -> Sequence[str]:
        """The ids, sorted."""
        return sorted(self._models)

    def get(self, name: str = "") -> Model:
        """The model of a resource name, id or alias; of the empty name the default.

        Raises:
            ResourceNotFound: it is not configured.
        """
        model_id = name.removeprefix(_PREFIX) or self.default
        model = self._models.get(self._aliases.get(model_id, model_id))
        if model is None:
            raise ResourceNotFound.of("model", model_name(model_id)[:300])
        return model

    async def reranker(self, name: str = "") -> Model:
        """The named model, or of the empty name the first that can rerank, by id.

        Models that nothing is known of are loaded when no other can.

        Raises:
            ResourceNotFound: it is not configured.
            UnsupportedOperation: no configured model can.
            ServiceUnavailable, ModelUnusable: as `Model.ready`, of one that perhaps could.
        """
        if name:
            return self.get(name)
        models = [self._models[model_id] for model_id in self.ids()]
        failure: OmsError = unsupported(self.default, Capability.RERANK)
        for model in models:
            if _can_rerank(model):
                return model
        for model in models:
            try:
                if not model.status().is_known:
                    await model.ready()
            except OmsError as exc:
                failure = exc
            if _can_rerank(model):
                return model
        raise failure


def _can_rerank(model: Model) -> bool:
    return Capability.RERANK in model.status().capabilities


def model_name(model_id: str) -> str:
    """Resource name of a model."""
    return _PREFIX + model_id


def unsupported(model_id: str, capability: Capability) -> UnsupportedOperation:
    """The error of a model that can't do what it was asked for."""
    return UnsupportedOperation(
        f"model {model_id!r} can't {capability.value}; ListModels says which can",
        metadata={"capability": capability.value, "model": model_id},
    )
