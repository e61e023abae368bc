"""Files beside an ONNX graph that hold a part of its weights.

Source: https://onnx.ai/onnx/repo-docs/ExternalData.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import onnx
from google.protobuf.message import DecodeError
from onnx import TensorProto

from svc_embedding.adapters.onnx.folder import unusable


def external_files(graph: Path, model: str) -> list[Path]:
    """The files that a graph reads besides itself, sorted. Blocking.

    Raises:
        ModelUnusable: the graph can't be read, or names a file that is missing or not below its
            folder; carries `file`.
    """
    try:
        content = onnx.load(str(graph), load_external_data=False)
    except (DecodeError, OSError) as exc:
        raise unusable(model, "can't be read as an ONNX graph", file=graph.name) from exc
    names = {_location(tensor) for tensor in _tensors(content) if tensor.external_data}
    return [_file(graph, name, model) for name in sorted(names)]


def _tensors(message: Any) -> Iterator[TensorProto]:
    """Every tensor of a message: initializers, attributes, those of graphs within graphs."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for each in value if field.is_repeated else [value]:
            if isinstance(each, TensorProto):
                yield each
            else:
                yield from _tensors(each)


def _location(tensor: TensorProto) -> str:
    return next((each.value for each in tensor.external_data if each.key == "location"), "")


def _file(graph: Path, name: str, model: str) -> Path:
    place = PurePosixPath(name)
    if not name or place.is_absolute() or ".." in place.parts:
        why = f"names {name[:100]!r} for its weights, which is no file below its folder"
        raise unusable(model, why, file=graph.name)
    file = graph.parent / place
    if not file.is_file():
        raise unusable(model, f"is missing, and {graph.name} has weights in it", file=name[:100])
    return file
