"""What the files of a model's folder say, in the layout of sentence-transformers.

Source: https://sbert.net/docs/package_reference/sentence_transformer/models.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from oms_core.errors import ModelUnusable

from svc_embedding.domain.local_model import is_hub_name, is_path
from svc_embedding.domain.models import Capability

_GRAPHS: Final = ("onnx/model.onnx", "model.onnx", "onnx/model_optimized.onnx")
_WEIGHTS: Final = "model.safetensors"
_POOLING: Final = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_lasttoken": "last",
}
_KNOWN_MODULES: Final = frozenset({"Transformer", "Pooling", "Normalize"})
_FEW_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolder:
    """A model's files and what they say.

    Args:
        graph: An ONNX graph; None: there are only weights.
        weights: Weights as safetensors, when there is no graph.
        config: `config.json` of the transformer.
        pooling: `mean`, `cls` or `last`; empty when no file says.
        max_tokens: Special tokens included.
        is_prompt_pooled: Whether the vector of a text has its prefix in it.
        is_classifier: Whether it reads two texts together.
        other_modules: Kinds of modules that only a graph of the whole model can have in it.
    """

    path: Path
    tokenizer: Path
    graph: Path | None
    weights: Path | None
    config: Mapping[str, Any]
    pooling: str
    is_normalized: bool
    max_tokens: int
    query_prefix: str = ""
    document_prefix: str = ""
    license: str = ""
    is_prompt_pooled: bool = True
    is_classifier: bool = False
    matryoshka_dimensions: Sequence[int] = field(default=())
    other_modules: Sequence[str] = field(default=())

    @property
    def content(self) -> Path:
        """The file that the model's digest is of."""
        chosen = self.graph or self.weights
        assert chosen is not None
        return chosen


def read_folder(path: Path, model: str) -> ModelFolder:
    """Reads a folder's small files.

    Raises:
        ModelUnusable: a file is missing or can't be understood; carries `file` and `why`.
    """
    return _Reader(path, model).read()


def unusable(model: str, why: str, *, file: str = "") -> ModelUnusable:
    """The error of a model that can't be loaded as configured."""
    where = f"{file}: " if file else ""
    metadata = {"model": model, "why": why[:500]} | ({"file": file} if file else {})
    return ModelUnusable(f"model {model!r} can't be used: {where}{why}", metadata=metadata)


def check_modules(folder: ModelFolder, model: str) -> None:
    """Makes sure that this service runs every step of a model that its graph does not.

    Raises:
        ModelUnusable: there is one more, such as a dense layer behind the pooling.
    """
    if folder.other_modules:
        why = f"modules of the kind {', '.join(folder.other_modules)} need a graph with them in it"
        raise unusable(model, why, file="modules.json")


def capabilities(*, is_classifier: bool, is_ranking: bool = True) -> Sequence[Capability]:
    """What a local model can do.

    Args:
        is_ranking: Whether a classifier says one number of each pair.
    """
    if not is_classifier:
        return (Capability.EMBED, Capability.TOKENIZE)
    return (Capability.RERANK, Capability.TOKENIZE) if is_ranking else (Capability.TOKENIZE,)


def capabilities_of_source(source: str) -> Sequence[Capability]:
    """What a model can do that is not loaded; empty: not known yet. Reads a small file."""
    if not is_path(source):
        return () if is_hub_name(source) else capabilities(is_classifier=False)
    try:
        config = _Reader(Path(source).expanduser(), source).config()
    except ModelUnusable:
        return ()
    return capabilities(is_classifier=_is_classifier(config))


