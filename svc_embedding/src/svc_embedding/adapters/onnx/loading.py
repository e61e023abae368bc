"""From a configured model to one that runs. Everything here blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from oms_core.errors import OmsError
from safetensors import SafetensorError, safe_open

from svc_embedding.adapters.onnx import bert_graph
from svc_embedding.adapters.onnx.batcher import ONE_THREAD, TWO_THREADS, Batcher
from svc_embedding.adapters.onnx.bert_graph import BertShape
from svc_embedding.adapters.onnx.folder import (
    ModelFolder,
    check_modules,
    is_offset,
    read_folder,
    unusable,
)
from svc_embedding.adapters.onnx.metrics import ModelStats
from svc_embedding.adapters.onnx.options import LocalOptions
from svc_embedding.adapters.onnx.running import FoundGraph, OwnGraph, Patient, Runner
from svc_embedding.adapters.onnx.session import CPU, Graph, Placement, Session, open_session
from svc_embedding.adapters.onnx.sources import checked_digest, locate
from svc_embedding.adapters.onnx.tokenizing import TextTokenizer
from svc_embedding.domain.embedding import ModelFacts, Truncation
from svc_embedding.domain.local_model import Device, LocalModelConfig, Precision, source_name
from svc_embedding.domain.vectors import unit

_FAMILY: Final = ("bert", "roberta", "xlm-roberta", "camembert")
_PROBES: Final = ("a", "The quick brown fox jumps over the lazy dog.", "온톨로지 버전 관리")
_CPU_BUDGET: Final = 1024
_GPU_BUDGET: Final = 32_768
# float16 moves a vector by far less; a wrong kernel by far more.
_SAME: Final = 0.999


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """A loaded model. `close` it.

    Args:
        run: Runs a batch at once, past the queue.
    """

    facts: ModelFacts
    tokenizer: TextTokenizer
    placement: Placement
    run: Runner
    batcher: Batcher
    is_classifier: bool

    def close(self) -> None:
        """Ends its threads; its memory is freed with it."""
        self.batcher.close()


def load(config: LocalModelConfig, options: LocalOptions, stats: ModelStats) -> Engine:
    """Loads a model, compares it with the CPU if it runs elsewhere, and warms it up.

    Raises:
        ModelUnusable: its files or the device are not as configured.
        ServiceUnavailable: it has to be downloaded, and the hub can't be reached.
    """
    path, commit = locate(config, options.cache)
    folder = _configured(read_folder(path, config.id), config)
    digest = checked_digest(folder.content, config)
    graph, shape = _graph(folder, config)
    session = open_session(
        graph,
        config.device,
        threads=options.threads,
        is_fallback_allowed=config.is_fallback_allowed,
        model=config.id,
    )
    tokenizer = TextTokenizer(folder.tokenizer, model=config.id, max_tokens=folder.max_tokens)
    run = Patient(_runner(session, folder, shape, config), model=config.id)
    vectors = _probe(run, tokenizer, config)
    if session.placement.actual != CPU:
        _compare(vectors, folder, config, tokenizer, graph)
    facts = _facts(config, folder, digest, commit, int(vectors.shape[1]))
    return Engine(
        facts,
        tokenizer,
        session.placement,
        run,
        _batcher(run, session.placement, options, stats),
        folder.is_classifier,
    )


def _configured(folder: ModelFolder, config: LocalModelConfig) -> ModelFolder:
    """The folder with what the configuration says instead."""
    most = folder.max_tokens
    made = replace(
        folder,
        pooling=config.pooling or folder.pooling,
        is_normalized=_given(config.is_normalized, folder.is_normalized),
        max_tokens=min(config.max_tokens or most, most),
        query_prefix=_given(config.query_prefix, folder.query_prefix),
        document_prefix=_given(config.document_prefix, folder.document_prefix),
        license=config.license or folder.license,
        matryoshka_dimensions=tuple(config.matryoshka_dimensions),
    )
    if not made.is_prompt_pooled and (made.query_prefix or made.document_prefix):
        why = "pooling that leaves the prefix out is not supported; set both prefixes to nothing"
        raise unusable(config.id, why, file="config.json")
    return made


def _given(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _graph(folder: ModelFolder, config: LocalModelConfig) -> tuple[Graph, BertShape | None]:
    """A graph, and the shape of it if it is our own."""
    if folder.graph is not None:
        return Graph(folder.graph, {}), None
    if config.precision is Precision.INT8:
        why = "int8 needs a quantised graph; make one with `oms-embedding export`"
        raise unusable(config.id, why)
    shape = bert_shape(folder, config.id, is_half=config.precision is Precision.FLOAT16)
    content, values = bert_graph_of(folder, shape, config.id)
    return Graph(content, values), shape


def bert_shape(folder: ModelFolder, model: str, *, is_half: bool = False) -> BertShape:
    """The shape of a graph of our own.

    Raises:
        ModelUnusable: the model is not of the BERT family, or in a way that is not supported.
    """
    check_modules(folder, model)
    config, act = folder.config, str(folder.config.get("hidden_act", "gelu"))
    kind = config.get("model_type")
    if kind not in _FAMILY or config.get("position_embedding_type", "absolute") != "absolute":
        why = f"weights of the kind {kind!r} need an ONNX graph beside them"
        raise unusable(model, why, file="config.json")
    if act not in bert_graph.activations():
        raise unusable(model, f"activation {act!r} is not supported", file="config.json")
    if not folder.is_classifier and not folder.pooling:
        raise unusable(model, "no file says how its vectors are pooled; set pooling")
    try:
        return BertShape(
            layers=int(config["num_hidden_layers"]),
            heads=int(config["num_attention_heads"]),
            hidden=int(config["hidden_size"]),
            epsilon=float(config.get("layer_norm_eps", 1e-12)),
            activation=act,
            first_position=int(config.get("pad_token_id", 1)) + 1 if is_offset(config) else 0,
            pooling="" if folder.is_classifier else folder.pooling,
            is_normalized=folder.is_normalized,
            labels=len(config.get("id2label") or (0,)),
            is_half=is_half,
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise unusable(model, f"says nothing useful of {exc}", file="config.json") from exc


def bert_graph_of(
    folder: ModelFolder, shape: BertShape, model: str
) -> tuple[bytes, dict[str, Any]]:
    """The graph and its values.

    Raises:
        ModelUnusable: the weights are cut, or not those of the configuration.
    """
    assert folder.weights is not None
    try:
        return bert_graph.build(shape, _weights(folder.weights))
    except (SafetensorError, OSError) as exc:
        why = f"can't be read: {str(exc)[:200]}"
        raise unusable(model, why, file=folder.weights.name) from exc
    except KeyError as exc:
        raise unusable(model, f"has no weight {exc}", file=folder.weights.name) from exc
    except ValueError as exc:
        why = f"does not fit config.json: {str(exc)[:200]}"
        raise unusable(model, why, file=folder.weights.name) from exc


def _weights(file: Path) -> Mapping[str, Any]:
    """Weights by name, without the prefix of the model's kind."""
    with safe_open(file, framework="numpy") as content:
        values = {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118
    return {_bare(name): value for name, value in values.items()}


def _bare(name: str) -> str:
    first, _, rest = name.partition(".")
    return rest if first in ("bert", "roberta", "camembert", "model") else name


def _runner(
    session: Session, folder: ModelFolder, shape: BertShape | None, config: LocalModelConfig
) -> Runner:
    # One that was exported is ours too.
    if shape is not None or bert_graph.LENGTHS in session.inputs:
        return OwnGraph(session)
    found = FoundGraph(
        session,
        model=config.id,
        pooling="" if folder.is_classifier else folder.pooling,
        is_normalized=folder.is_normalized and not folder.is_classifier,
        pad_id=int(folder.config.get("pad_token_id") or 0),
    )
    if found.is_pooled_here:
        check_modules(folder, config.id)
    return found


def _probe(run: Runner, tokenizer: TextTokenizer, config: LocalModelConfig) -> Any:
    """Vectors of a few texts; the first run of a session is also the slow one."""
    batch = [tokenizer.encode([text], Truncation.END)[0] for text in _PROBES]
    try:
        return run(batch)
    except OmsError:
        raise
    # ONNX Runtime has exceptions of its own, which are `Exception`s and no more.
    except Exception as exc:
        raise unusable(config.id, f"it fails on a short text: {str(exc)[:200]}") from exc


def _compare(
    vectors: Any,
    folder: ModelFolder,
    config: LocalModelConfig,
    tokenizer: TextTokenizer,
    graph: Graph,
) -> None:
    """Makes sure that a device gives what the CPU does."""
    session = open_session(graph, Device.CPU, threads=0, is_fallback_allowed=False, model=config.id)
    shape = None if folder.graph is not None else bert_shape(folder, config.id)
    expected = _probe(_runner(session, folder, shape, config), tokenizer, config)
    check_same(vectors, expected, config)


def check_same(actual: Any, expected: Any, config: LocalModelConfig) -> None:
    """Compares probes row by row.

    Raises:
        ModelUnusable: they point elsewhere.
    """
    cosines = (unit(actual) * unit(expected)).sum(axis=1)
    worst = float(np.min(cosines))
    if not worst >= _SAME:
        why = f"{config.device.value} gives other vectors than the CPU: cosine {worst:.4f}"
        raise unusable(config.id, why)


def _facts(
    config: LocalModelConfig, folder: ModelFolder, digest: str, commit: str, dimensions: int
) -> ModelFacts:
    is_ours = folder.graph is None
    return ModelFacts(
        model=config.id,
        source=source_name(config.source),
        revision=commit,
        digest=digest,
        license=folder.license,
        dimensions=dimensions,
        max_tokens=folder.max_tokens,
        pooling=folder.pooling,
        is_normalized=folder.is_normalized,
        precision=config.precision.value if is_ours else _found_precision(folder),
        query_prefix=folder.query_prefix,
        document_prefix=folder.document_prefix,
        matryoshka_dimensions=folder.matryoshka_dimensions,
    )


def _found_precision(folder: ModelFolder) -> str:
    """What an export of ours noted; a graph of somebody else does not say."""
    return str(folder.config.get("oms_precision", ""))


def _batcher(
    run: Runner, placement: Placement, options: LocalOptions, stats: ModelStats
) -> Batcher:
    is_cpu = placement.actual == CPU
    return Batcher(
        run,
        lanes=TWO_THREADS if is_cpu else ONE_THREAD,
        batch_tokens=options.batch_tokens or (_CPU_BUDGET if is_cpu else _GPU_BUDGET),
        queue_tokens=options.queue_tokens,
        stats=stats,
    )
