"""Sessions of ONNX Runtime, on the provider that was asked for and no other."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from oms_core.logging import get_logger

from svc_embedding.adapters.onnx.folder import unusable
from svc_embedding.domain.local_model import Device

Feeds: TypeAlias = Mapping[str, NDArray[Any]]

CPU: Final = "CPUExecutionProvider"
PROVIDERS: Final = {
    Device.CPU: CPU,
    Device.CUDA: "CUDAExecutionProvider",
    Device.TENSORRT: "TensorrtExecutionProvider",
}
_TENSORRT_OPTIONS: Final = {"trt_fp16_enable": "1", "trt_engine_cache_enable": "1"}


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph to make sessions of.

    Args:
        content: Serialised, or the file it is in.
        values: Initializers that are not in it.
    """

    content: bytes | Path
    values: Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a session runs, and where it was asked to."""

    requested: str
    actual: str

    @property
    def is_fallback(self) -> bool:
        """Whether it runs elsewhere than asked."""
        return self.requested != self.actual


class Session:
    """A session. `run` blocks and may run on several threads at once.

    Use `open_session`.
    """

    def __init__(self, session: Any, placement: Placement) -> None:
        self._session = session
        self.placement = placement
        self.inputs: Sequence[str] = [each.name for each in session.get_inputs()]
        self.outputs: Sequence[str] = [each.name for each in session.get_outputs()]
        self.ranks = {each.name: len(each.shape) for each in session.get_outputs()}
        self._device = "cpu" if placement.actual == CPU else "cuda"

    def run(self, feeds: Feeds, output: str) -> NDArray[Any]:
        """One output of a batch."""
        if self._device == "cpu":
            return self._session.run([output], feeds)[0]
        return self.run_bound(feeds, output)

    def run_bound(self, feeds: Feeds, output: str) -> NDArray[Any]:
        """As `run`, with inputs and output bound to the device: one copy each way."""
        binding = self._session.io_binding()
        for name, value in feeds.items():
            there = onnxruntime.OrtValue.ortvalue_from_numpy(value, self._device, 0)
            binding.bind_ortvalue_input(name, there)
        binding.bind_output(output, self._device)
        self._session.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()[0]


def open_session(
    graph: Graph, device: Device, *, threads: int, is_fallback_allowed: bool, model: str
) -> Session:
    """Makes a session. Blocking.

    Args:
        threads: On the CPU; 0: one for each core.
        is_fallback_allowed: Whether the CPU may do when the device can't.
    Raises:
        ModelUnusable: the graph can't be read, or the device does not do.
    """
    wanted = PROVIDERS[device]
    try:
        return _open(graph, wanted, wanted, threads=threads, model=model)
    except Exception as exc:
        if device is Device.CPU or not is_fallback_allowed:
            raise
        get_logger().warning(
            "model runs on the CPU instead", model=model, asked=wanted, why=str(exc)[:300]
        )
        return _open(graph, wanted, CPU, threads=threads, model=model)


def _open(graph: Graph, wanted: str, provider: str, *, threads: int, model: str) -> Session:
    available = onnxruntime.get_available_providers()
    if provider not in available:
        why = f"{provider} is not in this build of ONNX Runtime, which has {', '.join(available)}"
        raise unusable(model, why)
    options = _options(graph, threads)
    content = graph.content if isinstance(graph.content, bytes) else str(graph.content)
    try:
        made = onnxruntime.InferenceSession(content, options, providers=_providers(provider))
    except Exception as exc:
        name = graph.content.name if isinstance(graph.content, Path) else "model.safetensors"
        raise unusable(model, f"{provider} can't load it: {_first_line(exc)}", file=name) from exc
    # It falls back silently, so what it says afterwards is what counts.
    actual = made.get_providers()[0]
    if actual != provider:
        raise unusable(model, f"{provider} was asked for, and ONNX Runtime chose {actual}")
    return Session(made, Placement(wanted, actual))


def _options(graph: Graph, threads: int) -> Any:
    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or os.cpu_count() or 1
    options.log_severity_level = 3
    # Threads that wait spinning would take the cores from those who serve calls.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if graph.values:
        values = [
            onnxruntime.OrtValue.ortvalue_from_numpy(np.asarray(value))
            for value in graph.values.values()
        ]
        options.add_external_initializers(list(graph.values), values)
    return options


def _providers(provider: str) -> list[Any]:
    if provider == PROVIDERS[Device.TENSORRT]:
        return [(provider, _TENSORRT_OPTIONS), PROVIDERS[Device.CUDA]]
    return [provider]


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
