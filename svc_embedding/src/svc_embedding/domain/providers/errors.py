"""How providers fail.

No message repeats what a provider sent: it may hold a part of the key, or of a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from oms_core.errors import LimitExceeded, ModelUnusable, OmsError, ServiceUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What happened.

    Args:
        provider: Such as `openai`.
        kind: In one word, for metrics: `timeout`, `http_503`, `wrong_answer`.
        what: For people; free of secrets and of what the provider sent.
        is_retryable: Whether the same provider may answer when it is asked again at once.
        hold_s: For how long it asked to be left alone, in seconds.
    """

    provider: str
    kind: str
    what: str
    is_retryable: bool = False
    hold_s: float | None = None


class ProviderError(Exception):
    """A provider brought no vector; each subclass is an `OmsError` too."""

    failure: Failure
    message: str
    retry_after_s: float | None


class ProviderUnavailable(ServiceUnavailable, ProviderError):
    """It did not answer, or what it answered is no vector of the model."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(
            f"{failure.provider}: {failure.what}",
            metadata={"service": failure.provider, "kind": failure.kind},
            retry_after_s=failure.hold_s,
        )
        self.failure = failure


class ProviderBusy(LimitExceeded, ProviderError):
    """A limit of its own, or one that is configured for it, is reached."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(
            f"{failure.provider}: {failure.what}",
            metadata={"limit": failure.kind, "service": failure.provider},
            retry_after_s=failure.hold_s,
        )
        self.failure = failure


class ProviderMisconfigured(ModelUnusable, ProviderError):
    """It refuses the key, does not know the model, or does not understand the request."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(
            f"{failure.provider}: {failure.what}",
            metadata={"service": failure.provider, "why": failure.kind},
        )
        self.failure = failure


class TextsRefused(Exception):
    """A text, or all texts of a request together, are longer than the provider takes.

    Args:
        token_count: Tokens the provider counted; 0: it did not say.
    """

    def __init__(self, token_count: int = 0) -> None:
        super().__init__("the provider refuses texts of this length")
        self.token_count = token_count


PROVIDER_ERRORS: Final = (ServiceUnavailable, LimitExceeded, ModelUnusable)
"""After these another provider may still answer."""


def wrong_answer(provider: str, what: str, *, is_retryable: bool = False) -> ProviderUnavailable:
    """The error of a provider that answered with something else than the vectors asked for."""
    return ProviderUnavailable(
        Failure(provider=provider, kind="wrong_answer", what=what, is_retryable=is_retryable)
    )


def nobody_answered(model: str, errors: Sequence[OmsError]) -> OmsError:
    """One error for all that went wrong in a chain, by what the caller can do about it.

    Args:
        errors: At least one, in the order of the chain.
    """
    what = f"model {model!r}: no provider answered: {'; '.join(e.message for e in errors)}"[:2000]
    waits = [error.retry_after_s for error in errors if error.retry_after_s is not None]
    retry_after_s = min(waits, default=None)
    if any(isinstance(error, ServiceUnavailable) for error in errors):
        metadata = {"service": "embedding provider", "model": model}
        return ServiceUnavailable(what, metadata=metadata, retry_after_s=retry_after_s)
    busy = [error for error in errors if isinstance(error, LimitExceeded)]
    if busy:
        metadata = {**busy[0].metadata, "model": model}
        return LimitExceeded(what, metadata=metadata, retry_after_s=retry_after_s)
    why = "; ".join(error.metadata.get("why", error.reason) for error in errors)
    return ModelUnusable(what, metadata={"model": model, "why": why})