class _Reader:
    def __init__(self, path: Path, model: str) -> None:
        self._path = path
        self._model = model

    def read(self) -> ModelFolder:
        if not self._path.is_dir():
            raise unusable(self._model, "there is no such folder", file=self._path.name)
        modules = self._modules()
        transformer = self._path / modules.get("Transformer", "")
        config = self._json(transformer / "config.json", is_needed=True)
        prompts = self._json(self._path / "config_sentence_transformers.json").get("prompts") or {}
        graph = self._first(transformer, _GRAPHS)
        weights = self._first(transformer, (_WEIGHTS,))
        if graph is None and weights is None:
            raise unusable(
                self._model, f"it holds neither {_WEIGHTS} nor {_GRAPHS[0]}", file=self._path.name
            )
        return ModelFolder(
            path=self._path,
            tokenizer=self._tokenizer(transformer),
            graph=graph,
            weights=weights,
            config=config,
            pooling=self._pooling(modules),
            is_normalized="Normalize" in modules,
            max_tokens=self._max_tokens(transformer, config),
            query_prefix=str(prompts.get("query", "")),
            document_prefix=str(prompts.get("document", prompts.get("passage", ""))),
            license=self._license(),
            is_prompt_pooled=self._pooled(modules).get("include_prompt") is not False,
            is_classifier=_is_classifier(config),
            other_modules=sorted(modules.keys() - _KNOWN_MODULES),
        )

    def config(self) -> Mapping[str, Any]:
        """`config.json` of the transformer."""
        folder = self._path / self._modules().get("Transformer", "")
        return self._json(folder / "config.json", is_needed=True)

    def _modules(self) -> dict[str, str]:
        """Folders by kind of module; of a bare transformer only itself."""
        file = self._path / "modules.json"
        if not file.exists():
            return {}
        content: Any = self._parsed(file)
        try:
            return {str(each["type"]).rpartition(".")[2]: str(each["path"]) for each in content}
        except (TypeError, KeyError, AttributeError) as exc:
            raise unusable(self._model, "has no list of modules", file=file.name) from exc

    def _pooling(self, modules: Mapping[str, str]) -> str:
        if "Pooling" not in modules:
            return ""
        content = self._pooled(modules)
        chosen = [kind for flag, kind in _POOLING.items() if content.get(flag)]
        others = [
            flag
            for flag, value in content.items()
            if flag.startswith("pooling_mode_") and value is True and flag not in _POOLING
        ]
        if len(chosen) != 1 or others:
            asked = ", ".join([*chosen, *others]) or "none"
            raise unusable(self._model, f"pooling {asked} is not supported", file="config.json")
        return chosen[0]

    def _pooled(self, modules: Mapping[str, str]) -> Mapping[str, Any]:
        if "Pooling" not in modules:
            return {}
        return self._json(self._path / modules["Pooling"] / "config.json", is_needed=True)

    def _max_tokens(self, transformer: Path, config: Mapping[str, Any]) -> int:
        sentence = self._json(self._path / "sentence_bert_config.json")
        tokenizer = self._json(transformer / "tokenizer_config.json")
        positions = _whole(config.get("max_position_embeddings"))
        # RoBERTa counts positions from the one after its padding's.
        offset = _whole(config.get("pad_token_id")) + 1 if is_offset(config) else 0
        limits = [
            _whole(sentence.get("max_seq_length")),
            _whole(tokenizer.get("model_max_length")),
            max(positions - offset, 0),
        ]
        return min((limit for limit in limits if 2 < limit < 1_000_000), default=512)

    def _tokenizer(self, transformer: Path) -> Path:
        for folder in (transformer, self._path):
            if (folder / "tokenizer.json").is_file():
                return folder / "tokenizer.json"
        raise unusable(self._model, "is missing", file="tokenizer.json")

    def _license(self) -> str:
        """`license:` in the front matter of the model's card."""
        card = self._path / "README.md"
        if not card.is_file() or card.stat().st_size > _FEW_BYTES:
            return ""
        front = card.read_text(errors="replace").partition("\n---")[0]
        for line in front.splitlines():
            if line.startswith("license:"):
                return line.partition(":")[2].strip()
        return ""

    def _json(self, file: Path, *, is_needed: bool = False) -> Mapping[str, Any]:
        if not file.exists():
            if is_needed:
                raise unusable(self._model, "is missing", file=file.name)
            return {}
        content = self._parsed(file)
        if not isinstance(content, dict):
            raise unusable(self._model, "is no JSON object", file=file.name)
        return cast("dict[str, Any]", content)

    def _parsed(self, file: Path) -> object:
        try:
            if file.stat().st_size > _FEW_BYTES:
                raise unusable(self._model, f"is larger than {_FEW_BYTES} bytes", file=file.name)
            return json.loads(file.read_bytes())
        except (ValueError, OSError) as exc:
            raise unusable(self._model, "can't be read as JSON", file=file.name) from exc

    def _first(self, folder: Path, names: Sequence[str]) -> Path | None:
        return next((folder / name for name in names if (folder / name).is_file()), None)


def _is_classifier(config: Mapping[str, Any]) -> bool:
    names: Any = config.get("architectures")
    return isinstance(names, list) and any(
        str(name).endswith("ForSequenceClassification") for name in cast("list[Any]", names)
    )


def is_offset(config: Mapping[str, Any]) -> bool:
    """Whether the position table begins with rows that no token uses."""
    return config.get("model_type") in ("roberta", "xlm-roberta", "camembert")


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
