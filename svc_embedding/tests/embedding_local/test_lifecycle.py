"""A model is freed when it is unloaded, whoever leaves meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from oms_core.errors import InvalidField, OmsError
from oms_testing import tiny_model as tiny
from svc_embedding.adapters.onnx.batcher import Batcher
from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.adapters.onnx.tokenizing import TextTokenizer
from svc_embedding.domain.embedding import EmbedOptions, Priority
from svc_embedding.domain.models import Capability, Models, ModelState, ModelStatus

Add = Callable[..., LocalModel]
_PATIENCE_S = 60.0


class _Gate:
    """Keeps a call at its tokenising until it is opened, and counts closed batchers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entered, self._open = threading.Event(), threading.Event()
        self.closed = list[Batcher]()
        encode, close = TextTokenizer.encode, Batcher.close

        def waiting(tokenizer: TextTokenizer, *arguments: Any, **more: Any) -> Any:
            # The probes of a load are let through.
            if threading.current_thread().name.startswith("tokenizing"):
                self.entered.set()
                assert self._open.wait(_PATIENCE_S)
            return encode(tokenizer, *arguments, **more)

        def closing(batcher: Batcher) -> None:
            self.closed.append(batcher)
            close(batcher)

        monkeypatch.setattr(TextTokenizer, "encode", waiting)
        monkeypatch.setattr(Batcher, "close", closing)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Gate]:
    made = _Gate(monkeypatch)
    yield made
    made.open()


async def _busy(model: LocalModel, gate: _Gate) -> asyncio.Task[Any]:
    """A call that is under way."""
    call = asyncio.create_task(model.embed(["w1"], EmbedOptions()))
    assert await asyncio.to_thread(gate.entered.wait, _PATIENCE_S)
    return call


async def _begun(model: LocalModel) -> None:
    """Lets an unloading begin, which does not end before the call does."""
    await asyncio.sleep(0)
    assert model.status().state is ModelState.UNLOADED


async def test_an_unloading_that_is_given_up_frees_the_model_all_the_same(
    add: Add, tmp_path: Path, gate: _Gate
) -> None:
    model = add(tiny.write(tmp_path / "m"))
    call = await _busy(model, gate)
    unloading = asyncio.create_task(model.unload())
    await _begun(model)
    unloading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await unloading
    assert not gate.closed
    gate.open()
    assert len((await call).vectors) == 1
    await asyncio.wait_for(model.unload(), _PATIENCE_S)
    assert len(gate.closed) == 1


async def test_who_unloads_again_waits_too(add: Add, tmp_path: Path, gate: _Gate) -> None:
    model = add(tiny.write(tmp_path / "m"))
    call = await _busy(model, gate)
    unloadings = [asyncio.create_task(model.unload()) for _ in range(2)]
    await _begun(model)
    assert not any(each.done() for each in unloadings)
    gate.open()
    await asyncio.wait_for(asyncio.gather(call, *unloadings), _PATIENCE_S)
    assert len(gate.closed) == 1


async def test_closing_does_not_wait_for_calls(add: Add, tmp_path: Path, gate: _Gate) -> None:
    model = add(tiny.write(tmp_path / "m"))
    call = await _busy(model, gate)
    unloading = asyncio.create_task(model.unload())
    await _begun(model)
    await asyncio.wait_for(model.close(), _PATIENCE_S)
    await unloading
    assert len(gate.closed) == 1
    gate.open()
    with pytest.raises(OmsError, match="being unloaded"):
        await call


async def test_dimensions_are_looked_at_before_anything_runs(
    add: Add, tmp_path: Path, gate: _Gate
) -> None:
    with pytest.raises(InvalidField, match="dimensions"):
        await add(tiny.write(tmp_path / "m")).embed(["w1"], EmbedOptions(dimensions=7))
    assert not gate.entered.is_set()


async def test_what_a_model_can_do_is_known_before_and_after_it_is_loaded(
    add: Add, tmp_path: Path
) -> None:
    model = add(tiny.write(tmp_path / "m", is_classifier=True))
    expected = (Capability.RERANK, Capability.TOKENIZE)
    assert model.status().capabilities == expected
    await model.rerank("w1", ["w2"], priority=Priority.BULK)
    await model.unload()
    assert model.status().capabilities == expected
    assert not add("acme/some-model").status().is_known


class _OfTheHub:
    """Known when it was loaded."""

    def __init__(self, model: LocalModel, name: str, error: OmsError | None = None) -> None:
        self.id, self.loads = name, 0
        self._model, self._error = model, error

    def status(self) -> ModelStatus:
        told = self._model.status()
        known = {"capabilities": told.capabilities} if self.loads and not self._error else {}
        return ModelStatus(facts=told.facts, state=told.state, is_known=bool(known), **known)

    async def ready(self) -> Any:
        self.loads += 1
        if self._error is not None:
            raise self._error
        return self._model


async def test_models_that_nothing_is_known_of_are_loaded_to_find_one_that_ranks(
    add: Add, tmp_path: Path
) -> None:
    ranking, other = tiny.write(tmp_path / "r", is_classifier=True), tiny.write(tmp_path / "m")
    error = InvalidField.of("x", "broken")
    hub: list[Any] = [
        _OfTheHub(add(other), "a", error),
        _OfTheHub(add(other), "b"),
        _OfTheHub(add(ranking), "c"),
        _OfTheHub(add(ranking), "d"),
    ]
    assert (await Models(hub).reranker()).id == "c"
    assert [each.loads for each in hub] == [1, 1, 1, 0]
    assert (await Models(hub).reranker()).id == "c"
    assert hub[0].loads == 1
    with pytest.raises(InvalidField, match="broken"):
        await Models(hub[:2]).reranker()
