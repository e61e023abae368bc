"""BERT's forward pass in plain NumPy and float64, one text at a time, as the paper has it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

_erf = np.vectorize(math.erf)


class Reference:
    """A model read from its folder."""

    def __init__(self, folder: Path) -> None:
        self.config = json.loads((folder / "config.json").read_text())
        kind = self.config["model_type"] + "."
        self._weights = {
            name.removeprefix(kind): value.astype(np.float64)
            for name, value in load_file(folder / "model.safetensors").items()
        }

    def hidden(self, ids: list[int], segments: list[int] | None = None) -> Any:
        """The last layer's output for a text, shape (tokens, dimensions)."""
        weights, first = self._weights, 0
        if self.config["model_type"] == "roberta":
            first = self.config["pad_token_id"] + 1
        places = np.arange(first, first + len(ids))
        hidden = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][places]
            + weights["embeddings.token_type_embeddings.weight"][segments or [0] * len(ids)]
        )
        hidden = self._norm("embeddings.LayerNorm", hidden)
        for layer in range(self.config["num_hidden_layers"]):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden)
        return hidden

    def score(self, ids: list[int], segments: list[int]) -> float:
        """What a classifier of pairs says, between 0 and 1."""
        first = self.hidden(ids, segments)[0]
        logit = self._affine("classifier", np.tanh(self._affine("pooler.dense", first)))[0]
        return float(1 / (1 + np.exp(-logit)))

    def _layer(self, at: str, hidden: Any) -> Any:
        attended = self._attention(at + "attention.self.", hidden)
        attended = self._affine(at + "attention.output.dense", attended)
        hidden = self._norm(at + "attention.output.LayerNorm", hidden + attended)
        inner = self._affine(at + "intermediate.dense", hidden)
        inner = inner * 0.5 * (1 + _erf(inner / math.sqrt(2)))
        outer = self._affine(at + "output.dense", inner)
        return self._norm(at + "output.LayerNorm", hidden + outer)

    def _attention(self, at: str, hidden: Any) -> Any:
        heads = self.config["num_attention_heads"]
        size = hidden.shape[1] // heads
        query, key, value = (
            self._affine(at + part, hidden).reshape(len(hidden), heads, size).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / math.sqrt(size)
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        return (shares @ value).swapaxes(0, 1).reshape(hidden.shape)

    def _affine(self, name: str, value: Any) -> Any:
        return value @ self._weights[name + ".weight"].T + self._weights[name + ".bias"]

    def _norm(self, name: str, value: Any) -> Any:
        centred = value - value.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self.config["layer_norm_eps"])
        return centred / spread * self._weights[name + ".weight"] + self._weights[name + ".bias"]


def cosine(one: Any, other: Any) -> float:
    """Cosine of the angle between two vectors."""
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
