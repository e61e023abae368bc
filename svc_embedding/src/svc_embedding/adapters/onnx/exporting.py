"""Models written as ONNX folders, quantised if wanted. Everything here blocks."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto

from svc_embedding.adapters.onnx.folder import ModelFolder, read_folder, unusable
from svc_embedding.adapters.onnx.loading import bert_graph_of, bert_shape, load
from svc_embedding.adapters.onnx.metrics import ModelStats
from svc_embedding.adapters.onnx.options import LocalOptions
from svc_embedding.adapters.onnx.sources import checked_digest, locate
from svc_embedding.domain.embedding import Truncation
from svc_embedding.domain.local_model import LocalModelConfig, Precision
from svc_embedding.domain.vectors import unit

GRAPH: Final = "model.onnx"
_SMALL_FILES: Final = (
    *("modules.json", "config_sentence_transformers.json", "sentence_bert_config.json"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "README.md"),
)
# A serialised graph can't be larger than 2 GiB.
_MOST_BYTES: Final = 2_000_000_000
_ALIKE: Final = {Precision.FLOAT32: 0.9999, Precision.FLOAT16: 0.999, Precision.INT8: 0.9}
_PROBES: Final = (
    "customer",
    "Every order belongs to exactly one customer.",
    "An invoice lists what was ordered, what was delivered and what has been paid so far.",
)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Args:
        digest: SHA-256 of the graph, to be pinned.
        cosine: The worst of the probes' vectors to those of the source.
    """

    folder: Path
    digest: str
    size_bytes: int
    cosine: float


def export(config: LocalModelConfig, target: Path, *, cache: Path) -> Exported:
    """Writes a model with an ONNX graph of the configured precision, and compares it.

    Args:
        target: A folder that does not exist; it appears when everything is in it.
        cache: Folder for downloads.
    Raises:
        FileExistsError: the target exists.
        ModelUnusable: the model can't be read, can't be written so, or loses too much.
        ServiceUnavailable: it has to be downloaded, and the hub can't be reached.
    """
    if target.exists():
        raise FileExistsError(target)
    path, _ = locate(config, cache)
    folder = read_folder(path, config.id)
    checked_digest(folder.content, config)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as work:
        made = Path(work) / target.name
        made.mkdir()
        _write_graph(folder, config, made / GRAPH)
        _copy_small_files(folder, config.precision, made)
        exported = replace(config, source=str(made.resolve()), digest="")
        cosine = _compare(replace(config, precision=Precision.FLOAT32), exported, cache)
        if not cosine >= _ALIKE[config.precision]:
            why = f"as {config.precision.value} its vectors differ too much: cosine {cosine:.4f}"
            raise unusable(config.id, why)
        digest = checked_digest(made / GRAPH, exported)
        size = (made / GRAPH).stat().st_size
        made.rename(target)
    return Exported(target, digest, size, cosine)


def _write_graph(folder: ModelFolder, config: LocalModelConfig, file: Path) -> None:
    if folder.graph is not None:
        if config.precision is Precision.FLOAT16:
            raise unusable(config.id, "a graph that exists can be quantised to int8 only")
        whole = folder.graph
    else:
        whole = file.with_name("float32.onnx") if config.precision is Precision.INT8 else file
        _write_own(folder, config, whole)
    if config.precision is Precision.INT8:
        quantization: Any = importlib.import_module("onnxruntime.quantization")
        quantization.quantize_dynamic(
            whole,
            file,
            op_types_to_quantize=["MatMul", "Attention", "Gemm"],
            per_channel=True,
            # It can't tell what comes out of a fused operator.
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
    elif whole != file:
        shutil.copyfile(whole, file)
    if folder.graph is None and whole != file:
        whole.unlink()


def _write_own(folder: ModelFolder, config: LocalModelConfig, file: Path) -> None:
    shape = bert_shape(folder, config.id, is_half=config.precision is Precision.FLOAT16)
    content, values = bert_graph_of(folder, shape, config.id)
    if sum(value.nbytes for value in values.values()) > _MOST_BYTES:
        raise unusable(config.id, f"its weights have more than {_MOST_BYTES} bytes")
    model = onnx.load_from_string(content)
    _fill(model, values)
    file.write_bytes(model.SerializeToString())


def _fill(model: onnx.ModelProto, values: Mapping[str, Any]) -> None:
    """Puts the values of initializers into the graph."""
    for tensor in model.graph.initializer:
        if tensor.name in values:
            tensor.ClearField("external_data")
            tensor.data_location = TensorProto.DEFAULT
            tensor.raw_data = values[tensor.name].tobytes()


def _copy_small_files(folder: ModelFolder, precision: Precision, target: Path) -> None:
    for name in _SMALL_FILES:
        for place in (folder.tokenizer.parent, folder.path):
            if (place / name).is_file():
                shutil.copyfile(place / name, target / name)
    for pooling in folder.path.glob("*_Pooling/config.json"):
        (target / pooling.parent.name).mkdir()
        shutil.copyfile(pooling, target / pooling.parent.name / pooling.name)
    config = dict(folder.config) | {"oms_precision": precision.value}
    (target / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def _compare(source: LocalModelConfig, exported: LocalModelConfig, cache: Path) -> float:
    vectors = [_vectors(config, cache) for config in (source, exported)]
    return float(np.min((unit(vectors[0]) * unit(vectors[1])).sum(axis=1)))


def _vectors(config: LocalModelConfig, cache: Path) -> Any:
    engine = load(config, LocalOptions(cache=cache), ModelStats(config.id))
    try:
        return engine.run(engine.tokenizer.encode(_PROBES, Truncation.END))
    finally:
        engine.close()
