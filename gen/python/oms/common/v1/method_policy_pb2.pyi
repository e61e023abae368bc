from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuditClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUDIT_CLASS_UNSPECIFIED: _ClassVar[AuditClass]
    AUDIT_CLASS_NONE: _ClassVar[AuditClass]
    AUDIT_CLASS_READ: _ClassVar[AuditClass]
    AUDIT_CLASS_WRITE: _ClassVar[AuditClass]
    AUDIT_CLASS_SECURITY: _ClassVar[AuditClass]
AUDIT_CLASS_UNSPECIFIED: AuditClass
AUDIT_CLASS_NONE: AuditClass
AUDIT_CLASS_READ: AuditClass
AUDIT_CLASS_WRITE: AuditClass
AUDIT_CLASS_SECURITY: AuditClass
POLICY_FIELD_NUMBER: _ClassVar[int]
policy: _descriptor.FieldDescriptor

class MethodPolicy(_message.Message):
    __slots__ = ("permission", "public", "audit_class")
    PERMISSION_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    AUDIT_CLASS_FIELD_NUMBER: _ClassVar[int]
    permission: str
    public: bool
    audit_class: AuditClass
    def __init__(self, permission: _Optional[str] = ..., public: _Optional[bool] = ..., audit_class: _Optional[_Union[AuditClass, str]] = ...) -> None: ...
