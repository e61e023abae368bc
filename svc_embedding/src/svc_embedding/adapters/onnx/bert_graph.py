"""ONNX graphs of the BERT family, written with ONNX Runtime's fused operators from the weights.

A graph that an exporter traced has to be fused afterwards, which needs the exporter and PyTorch.
Here each layer is written as four fused operators and three matrix products at once.
Source: BERT, arXiv:1810.04805; operators:
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

Array: TypeAlias = NDArray[Any]

IDS: Final = "input_ids"
LENGTHS: Final = "lengths"
SEGMENTS: Final = "segment_ids"
VECTORS: Final = "vectors"
LOGITS: Final = "logits"

_FUSED: Final = "com.microsoft"
_OPSET: Final = 17
_TINY: Final = 1e-12
_GELU: Final = {"gelu": "BiasGelu", "gelu_new": "FastGelu", "gelu_pytorch_tanh": "FastGelu"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BertShape:
    """What is to be built.

    Args:
        activation: As `hidden_act` of the configuration.
        first_position: Row of the position table that the first token has; RoBERTa's is above 0.
        pooling: `mean`, `cls` or `last`; empty: a classifier that reads two texts together.
        labels: Outputs of the classifier.
        is_half: Whether weights and sums are float16; what comes out is float32.
    """

    layers: int
    heads: int
    hidden: int
    epsilon: float
    activation: str = "gelu"
    first_position: int = 0
    pooling: str = "mean"
    is_normalized: bool = True
    labels: int = 0
    is_half: bool = False


def activations() -> Sequence[str]:
    """The activations that there is an exact fused operator for."""
    return tuple(_GELU)


def build(shape: BertShape, weights: Mapping[str, Array]) -> tuple[bytes, dict[str, Array]]:
    """Writes the graph.

    Its inputs are `input_ids` int32 (rows, columns), padded on the right, and `lengths` int32
    (rows,); a classifier takes `segment_ids` int32 (rows, columns) too. Its output is `vectors`
    float32 (rows, hidden), or `logits` float32 (rows, labels).

    Args:
        weights: By the names of the published checkpoints, without the prefix of the model's kind.
    Returns:
        The serialised graph, and the values of its initializers, which are not in it: so it is
        small whatever the size of the model. They are given to the session.
    Raises:
        KeyError: a weight is missing; the name says which.
        ValueError: a weight does not have the shape it should.
    """
    return _Builder(shape, weights).build()


class _Builder:
    def __init__(self, shape: BertShape, weights: Mapping[str, Array]) -> None:
        self._shape = shape
        self._weights = weights
        self._type = np.float16 if shape.is_half else np.float32
        self._nodes: list[NodeProto] = []
        self._values: dict[str, Array] = {}
        self._constants: dict[str, TensorProto] = {}

    def build(self) -> tuple[bytes, dict[str, Array]]:
        hidden = self._embeddings()
        for layer in range(self._shape.layers):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden)
        output = self._pooled(hidden) if self._shape.pooling else self._classified(hidden)
        return self._model(output).SerializeToString(), self._values

    def _embeddings(self) -> str:
        shape, weights = self._shape, self._weights
        words = self._weight("embeddings.word_embeddings.weight")
        positions = weights["embeddings.position_embeddings.weight"][shape.first_position :]
        segments = weights.get("embeddings.token_type_embeddings.weight")
        segment_input, segment_table = "", ""
        if segments is not None and not shape.pooling:
            segment_input, segment_table = SEGMENTS, self._value("segments", segments)
        elif segments is not None:
            # One text alone is of the first kind throughout.
            positions = positions.astype(np.float32) + segments[0].astype(np.float32)
        table = self._value("positions", positions)
        inputs = [IDS, segment_input, words, table, segment_table]
        norm = self._norm("embeddings.LayerNorm")
        self._fused(
            "EmbedLayerNormalization", [*inputs, *norm], ["embedded", ""], epsilon=shape.epsilon
        )
        return "embedded"

    def _layer(self, prefix: str, hidden: str) -> str:
        attended = self._attention(prefix + "attention.", hidden)
        product = self._product(prefix + "attention.output.dense.weight", attended)
        first = self._skip(prefix + "attention.output.", product, hidden)
        inner = self._product(prefix + "intermediate.dense.weight", first)
        bias = self._weight(prefix + "intermediate.dense.bias")
        active = self._fused(_GELU[self._shape.activation], [inner, bias], [prefix + "activation"])
        product = self._product(prefix + "output.dense.weight", active)
        return self._skip(prefix + "output.", product, first)

    def _attention(self, prefix: str, hidden: str) -> str:
        parts = [f"{prefix}self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._matrix(f"{part}.weight") for part in parts], axis=1)
        bias = np.concatenate([self._weights[f"{part}.bias"] for part in parts])
        inputs = [
            hidden,
            self._value(prefix + "weight", weight),
            self._value(prefix + "bias", bias),
            LENGTHS,
        ]
        output = prefix + "attended"
        return self._fused("Attention", inputs, [output], num_heads=self._shape.heads)

    def _skip(self, prefix: str, product: str, skip: str) -> str:
        bias = self._weight(prefix + "dense.bias")
        inputs = [product, skip, *self._norm(prefix + "LayerNorm"), bias]
        output = prefix + "normalized"
        return self._fused("SkipLayerNormalization", inputs, [output], epsilon=self._shape.epsilon)

    def _pooled(self, hidden: str) -> str:
        single = self._node("Cast", [hidden], "single", to=TensorProto.FLOAT)
        pooled = {"mean": self._mean, "cls": self._first, "last": self._last}[self._shape.pooling]
        vectors = pooled(single)
        if self._shape.is_normalized:
            tiny = self._constant("tiny", np.array(_TINY, np.float32))
            norms = self._node("ReduceL2", [vectors], "norms", axes=[1], keepdims=1)
            norms = self._node("Max", [norms, tiny], "safe_norms")
            vectors = self._node("Div", [vectors, norms], "unit")
        return self._node("Identity", [vectors], VECTORS)

    def _mean(self, hidden: str) -> str:
        """The mean over the tokens of each text: a product with a matrix of ones and zeros."""
        columns = self._columns()
        lengths = self._node("Unsqueeze", [LENGTHS, self._axis(1)], "lengths_column")
        mask = self._node("Less", [columns, lengths], "mask")
        mask = self._node("Cast", [mask], "mask_single", to=TensorProto.FLOAT)
        mask = self._node("Unsqueeze", [mask, self._axis(1)], "mask_row")
        sums = self._node("MatMul", [mask, hidden], "sums_row")
        sums = self._node("Squeeze", [sums, self._axis(1)], "sums")
        counts = self._node("Cast", [lengths], "counts", to=TensorProto.FLOAT)
        return self._node("Div", [sums, counts], "means")

    def _columns(self) -> str:
        """0, 1, ... for each column of the input."""
        width = self._node("Shape", [IDS], "width", start=1, end=2)
        width = self._node("Squeeze", [width, self._axis(0)], "width_scalar")
        width = self._node("Cast", [width], "width_int", to=TensorProto.INT32)
        zero = self._constant("zero", np.array(0, np.int32))
        one = self._constant("one", np.array(1, np.int32))
        return self._node("Range", [zero, width, one], "columns")

    def _first(self, hidden: str) -> str:
        place = self._constant("first", np.array(0, np.int64))
        return self._node("Gather", [hidden, place], "first_token", axis=1)

    def _last(self, hidden: str) -> str:
        one = self._constant("one", np.array(1, np.int32))
        places = self._node("Sub", [LENGTHS, one], "last_places")
        places = self._node("Unsqueeze", [places, self._axis(1)], "last_column")
        return self._node("GatherND", [hidden, self._as_int64(places)], "last_token", batch_dims=1)

    def _as_int64(self, name: str) -> str:
        return self._node("Cast", [name], name + "_long", to=TensorProto.INT64)

    def _classified(self, hidden: str) -> str:
        """The classifier's outputs from the first token."""
        first = self._first(hidden)
        if "pooler.dense.weight" in self._weights:
            names = ("pooler.dense", "classifier")
        else:
            names = ("classifier.dense", "classifier.out_proj")
        inner = self._affine(names[0], first)
        inner = self._node("Tanh", [inner], "pooled")
        logits = self._affine(names[1], inner)
        return self._node("Cast", [logits], LOGITS, to=TensorProto.FLOAT)

    def _affine(self, name: str, value: str) -> str:
        product = self._product(name + ".weight", value)
        return self._node("Add", [product, self._weight(name + ".bias")], name + ".sum")

    def _product(self, name: str, value: str) -> str:
        matrix = self._value(name, self._matrix(name))
        return self._node("MatMul", [value, matrix], name + ".product")

    def _matrix(self, name: str) -> Array:
        """A weight as the right side of a product: checkpoints hold it transposed."""
        return self._weights[name].T

    def _norm(self, name: str) -> tuple[str, str]:
        return self._weight(name + ".weight"), self._weight(name + ".bias")

    def _weight(self, name: str) -> str:
        return self._value(name, self._weights[name])

    def _axis(self, axis: int) -> str:
        return self._constant(f"axis{axis}", np.array([axis], np.int64))

    def _value(self, name: str, value: Array) -> str:
        if name not in self._values:
            self._values[name] = np.ascontiguousarray(value, dtype=self._type)
        return name

    def _constant(self, name: str, value: Array) -> str:
        """A small value that is part of the graph: shapes are derived from it."""
        self._constants[name] = numpy_helper.from_array(value, name)
        return name

    def _node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def _fused(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any
    ) -> str:
        node = helper.make_node(operator, inputs, outputs, domain=_FUSED, **attributes)
        self._nodes.append(node)
        return outputs[0]

    def _model(self, output: str) -> ModelProto:
        width = self._shape.hidden if self._shape.pooling else self._shape.labels
        inputs = [_tensor(IDS, ["rows", "columns"]), _tensor(LENGTHS, ["rows"])]
        if not self._shape.pooling:
            inputs.append(_tensor(SEGMENTS, ["rows", "columns"]))
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["rows", width])]
        graph = helper.make_graph(self._nodes, "bert", inputs, outputs)
        graph.initializer.extend(self._constants.values())
        graph.initializer.extend(_external(name, value) for name, value in self._values.items())
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def _tensor(name: str, dimensions: Sequence[str]) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.INT32, dimensions)


def _external(name: str, value: Array) -> TensorProto:
    """An initializer whose value the session is given."""
    tensor = TensorProto(
        name=name,
        data_type=helper.np_dtype_to_tensor_dtype(value.dtype),
        dims=value.shape,
        data_location=TensorProto.EXTERNAL,
    )
    tensor.external_data.add(key="location", value="memory")
    tensor.external_data.add(key="offset", value="0")
    tensor.external_data.add(key="length", value=str(value.nbytes))
    return tensor
