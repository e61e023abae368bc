"""Turns whatever a call ends with into a status that its caller may see."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
from oms_core.errors import Cancelled, InternalError, OmsError
from oms_core.ids import new_reference_id

from oms_rpc.errors import (
    NO_RETRY,
    STATUS_KEY,
    from_rpc_error,
    oms_status,
    shorten,
    status_code,
    to_status,
)
from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc
from oms_rpc.stages.request_id import REQUEST_ID_KEY


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Answers every error as `google.rpc.Status`; limits on calls are checked just inside."""
    in_flight, admission, log = parts.in_flight, parts.admission, parts.log

    async def run(rpc: Rpc, request: Any) -> Any:
        try:
            in_flight.enter(rpc)
            if not (rpc.is_local or rpc.is_probe):
                admission.enter(rpc.context.time_remaining())
            response = await run_next(rpc, request)
        except asyncio.CancelledError:
            await _end_cancelled(rpc)
        except grpc.aio.AbortError:
            code = rpc.context.code()
            rpc.code = "UNKNOWN" if code is None else code.name
            raise
        except OmsError as error:
            await _fail(rpc, error)
        except grpc.aio.AioRpcError as error:
            await _pass_on(rpc, error, log)
        except Exception as error:  # noqa: BLE001 - the one place that has to know every error
            await _fail(rpc, _unforeseen(error, log))
        else:
            set_by_handler = rpc.context.code()
            if set_by_handler is not None:
                rpc.code = set_by_handler.name
            return response
        finally:
            in_flight.leave(rpc)

    return run


async def _end_cancelled(rpc: Rpc) -> None:
    """Tells apart why a handler was cancelled: by its caller, by us, or from within."""
    if rpc.interruption is not None:
        rpc.task.uncancel()
        await _fail(rpc, rpc.interruption)
    if rpc.task.cancelling():
        deadline = rpc.call.deadline
        is_late = deadline is not None and asyncio.get_running_loop().time() >= deadline
        rpc.code = rpc.reason = "DEADLINE_EXCEEDED" if is_late else "CANCELLED"
        raise asyncio.CancelledError
    # Something the handler awaited was cancelled. grpcio would leave the caller waiting.
    await _fail(rpc, Cancelled("a part of the call was cancelled; try again"))


def _unforeseen(error: Exception, log: Any) -> InternalError:
    reference = new_reference_id()
    log.error("unforeseen error", reference=reference, exc_info=error)
    return InternalError(
        f"an internal error occurred; report the reference {reference}",
        metadata={"reference": reference},
    )


async def _pass_on(rpc: Rpc, error: grpc.aio.AioRpcError, log: Any) -> None:
    """Answers a peer's error: unchanged when the peer is ours, mapped otherwise."""
    raw = oms_status(error)
    if raw is not None:
        rpc.reason = from_rpc_error(error).reason
        await _abort(rpc, error.code(), error.details() or "", raw, NO_RETRY)
    typed = from_rpc_error(error)
    if isinstance(typed, InternalError):
        await _fail(rpc, _unforeseen(error, log))
    await _fail(rpc, typed, NO_RETRY)


async def _fail(rpc: Rpc, error: OmsError, *more: tuple[str, str]) -> None:
    rpc.reason = error.reason
    status = to_status(error).SerializeToString()
    await _abort(rpc, status_code(error), shorten(error.message), status, *more)


async def _abort(
    rpc: Rpc, code: grpc.StatusCode, details: str, status: bytes, *more: tuple[str, str]
) -> None:
    """Sends the status as the call's trailers and nothing else, which gateways rely on.

    Envoy's transcoder turns a status into a JSON body only when no message came before.
    """
    rpc.code = code.name
    await rpc.context.abort(
        code,
        details,
        (
            *rpc.context.trailing_metadata(),
            (STATUS_KEY, status),
            (REQUEST_ID_KEY, rpc.call.request_id),
            *more,
        ),
    )
