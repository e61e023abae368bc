"""`oms.event.v1.RoutingRuleService`."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import routing_rule_service_pb2 as pb
from oms.event.v1 import routing_rule_service_pb2_grpc as pb_grpc
from oms_core.call import current_identity
from oms_core.clock import Clock
from oms_core.errors import InvalidUpdateMask
from oms_core.paging import decode_page_token, encode_page_token, page_size
from oms_rpc.update_masks import updated

from svc_events.adapters.jetstream.failures import no_stream
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.adapters.routing.store import RuleStore
from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.reading import StreamReader
from svc_events.convert import event_from_pb, event_to_pb
from svc_events.domain.filters import Facts
from svc_events.domain.routing.compiled import CompiledRule, is_at_end
from svc_events.domain.routing.rule import (
    Rule,
    Settings,
    Target,
    TargetKind,
    check,
    check_transform,
)
from svc_events.domain.routing.scope import Scope
from svc_events.names import stream_of
from svc_events.routing_convert import (
    id_of,
    rule_to_pb,
    settings_from_pb,
    settings_to_pb,
)

_CHANGEABLE: Final = (
    "description",
    "filters",
    "transform",
    "transform.attributes",
    "transform.data",
    "target_stream",
    "target_webhook",
    "target_subject",
    "disabled",
)
_QUERY: Final = ("routing rules",)
_TRIED: Final = "test"
# A larger event is worked on by a thread.
_SMALL_BYTES: Final = 64 * 1024


class RoutingRuleServicer(pb_grpc.RoutingRuleServiceServicer):
    """Routing rules, which lie in PostgreSQL."""

    def __init__(
        self,
        store: RuleStore,
        streams: EventStreams,
        reader: StreamReader,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._store = store
        self._streams = streams
        self._reader = reader
        self._changes = changes
        self._clock = clock

    async def CreateRoutingRule(
        self, request: pb.CreateRoutingRuleRequest, context: Any
    ) -> pb.CreateRoutingRuleResponse:
        settings = settings_from_pb(request.routing_rule)
        stream = stream_of(request.routing_rule.stream)
        check(settings, stream=stream)
        await self._check_target(settings.target)
        rule = await self._store.create(
            request.routing_rule_id,
            settings,
            stream=stream,
            start_sequence=await self._reader.last_sequence(stream),
            now=self._clock.now(),
            created_by=current_identity().subject,
        )
        await self._changes.announce()
        return pb.CreateRoutingRuleResponse(routing_rule=rule_to_pb(rule))

    async def GetRoutingRule(
        self, request: pb.GetRoutingRuleRequest, context: Any
    ) -> pb.GetRoutingRuleResponse:
        rule = await self._store.get(id_of(request.name))
        return pb.GetRoutingRuleResponse(routing_rule=rule_to_pb(rule))

    async def ListRoutingRules(
        self, request: pb.ListRoutingRulesRequest, context: Any
    ) -> pb.ListRoutingRulesResponse:
        cursor = decode_page_token(_QUERY, request.page_token, length=1)
        size = page_size(request.page_size)
        found = await self._store.list(after=cursor[0] if cursor else "", limit=size + 1)
        page, has_more = found[:size], len(found) > size
        return pb.ListRoutingRulesResponse(
            routing_rules=[rule_to_pb(rule) for rule in page],
            next_page_token=encode_page_token(_QUERY, [page[-1].id]) if has_more else "",
        )

    async def UpdateRoutingRule(
        self, request: pb.UpdateRoutingRuleRequest, context: Any
    ) -> pb.UpdateRoutingRuleResponse:
        message = request.routing_rule
        rule_id = id_of(message.name, field="routing_rule.name")
        current = await self._store.get(rule_id)
        _check_stream(request, current)
        await self._check_target(self._changed(current, request).target)
        last = await self._reader.last_sequence(current.stream)
        rule = await self._store.update(
            rule_id,
            message.etag,
            lambda found: self._changed(found, request),
            last_sequence=last,
            now=self._clock.now(),
        )
        await self._changes.announce()
        return pb.UpdateRoutingRuleResponse(routing_rule=rule_to_pb(rule))

    async def DeleteRoutingRule(
        self, request: pb.DeleteRoutingRuleRequest, context: Any
    ) -> pb.DeleteRoutingRuleResponse:
        await self._store.delete(id_of(request.name), request.etag)
        await self._changes.announce()
        return pb.DeleteRoutingRuleResponse()

    async def TestRoutingRule(
        self, request: pb.TestRoutingRuleRequest, context: Any
    ) -> pb.TestRoutingRuleResponse:
        settings = settings_from_pb(request.routing_rule)
        check_transform(settings.transform)
        name = request.routing_rule.name
        rule = CompiledRule(id_of(name, field="routing_rule.name") if name else _TRIED, settings)
        if request.event.ByteSize() <= _SMALL_BYTES:
            return _tried(rule, request.event)
        return await asyncio.to_thread(_tried, rule, request.event)

    def _changed(self, rule: Rule, request: pb.UpdateRoutingRuleRequest) -> Settings:
        current = settings_to_pb(rule)
        message = updated(current, request.routing_rule, request.update_mask, _CHANGEABLE)
        settings = settings_from_pb(message)
        check(settings, stream=rule.stream)
        return settings

    async def _check_target(self, target: Target | None) -> None:
        if target is not None and target.kind is TargetKind.STREAM:
            await self._streams.ensure(target.id)
            if not await self._streams.is_there(target.id):
                raise no_stream(target.id)


def _check_stream(request: pb.UpdateRoutingRuleRequest, current: Rule) -> None:
    wanted = request.routing_rule.stream
    is_meant = not request.update_mask.paths
    if is_meant and wanted and stream_of(wanted) != current.stream:
        raise InvalidUpdateMask(
            "update_mask: 'stream' can't be changed; make another rule",
            metadata={"path": "stream"},
        )


def _tried(rule: CompiledRule, message: cloudevents_pb2.CloudEvent) -> pb.TestRoutingRuleResponse:
    event = event_from_pb(message)
    if not rule.matches(event, Facts.of(event)):
        return pb.TestRoutingRuleResponse(matched=False)
    if is_at_end(event):
        return pb.TestRoutingRuleResponse(matched=True)
    copy = rule.copy(event, Scope(event))
    return pb.TestRoutingRuleResponse(matched=True, event=event_to_pb(copy))
