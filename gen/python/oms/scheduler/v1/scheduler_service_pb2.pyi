import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from oms.common.v1 import method_policy_pb2 as _method_policy_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetSchedulerStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSchedulerStatusResponse(_message.Message):
    __slots__ = ("leader", "workers", "lag", "active_job_count", "paused_job_count", "pending_run_count", "waiting_run_count", "queued_run_count", "running_run_count")
    LEADER_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    LAG_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_JOB_COUNT_FIELD_NUMBER: _ClassVar[int]
    PAUSED_JOB_COUNT_FIELD_NUMBER: _ClassVar[int]
    PENDING_RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    WAITING_RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    QUEUED_RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    RUNNING_RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    leader: Leader
    workers: _containers.RepeatedCompositeFieldContainer[Worker]
    lag: _duration_pb2.Duration
    active_job_count: int
    paused_job_count: int
    pending_run_count: int
    waiting_run_count: int
    queued_run_count: int
    running_run_count: int
    def __init__(self, leader: _Optional[_Union[Leader, _Mapping]] = ..., workers: _Optional[_Iterable[_Union[Worker, _Mapping]]] = ..., lag: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., active_job_count: _Optional[int] = ..., paused_job_count: _Optional[int] = ..., pending_run_count: _Optional[int] = ..., waiting_run_count: _Optional[int] = ..., queued_run_count: _Optional[int] = ..., running_run_count: _Optional[int] = ...) -> None: ...

class Leader(_message.Message):
    __slots__ = ("id", "fencing_token", "lead_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    FENCING_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LEAD_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    fencing_token: int
    lead_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., fencing_token: _Optional[int] = ..., lead_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Worker(_message.Message):
    __slots__ = ("name", "host", "start_time", "heartbeat_time", "run_count", "capacity", "draining")
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_TIME_FIELD_NUMBER: _ClassVar[int]
    RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    name: str
    host: str
    start_time: _timestamp_pb2.Timestamp
    heartbeat_time: _timestamp_pb2.Timestamp
    run_count: int
    capacity: int
    draining: bool
    def __init__(self, name: _Optional[str] = ..., host: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., heartbeat_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., run_count: _Optional[int] = ..., capacity: _Optional[int] = ..., draining: _Optional[bool] = ...) -> None: ...

class DrainWorkerRequest(_message.Message):
    __slots__ = ("name", "resume")
    NAME_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    name: str
    resume: bool
    def __init__(self, name: _Optional[str] = ..., resume: _Optional[bool] = ...) -> None: ...

class DrainWorkerResponse(_message.Message):
    __slots__ = ("worker",)
    WORKER_FIELD_NUMBER: _ClassVar[int]
    worker: Worker
    def __init__(self, worker: _Optional[_Union[Worker, _Mapping]] = ...) -> None: ...
