"""`oms.event.v1.WebhookService`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from oms.event.v1 import webhook_service_pb2 as pb
from oms.event.v1 import webhook_service_pb2_grpc as pb_grpc
from oms_core.call import current_identity
from oms_core.clock import Clock
from oms_core.errors import InvalidField
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_events import webhook_convert as convert
from svc_events.adapters.webhooks.administration import Administration
from svc_events.adapters.webhooks.codec import read_event
from svc_events.adapters.webhooks.dead_letters import DeadLetterQuery, DeadLetterStore
from svc_events.adapters.webhooks.log import AttemptLog, AttemptQuery
from svc_events.adapters.webhooks.queue import DeliveryQueue
from svc_events.adapters.webhooks.replaying import Replayer, Start
from svc_events.adapters.webhooks.store import WebhookStore
from svc_events.domain.webhooks.model import Webhook
from svc_events.domain.webhooks.names import token_of
from svc_events.domain.webhooks.updating import check_mask

_DEFAULT_OVERLAP_S: Final = 86400.0
_DEFAULT_PERIOD_S: Final = 86400.0
_PERIOD_S: Final = (60.0, 30 * 86400.0)
_DEFAULT_REPLAY: Final = 10_000


@dataclass(frozen=True, slots=True)
class WebhookStores:
    """What webhooks are read out of."""

    webhooks: WebhookStore
    log: AttemptLog
    dead_letters: DeadLetterStore
    queue: DeliveryQueue


class WebhookServicer(pb_grpc.WebhookServiceServicer):
    """Webhooks, what was delivered to them, and what was not."""

    def __init__(
        self,
        administration: Administration,
        stores: WebhookStores,
        replayer: Replayer,
        clock: Clock,
    ) -> None:
        self._administration = administration
        self._stores = stores
        self._replayer = replayer
        self._clock = clock

    async def CreateWebhook(
        self, request: pb.CreateWebhookRequest, context: Any
    ) -> pb.CreateWebhookResponse:
        known, secret = await self._administration.create(
            request.webhook_id,
            convert.to_settings(request.webhook),
            request.secret,
            stream=convert.segment(request.webhook.stream),
            scheme=convert.to_scheme(request.webhook.signature),
            created_by=current_identity().subject,
        )
        webhook = convert.from_known(known, self._clock.now())
        return pb.CreateWebhookResponse(webhook=webhook, secret=secret)

    async def GetWebhook(
        self, request: pb.GetWebhookRequest, context: Any
    ) -> pb.GetWebhookResponse:
        known = await self._stores.webhooks.get(convert.segment(request.name))
        pending = await self._stores.queue.pending(token_of(known.webhook))
        return pb.GetWebhookResponse(
            webhook=convert.from_known(known, self._clock.now(), pending=pending)
        )

    async def ListWebhooks(
        self, request: pb.ListWebhooksRequest, context: Any
    ) -> pb.ListWebhooksResponse:
        query = ("webhooks",)
        cursor = decode_page_token(query, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._stores.webhooks.list(after=cursor[0] if cursor else "", limit=size + 1)
        now, page = self._clock.now(), found[:size]
        has_more = len(found) > size
        return pb.ListWebhooksResponse(
            webhooks=[convert.from_known(known, now) for known in page],
            next_page_token=encode_page_token(query, [page[-1].webhook.id]) if has_more else "",
        )

    async def UpdateWebhook(
        self, request: pb.UpdateWebhookRequest, context: Any
    ) -> pb.UpdateWebhookResponse:
        message = request.webhook
        webhook_id = _id_of(message.name)
        paths = check_mask(request.update_mask.paths or convert.paths_set(message))
        known = await self._administration.update(
            webhook_id, message.etag, convert.to_settings(message), paths
        )
        return pb.UpdateWebhookResponse(webhook=convert.from_known(known, self._clock.now()))

    async def DeleteWebhook(
        self, request: pb.DeleteWebhookRequest, context: Any
    ) -> pb.DeleteWebhookResponse:
        await self._administration.delete(convert.segment(request.name), request.etag)
        return pb.DeleteWebhookResponse()

    async def RotateSecret(
        self, request: pb.RotateSecretRequest, context: Any
    ) -> pb.RotateSecretResponse:
        overlap_s = _DEFAULT_OVERLAP_S
        if request.HasField("overlap"):
            overlap_s = convert.to_seconds(request.overlap)
        known, secret = await self._administration.rotate(
            convert.segment(request.name), request.secret, overlap_s=overlap_s
        )
        webhook = convert.from_known(known, self._clock.now())
        return pb.RotateSecretResponse(webhook=webhook, secret=secret)

    async def TestWebhook(
        self, request: pb.TestWebhookRequest, context: Any
    ) -> pb.TestWebhookResponse:
        webhook, attempt = await self._administration.test(convert.segment(request.name))
        return pb.TestWebhookResponse(attempt=convert.from_attempt(webhook, attempt))

    async def ListAttempts(
        self, request: pb.ListAttemptsRequest, context: Any
    ) -> pb.ListAttemptsResponse:
        webhook = await self._webhook(request.parent)
        query = ("attempts", webhook.etag.partition(".")[0], *_conditions(request))
        cursor = decode_page_token(query, request.page_token, length=2)
        size = page_size(request.page_size)
        wanted = AttemptQuery(
            serial=webhook.serial,
            delivery_id=request.delivery_id,
            outcome=convert.to_outcome(request.outcome),
            start=convert.to_moment(request, "start_time"),
            end=convert.to_moment(request, "end_time"),
            before=_cursor(cursor) if cursor else None,
        )
        found = await self._stores.log.list(wanted, limit=size + 1)
        page, token = found[:size], ""
        if len(found) > size:
            token = encode_page_token(query, [page[-1].at.isoformat(), str(page[-1].id)])
        return pb.ListAttemptsResponse(
            attempts=[convert.from_attempt(webhook, attempt) for attempt in page],
            next_page_token=token,
        )

    async def ListDeadLetters(
        self, request: pb.ListDeadLettersRequest, context: Any
    ) -> pb.ListDeadLettersResponse:
        webhook = await self._webhook(request.parent)
        query = ("dead letters", str(webhook.serial))
        cursor = decode_page_token(query, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._stores.dead_letters.list(
            DeadLetterQuery(serial=webhook.serial),
            after=int(cursor[0]) if cursor else 0,
            limit=size + 1,
        )
        page, has_more = found[:size], len(found) > size
        return pb.ListDeadLettersResponse(
            dead_letters=[convert.from_dead_letter(webhook, letter) for letter in page],
            next_page_token=encode_page_token(query, [str(page[-1].id)]) if has_more else "",
        )

    async def GetDeadLetter(
        self, request: pb.GetDeadLetterRequest, context: Any
    ) -> pb.GetDeadLetterResponse:
        parent, _, letter_id = request.name.partition("/deadLetters/")
        webhook = await self._webhook(parent)
        letter = await self._stores.dead_letters.get(webhook.serial, int(letter_id), request.name)
        return pb.GetDeadLetterResponse(
            dead_letter=convert.from_dead_letter(webhook, letter, read_event(letter.event))
        )

    async def ReplayDeadLetters(
        self, request: pb.ReplayDeadLettersRequest, context: Any
    ) -> pb.ReplayDeadLettersResponse:
        webhook = await self._webhook(request.parent)
        count = await self._replayer.dead(webhook, _range(webhook, request.range))
        return pb.ReplayDeadLettersResponse(replayed_count=count)

    async def DeleteDeadLetters(
        self, request: pb.DeleteDeadLettersRequest, context: Any
    ) -> pb.DeleteDeadLettersResponse:
        webhook = await self._webhook(request.parent)
        count = await self._stores.dead_letters.delete(_range(webhook, request.range))
        return pb.DeleteDeadLettersResponse(deleted_count=count)

    async def ReplayEvents(
        self, request: pb.ReplayEventsRequest, context: Any
    ) -> pb.ReplayEventsResponse:
        webhook = await self._webhook(request.name)
        count, last = await self._replayer.events(
            webhook,
            _start(request),
            end=request.end_sequence,
            most=request.max_events or _DEFAULT_REPLAY,
        )
        return pb.ReplayEventsResponse(replayed_count=count, last_sequence=last)

    async def GetWebhookStatistics(
        self, request: pb.GetWebhookStatisticsRequest, context: Any
    ) -> pb.GetWebhookStatisticsResponse:
        period_s = _DEFAULT_PERIOD_S
        if request.HasField("period"):
            period_s = convert.to_seconds(request.period)
        least, most = _PERIOD_S
        if not least <= period_s <= most:
            what = f"is {period_s:g} s; it has to be from 1 min to 30 days"
            raise InvalidField.of("period", what)
        webhook = await self._webhook(request.name)
        start = self._clock.now() - timedelta(seconds=period_s)
        found = await self._stores.log.statistics(webhook.serial, start=start)
        pending = await self._stores.queue.pending(token_of(webhook))
        return convert.from_statistics(webhook, found, pending)

    async def _webhook(self, name: str) -> Webhook:
        return (await self._stores.webhooks.get(convert.segment(name))).webhook


def _id_of(name: str) -> str:
    collection, _, webhook_id = name.partition("/")
    if collection != "webhooks" or not webhook_id:
        raise InvalidField.of("webhook.name", f"{name[:100]!r} is not webhooks/{{webhook}}")
    return webhook_id


def _conditions(request: pb.ListAttemptsRequest) -> tuple[str, ...]:
    """What identifies a query besides its webhook."""
    times = [
        getattr(request, name).ToJsonString() if request.HasField(name) else ""
        for name in ("start_time", "end_time")
    ]
    return (request.delivery_id, str(request.outcome), *times)


def _cursor(cursor: list[str]) -> tuple[datetime, int]:
    return datetime.fromisoformat(cursor[0]).astimezone(UTC), int(cursor[1])


def _range(webhook: Webhook, message: pb.DeadLetterRange) -> DeadLetterQuery:
    prefix = f"{webhook.name}/deadLetters/"
    for name in message.names:
        if not name.startswith(prefix) or not name.removeprefix(prefix).isascii():
            raise InvalidField.of("range.names", f"{name!r} is not {prefix}{{dead_letter}}")
    numbers = [name.removeprefix(prefix) for name in message.names]
    wrong = [number for number in numbers if not number.isdigit() or len(number) > 18]
    if wrong:
        raise InvalidField.of("range.names", f"{wrong[0]!r} is no id of a dead letter")
    return DeadLetterQuery(
        serial=webhook.serial,
        ids=[int(number) for number in numbers] or None,
        start=convert.to_moment(message, "start_time"),
        end=convert.to_moment(message, "end_time"),
    )


def _start(request: pb.ReplayEventsRequest) -> Start:
    position = request.start
    match position.WhichOneof("position"):
        case "beginning":
            return Start(sequence=1) if position.beginning else Start()
        case "sequence":
            if position.sequence < 1:
                what = f"is {position.sequence}; it has to be 1 at least"
                raise InvalidField.of("start.sequence", what)
            return Start(sequence=position.sequence)
        case "time":
            return Start(time=convert.to_moment(position, "time"))
        case "commit":
            return Start(commit=position.commit)
        case "after_commit":
            return Start(after_commit=position.after_commit)
        case _:
            return Start()
