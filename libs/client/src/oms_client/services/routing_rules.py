"""Calls of `oms.event.v1.RoutingRuleService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import field_mask_pb2
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import routing_rule_service_pb2 as event_routing_rule_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncRoutingRules", "RoutingRules"]

_CREATE: Final = Method(
    "/oms.event.v1.RoutingRuleService/CreateRoutingRule",
    event_routing_rule_service_pb2.CreateRoutingRuleRequest,
    event_routing_rule_service_pb2.CreateRoutingRuleResponse,
)
_GET: Final = Method(
    "/oms.event.v1.RoutingRuleService/GetRoutingRule",
    event_routing_rule_service_pb2.GetRoutingRuleRequest,
    event_routing_rule_service_pb2.GetRoutingRuleResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.event.v1.RoutingRuleService/ListRoutingRules",
    event_routing_rule_service_pb2.ListRoutingRulesRequest,
    event_routing_rule_service_pb2.ListRoutingRulesResponse,
    is_read_only=True,
    items="routing_rules",
)
_UPDATE: Final = Method(
    "/oms.event.v1.RoutingRuleService/UpdateRoutingRule",
    event_routing_rule_service_pb2.UpdateRoutingRuleRequest,
    event_routing_rule_service_pb2.UpdateRoutingRuleResponse,
)
_DELETE: Final = Method(
    "/oms.event.v1.RoutingRuleService/DeleteRoutingRule",
    event_routing_rule_service_pb2.DeleteRoutingRuleRequest,
    event_routing_rule_service_pb2.DeleteRoutingRuleResponse,
)
_TEST: Final = Method(
    "/oms.event.v1.RoutingRuleService/TestRoutingRule",
    event_routing_rule_service_pb2.TestRoutingRuleRequest,
    event_routing_rule_service_pb2.TestRoutingRuleResponse,
    is_read_only=True,
)


class RoutingRules:
    """Routing rules: what matches a filter is copied, changed on the way if need be, into another
    stream, to a webhook, or out to a subject of NATS that does not belong to OMS.

    An event passes at most 5 rules; one that would pass a sixth is dropped and told by an event
    `oms.event.routing_rule.loop.v1`, which no rule copies. The extension `omsroute` holds the
    ids of the rules that an event passed, in their order, with commas between them.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        given: event_routing_rule_service_pb2.CreateRoutingRuleRequest | None = None,
        /,
        *,
        routing_rule_id: str = "",
        routing_rule: event_routing_rule_service_pb2.RoutingRule | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.CreateRoutingRuleResponse:
        """Creates a rule. ALREADY_EXISTS when there is one of that id, NOT_FOUND when a stream or
        webhook it names is not there.

        Args:
            given: The request as a message; what the others set is put on top.
            routing_rule_id: Last segment of the new name: a letter, then letters, digits and
                `-`, in lower case; at most 63.
            routing_rule: The rule. Its `name` is ignored.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "routing_rule_id": routing_rule_id,
            "routing_rule": routing_rule,
        }
        return self._calls.unary(_CREATE, given, timeout_s, fields)

    def get(
        self,
        given: event_routing_rule_service_pb2.GetRoutingRuleRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.GetRoutingRuleResponse:
        """Gets a rule. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `routingRules/{routing_rule}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_routing_rule_service_pb2.ListRoutingRulesRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> Paged[event_routing_rule_service_pb2.RoutingRule, event_routing_rule_service_pb2.ListRoutingRulesResponse]:
        """Lists rules, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def update(
        self,
        given: event_routing_rule_service_pb2.UpdateRoutingRuleRequest | None = None,
        /,
        *,
        routing_rule: event_routing_rule_service_pb2.RoutingRule | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.UpdateRoutingRuleResponse:
        """Changes the fields of a rule that the mask names. Events that are published after the
        answer are copied by the new ones. A rule that is enabled again copies what is published
        from then on.

        Args:
            given: The request as a message; what the others set is put on top.
            routing_rule: The rule with its new values. With an `etag`, it is changed only while
                it has that.
            update_mask: Fields to change. Left out: every field that is set and can be changed.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "routing_rule": routing_rule,
            "update_mask": update_mask,
        }
        return self._calls.unary(_UPDATE, given, timeout_s, fields)

    def delete(
        self,
        given: event_routing_rule_service_pb2.DeleteRoutingRuleRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.DeleteRoutingRuleResponse:
        """Deletes a rule.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `routingRules/{routing_rule}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return self._calls.unary(_DELETE, given, timeout_s, fields)

    def test(
        self,
        given: event_routing_rule_service_pb2.TestRoutingRuleRequest | None = None,
        /,
        *,
        routing_rule: event_routing_rule_service_pb2.RoutingRule | Mapping[str, Any] | None = None,
        event: cloudevents_pb2.CloudEvent | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.TestRoutingRuleResponse:
        """Tells what a rule would make of an event, without publishing anything. The rule need not
        exist.

        Args:
            given: The request as a message; what the others set is put on top.
            routing_rule: The rule to try. Only filters and transform are looked at.
            event: The event to try it on.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "routing_rule": routing_rule,
            "event": event,
        }
        return self._calls.unary(_TEST, given, timeout_s, fields)


class AsyncRoutingRules:
    """Routing rules: what matches a filter is copied, changed on the way if need be, into another
    stream, to a webhook, or out to a subject of NATS that does not belong to OMS.

    An event passes at most 5 rules; one that would pass a sixth is dropped and told by an event
    `oms.event.routing_rule.loop.v1`, which no rule copies. The extension `omsroute` holds the
    ids of the rules that an event passed, in their order, with commas between them.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        given: event_routing_rule_service_pb2.CreateRoutingRuleRequest | None = None,
        /,
        *,
        routing_rule_id: str = "",
        routing_rule: event_routing_rule_service_pb2.RoutingRule | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.CreateRoutingRuleResponse:
        """Creates a rule. ALREADY_EXISTS when there is one of that id, NOT_FOUND when a stream or
        webhook it names is not there.

        Args:
            given: The request as a message; what the others set is put on top.
            routing_rule_id: Last segment of the new name: a letter, then letters, digits and
                `-`, in lower case; at most 63.
            routing_rule: The rule. Its `name` is ignored.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "routing_rule_id": routing_rule_id,
            "routing_rule": routing_rule,
        }
        return await self._calls.unary(_CREATE, given, timeout_s, fields)

    async def get(
        self,
        given: event_routing_rule_service_pb2.GetRoutingRuleRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.GetRoutingRuleResponse:
        """Gets a rule. NOT_FOUND when there is none.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `routingRules/{routing_rule}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: event_routing_rule_service_pb2.ListRoutingRulesRequest | None = None,
        /,
        *,
        page_size: int = 0,
        timeout_s: float | None = None,
    ) -> AsyncPaged[event_routing_rule_service_pb2.RoutingRule, event_routing_rule_service_pb2.ListRoutingRulesResponse]:
        """Lists rules, ordered by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: Most entries in one answer, up to 1,000. 0 means 100.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def update(
        self,
        given: event_routing_rule_service_pb2.UpdateRoutingRuleRequest | None = None,
        /,
        *,
        routing_rule: event_routing_rule_service_pb2.RoutingRule | Mapping[str, Any] | None = None,
        update_mask: field_mask_pb2.FieldMask | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.UpdateRoutingRuleResponse:
        """Changes the fields of a rule that the mask names. Events that are published after the
        answer are copied by the new ones. A rule that is enabled again copies what is published
        from then on.

        Args:
            given: The request as a message; what the others set is put on top.
            routing_rule: The rule with its new values. With an `etag`, it is changed only while
                it has that.
            update_mask: Fields to change. Left out: every field that is set and can be changed.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "routing_rule": routing_rule,
            "update_mask": update_mask,
        }
        return await self._calls.unary(_UPDATE, given, timeout_s, fields)

    async def delete(
        self,
        given: event_routing_rule_service_pb2.DeleteRoutingRuleRequest | None = None,
        /,
        *,
        name: str = "",
        etag: str = "",
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.DeleteRoutingRuleResponse:
        """Deletes a rule.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `routingRules/{routing_rule}`.
            etag: When set, it is deleted only while it has this etag.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "etag": etag,
        }
        return await self._calls.unary(_DELETE, given, timeout_s, fields)

    async def test(
        self,
        given: event_routing_rule_service_pb2.TestRoutingRuleRequest | None = None,
        /,
        *,
        routing_rule: event_routing_rule_service_pb2.RoutingRule | Mapping[str, Any] | None = None,
        event: cloudevents_pb2.CloudEvent | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> event_routing_rule_service_pb2.TestRoutingRuleResponse:
        """Tells what a rule would make of an event, without publishing anything. The rule need not
        exist.

        Args:
            given: The request as a message; what the others set is put on top.
            routing_rule: The rule to try. Only filters and transform are looked at.
            event: The event to try it on.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "routing_rule": routing_rule,
            "event": event,
        }
        return await self._calls.unary(_TEST, given, timeout_s, fields)
