"""JSON of OpenAI's `POST /v1/embeddings`.

Source: https://platform.openai.com/docs/api-reference/embeddings/create
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
from oms_core.errors import InvalidField, ParseError

from svc_embedding.domain.embedding import Embeddings
from svc_embedding.domain.encoding import Encoding, pack

MOST_INPUTS: Final = 4096
_MOST_DIMENSIONS: Final = 16_384
_MOST_TEXT_BYTES: Final = 1024 * 1024
_MOST_TOKENS: Final = 1_000_000
_FORMATS: Final = ("float", "base64")


@dataclass(frozen=True, slots=True)
class OpenAiRequest:
    """What is asked for: either texts or lists of tokens.

    Args:
        dimensions: None: the model's own.
    """

    model: str
    texts: Sequence[str]
    tokens: Sequence[Sequence[int]]
    dimensions: int | None
    is_base64: bool


def parse_request(body: bytes) -> OpenAiRequest:
    """Reads a request. That texts hold more than white space is for `checked_texts` to see.

    Raises:
        ParseError: it is no JSON object.
        InvalidField: a field is wrong; names it.
    """
    try:
        content: Any = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise ParseError(
            f"the body is no JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}",
            metadata={"line": str(exc.lineno), "column": str(exc.colno)},
        ) from exc
    if not isinstance(content, dict):
        raise ParseError("the body is no JSON object")
    fields = cast("dict[str, Any]", content)
    texts, tokens = _input(fields.get("input"))
    return OpenAiRequest(
        _text(fields, "model"),
        texts,
        tokens,
        _dimensions(fields.get("dimensions")),
        _format(fields.get("encoding_format")) == "base64",
    )


def response_json(embeddings: Embeddings, model: str, *, is_base64: bool) -> bytes:
    """Writes an answer."""
    vectors = embeddings.vectors
    if is_base64:
        packed, _ = pack(vectors, Encoding.PACKED_FLOAT32)
        shown: Sequence[Any] = [base64.b64encode(raw).decode() for raw in packed]
    else:
        shown = list(vectors)
    tokens = sum(count.read for count in embeddings.counts)
    content = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": each}
            for index, each in enumerate(shown)
        ],
        "model": model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def _input(value: object) -> tuple[Sequence[str], Sequence[Sequence[int]]]:
    if isinstance(value, str):
        return _texts([value]), ()
    if not isinstance(value, list) or not value:
        raise InvalidField.of("input", "has to be a text, texts, tokens, or lists of tokens")
    items = cast("list[object]", value)
    if all(isinstance(item, str) for item in items):
        return _texts(cast("list[str]", items)), ()
    if all(_is_token(item) for item in items):
        items = [items]
    return (), _token_lists(items)


def _texts(texts: Sequence[str]) -> Sequence[str]:
    _check_count(texts)
    for index, text in enumerate(texts):
        if len(text) > _MOST_TEXT_BYTES or len(text.encode()) > _MOST_TEXT_BYTES:
            raise InvalidField.of(f"input[{index}]", f"has more than {_MOST_TEXT_BYTES} bytes")
    return texts


def _token_lists(items: Sequence[object]) -> Sequence[Sequence[int]]:
    _check_count(items)
    for index, item in enumerate(items):
        is_list = isinstance(item, list) and bool(cast("list[object]", item))
        if not is_list or not all(_is_token(each) for each in cast("list[object]", item)):
            raise InvalidField.of(f"input[{index}]", "has to be a text or a list of tokens")
        if len(cast("list[object]", item)) > _MOST_TOKENS:
            raise InvalidField.of(f"input[{index}]", f"has more than {_MOST_TOKENS} tokens")
    return cast("Sequence[Sequence[int]]", items)


def _is_token(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_count(items: Sequence[object]) -> None:
    if len(items) > MOST_INPUTS:
        raise InvalidField.of("input", f"has {len(items)} entries, more than {MOST_INPUTS}")


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 256:
        raise InvalidField.of(name, "has to be a text of at most 256 characters")
    return value


def _dimensions(value: object) -> int | None:
    if value is None:
        return None
    if not _is_token(value) or not 1 <= cast("int", value) <= _MOST_DIMENSIONS:
        raise InvalidField.of("dimensions", f"has to be a whole number, 1 to {_MOST_DIMENSIONS}")
    return cast("int", value)


def _format(value: object) -> str:
    if value is None:
        return "float"
    if value not in _FORMATS:
        raise InvalidField.of("encoding_format", f"has to be one of {', '.join(_FORMATS)}")
    return str(value)
