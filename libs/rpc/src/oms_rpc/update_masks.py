"""Changes the fields of a message that an update mask names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from oms_core.errors import InvalidUpdateMask

_M = TypeVar("_M", bound=Message)


def updated(current: _M, wanted: _M, mask: FieldMask, changeable: Collection[str]) -> _M:
    """The current message with the fields of the mask taken from the wanted one.

    Args:
        mask: Empty: every changeable field that is set in `wanted`.
        changeable: Paths that may be changed, such as `description` or `selection.filters`.
    Raises:
        InvalidUpdateMask: the mask names anything else.
    """
    for path in mask.paths:
        if path not in changeable:
            raise InvalidUpdateMask(
                f"update_mask: {path!r} can't be changed; {', '.join(sorted(changeable))} can",
                metadata={"path": path},
            )
    paths = mask.paths or [path for path in sorted(changeable) if _is_set(wanted, path.split("."))]
    result = type(current)()
    result.CopyFrom(current)
    FieldMask(paths=paths).MergeMessage(
        wanted, result, replace_message_field=True, replace_repeated_field=True
    )
    return result


def _is_set(message: Message, path: Sequence[str]) -> bool:
    first, *rest = path
    for field, value in message.ListFields():
        if field.name == first:
            return _is_set(value, rest) if rest else True
    return False
