"""Small models with random weights, written as their makers publish them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WORDS = [f"w{number}" for number in range(60)]
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
_HIDDEN, _LAYERS, _HEADS, _INNER, _POSITIONS = 24, 2, 3, 40, 34


def write(
    folder: Path,
    *,
    kind: str = "bert",
    pooling: str = "mean_tokens",
    is_normalized: bool = True,
    is_classifier: bool = False,
    prompts: dict[str, str] | None = None,
    **config: Any,
) -> Path:
    """Writes a model; returns its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(_weights(kind, is_classifier=is_classifier), folder / "model.safetensors")
    _tokenizer().save(str(folder / "tokenizer.json"))
    _json(folder / "config.json", _config(kind, is_classifier=is_classifier) | config)
    if is_classifier:
        return folder
    modules = [("", "Transformer"), ("1_Pooling", "Pooling")]
    modules += [("2_Normalize", "Normalize")] if is_normalized else []
    listed = [{"path": path, "type": f"sentence_transformers.models.{t}"} for path, t in modules]
    _json(folder / "modules.json", listed)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    _json(folder / "1_Pooling" / "config.json", {f"pooling_mode_{pooling}": True})
    _json(folder / "config_sentence_transformers.json", {"prompts": prompts or {}})
    return folder


def _config(kind: str, *, is_classifier: bool) -> dict[str, Any]:
    head = "ForSequenceClassification" if is_classifier else "Model"
    return {
        "architectures": [f"Bert{head}"],
        "model_type": kind,
        "hidden_act": "gelu",
        "hidden_size": _HIDDEN,
        "num_hidden_layers": _LAYERS,
        "num_attention_heads": _HEADS,
        "layer_norm_eps": 1e-6,
        "max_position_embeddings": _POSITIONS,
        "pad_token_id": 1 if kind == "roberta" else 0,
        "id2label": {"0": "LABEL_0"},
    }


def _weights(kind: str, *, is_classifier: bool) -> dict[str, Any]:
    random = np.random.default_rng(7)

    def some(*shape: int) -> Any:
        return random.normal(0, 0.3, shape).astype(np.float32)

    def affine(name: str, inputs: int, outputs: int) -> dict[str, Any]:
        return {f"{name}.weight": some(outputs, inputs), f"{name}.bias": some(outputs)}

    def norm(name: str) -> dict[str, Any]:
        return {f"{name}.weight": 1 + some(_HIDDEN), f"{name}.bias": some(_HIDDEN)}

    weights = {
        "embeddings.word_embeddings.weight": some(len(WORDS) + len(_SPECIAL), _HIDDEN),
        "embeddings.position_embeddings.weight": some(_POSITIONS, _HIDDEN),
        "embeddings.token_type_embeddings.weight": some(2, _HIDDEN),
    } | norm("embeddings.LayerNorm")
    for layer in range(_LAYERS):
        at = f"encoder.layer.{layer}."
        for part in ("query", "key", "value"):
            weights |= affine(f"{at}attention.self.{part}", _HIDDEN, _HIDDEN)
        weights |= affine(f"{at}attention.output.dense", _HIDDEN, _HIDDEN)
        weights |= norm(f"{at}attention.output.LayerNorm")
        weights |= affine(f"{at}intermediate.dense", _HIDDEN, _INNER)
        weights |= affine(f"{at}output.dense", _INNER, _HIDDEN)
        weights |= norm(f"{at}output.LayerNorm")
    if is_classifier:
        # As published: the model under its kind, the head beside it.
        weights |= affine("pooler.dense", _HIDDEN, _HIDDEN)
        weights = {f"{kind}.{name}": value for name, value in weights.items()}
        weights |= affine("classifier", _HIDDEN, 1)
    return weights


def _tokenizer() -> Any:
    vocabulary = {word: place for place, word in enumerate([*_SPECIAL, *WORDS])}
    tokenizer: Any = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    # As many published files do; the service must not take it over.
    tokenizer.enable_padding(length=20)
    tokenizer.enable_truncation(8)
    return tokenizer


def _json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content))
