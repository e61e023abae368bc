import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from io_cloudevents.v1 import cloudevents_pb2 as _cloudevents_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from oms.event.v1 import filter_pb2 as _filter_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EventTransform(_message.Message):
    __slots__ = ("attributes", "data")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    attributes: _containers.ScalarMap[str, str]
    data: str
    def __init__(self, attributes: _Optional[_Mapping[str, str]] = ..., data: _Optional[str] = ...) -> None: ...

class RoutingRule(_message.Message):
    __slots__ = ("name", "description", "stream", "filters", "transform", "target_stream", "target_webhook", "target_subject", "disabled", "routed_count", "failed_count", "last_error", "etag", "create_time", "update_time", "created_by")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    FILTERS_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    TARGET_STREAM_FIELD_NUMBER: _ClassVar[int]
    TARGET_WEBHOOK_FIELD_NUMBER: _ClassVar[int]
    TARGET_SUBJECT_FIELD_NUMBER: _ClassVar[int]
    DISABLED_FIELD_NUMBER: _ClassVar[int]
    ROUTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_COUNT_FIELD_NUMBER: _ClassVar[int]
    LAST_ERROR_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    stream: str
    filters: _containers.RepeatedCompositeFieldContainer[_filter_pb2.Filter]
    transform: EventTransform
    target_stream: str
    target_webhook: str
    target_subject: str
    disabled: bool
    routed_count: int
    failed_count: int
    last_error: str
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    created_by: str
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., stream: _Optional[str] = ..., filters: _Optional[_Iterable[_Union[_filter_pb2.Filter, _Mapping]]] = ..., transform: _Optional[_Union[EventTransform, _Mapping]] = ..., target_stream: _Optional[str] = ..., target_webhook: _Optional[str] = ..., target_subject: _Optional[str] = ..., disabled: _Optional[bool] = ..., routed_count: _Optional[int] = ..., failed_count: _Optional[int] = ..., last_error: _Optional[str] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ...) -> None: ...

class CreateRoutingRuleRequest(_message.Message):
    __slots__ = ("routing_rule_id", "routing_rule")
    ROUTING_RULE_ID_FIELD_NUMBER: _ClassVar[int]
    ROUTING_RULE_FIELD_NUMBER: _ClassVar[int]
    routing_rule_id: str
    routing_rule: RoutingRule
    def __init__(self, routing_rule_id: _Optional[str] = ..., routing_rule: _Optional[_Union[RoutingRule, _Mapping]] = ...) -> None: ...

class CreateRoutingRuleResponse(_message.Message):
    __slots__ = ("routing_rule",)
    ROUTING_RULE_FIELD_NUMBER: _ClassVar[int]
    routing_rule: RoutingRule
    def __init__(self, routing_rule: _Optional[_Union[RoutingRule, _Mapping]] = ...) -> None: ...

class GetRoutingRuleRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetRoutingRuleResponse(_message.Message):
    __slots__ = ("routing_rule",)
    ROUTING_RULE_FIELD_NUMBER: _ClassVar[int]
    routing_rule: RoutingRule
    def __init__(self, routing_rule: _Optional[_Union[RoutingRule, _Mapping]] = ...) -> None: ...

class ListRoutingRulesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRoutingRulesResponse(_message.Message):
    __slots__ = ("routing_rules", "next_page_token")
    ROUTING_RULES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    routing_rules: _containers.RepeatedCompositeFieldContainer[RoutingRule]
    next_page_token: str
    def __init__(self, routing_rules: _Optional[_Iterable[_Union[RoutingRule, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateRoutingRuleRequest(_message.Message):
    __slots__ = ("routing_rule", "update_mask")
    ROUTING_RULE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    routing_rule: RoutingRule
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, routing_rule: _Optional[_Union[RoutingRule, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class UpdateRoutingRuleResponse(_message.Message):
    __slots__ = ("routing_rule",)
    ROUTING_RULE_FIELD_NUMBER: _ClassVar[int]
    routing_rule: RoutingRule
    def __init__(self, routing_rule: _Optional[_Union[RoutingRule, _Mapping]] = ...) -> None: ...

class DeleteRoutingRuleRequest(_message.Message):
    __slots__ = ("name", "etag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    etag: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class DeleteRoutingRuleResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TestRoutingRuleRequest(_message.Message):
    __slots__ = ("routing_rule", "event")
    ROUTING_RULE_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    routing_rule: RoutingRule
    event: _cloudevents_pb2.CloudEvent
    def __init__(self, routing_rule: _Optional[_Union[RoutingRule, _Mapping]] = ..., event: _Optional[_Union[_cloudevents_pb2.CloudEvent, _Mapping]] = ...) -> None: ...

class TestRoutingRuleResponse(_message.Message):
    __slots__ = ("matched", "event")
    MATCHED_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    matched: bool
    event: _cloudevents_pb2.CloudEvent
    def __init__(self, matched: _Optional[bool] = ..., event: _Optional[_Union[_cloudevents_pb2.CloudEvent, _Mapping]] = ...) -> None: ...
