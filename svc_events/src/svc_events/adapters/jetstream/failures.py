"""What JetStream refuses, as the error that callers get."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from oms_core.errors import InvalidEvent, LimitExceeded, OmsError, ResourceNotFound
from oms_nats import unavailable

# Numbers of the server's `server/errors.json`.
STREAM_NOT_FOUND: Final = 10059
STREAM_NAME_IN_USE: Final = 10058
_MESSAGE_TOO_LARGE: Final = 10054
_STORE_FAILED: Final = 10077
RESOURCES: Final = frozenset({10002, 10023, 10028, 10047})


def stream_name(stream_id: str) -> str:
    """The resource name of a stream."""
    return f"streams/{stream_id}"


def no_stream(stream_id: str) -> ResourceNotFound:
    """The error of a stream that does not exist."""
    return ResourceNotFound.of("stream", stream_name(stream_id))


def too_large(size: int, most: int, *, index: int | None = None) -> InvalidEvent:
    """The error of an event that the broker or the stream does not take.

    Args:
        size: Bytes of the event in the Protobuf event format.
        most: Most bytes of one.
        index: Its place in a batch.
    """
    return InvalidEvent.of("data", f"makes an event of {size} bytes, more than {most}", index=index)


@contextmanager
def broker_errors(stream_id: str) -> Generator[None]:
    """Turns the driver's errors into those of OMS.

    Args:
        stream_id: The stream that the block works on.
    """
    from nats.errors import Error
    from nats.js.errors import APIError, NotFoundError

    try:
        yield
    except NotFoundError as exc:
        raise no_stream(stream_id) from exc
    except APIError as exc:
        raise unavailable(f"JetStream error {exc.err_code}: {exc.description}") from exc
    except (Error, TimeoutError) as exc:
        raise unavailable(type(exc).__name__) from exc


def refusal(stream_id: str, error: Mapping[str, Any]) -> OmsError:
    """The error of a publication that JetStream did not take.

    Args:
        error: The member `error` of its answer: `code`, `err_code`, `description`.
    """
    number, description = error.get("err_code"), str(error.get("description", ""))
    if number == STREAM_NOT_FOUND:
        return no_stream(stream_id)
    if number == _MESSAGE_TOO_LARGE:
        return InvalidEvent.of("data", "makes the event larger than the stream's max_event_bytes")
    if number == _STORE_FAILED and "exceeded" in description:
        return _full(stream_id, description)
    if number in RESOURCES or number == _STORE_FAILED:
        return LimitExceeded(
            f"the broker has no room for more events ({description})",
            metadata={"limit": "broker_storage"},
            retry_after_s=30.0,
        )
    return unavailable(f"JetStream answered {number}: {description}")


def _full(stream_id: str, description: str) -> LimitExceeded:
    return LimitExceeded(
        f"{stream_name(stream_id)} is full ({description}) and set to refuse; purge it, or raise "
        "its limits",
        metadata={"limit": "stream", "resource_name": stream_name(stream_id)},
        retry_after_s=30.0,
    )
