"""What takes long does not keep the event loop from other calls."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from oms.embedding.v1 import embedding_service_pb2 as pb
from svc_embedding.domain.embedding import ModelFacts
from svc_embedding.domain.models import Models, ModelState, ModelStatus, Token
from svc_embedding.servicers import embedding_servicer
from svc_embedding.servicers.embedding_servicer import EmbeddingServicer

from svc_embedding import comparing


class _Model:
    id = "m"

    def status(self) -> ModelStatus:
        facts = ModelFacts(model="m", source="m", dimensions=2, max_tokens=8)
        return ModelStatus(facts=facts, state=ModelState.READY)

    async def tokenize(self, texts: Sequence[str], **_: Any) -> Sequence[Sequence[Token]]:
        return [[Token(1, text, 0, len(text))] for text in texts]


def _seen(on: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> set[threading.Thread]:
    """The threads that call a function of a module."""
    threads: set[threading.Thread] = set()
    original: Callable[..., Any] = getattr(on, name)

    def noting(*arguments: Any) -> Any:
        threads.add(threading.current_thread())
        return original(*arguments)

    monkeypatch.setattr(on, name, noting)
    return threads


async def test_scores_are_computed_on_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = _seen(comparing, "compare", monkeypatch)
    servicer = EmbeddingServicer(Models([_Model()]))  # type: ignore[list-item]
    vectors = [pb.Comparable(vector=pb.Vector(values=[1.0, each])) for each in (0, 1)]
    answer = await servicer.Similarity(pb.SimilarityRequest(sources=vectors), None)
    assert list(answer.scores) == pytest.approx([1, 0.5**0.5, 0.5**0.5, 1])
    assert threads
    assert threading.main_thread() not in threads


async def test_tokens_are_written_on_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = _seen(embedding_servicer, "tokens_to_pb", monkeypatch)
    servicer = EmbeddingServicer(Models([_Model()]))  # type: ignore[list-item]
    answer = await servicer.Tokenize(pb.TokenizeRequest(texts=["ab"]), None)
    assert answer.results[0].tokens[0].end == 2
    assert threads
    assert threading.main_thread() not in threads
