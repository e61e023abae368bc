"""Exported models give the same vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from oms_testing import tiny_model as tiny
from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.cli import main
from svc_embedding.domain.embedding import EmbedOptions

from .reference import cosine

TEXTS = ["w1", "w2 w3 w4 w5 w6 w7", "w10 " * 20]


@pytest.mark.parametrize(
    ("precision", "least"), [("float32", 0.99999), ("float16", 0.999), ("int8", 0.8)]
)
# Random weights lose more by int8 than those of a trained model.
# The quantiser reads fields of ONNX that are to go.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_an_exported_model_gives_the_same_vectors(
    add: Callable[..., LocalModel], tmp_path: Path, precision: str, least: float
) -> None:
    source = tiny.write(tmp_path / "m", prompts={"query": "w1 "})
    target = tmp_path / "out" / "exported"
    arguments = ["export", str(source), str(target), "--precision", precision]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert [each.name for each in target.parent.iterdir()] == ["exported"]
    digest = result.output.partition("sha256")[2].split()[0]
    exported = add(target, digest=digest)
    before = await add(source).embed(TEXTS, EmbedOptions())
    after = await exported.embed(TEXTS, EmbedOptions())
    for one, other in zip(before.vectors, after.vectors, strict=True):
        assert cosine(one, other) >= least
    assert (exported.facts.precision, exported.facts.query_prefix) == (precision, "w1 ")
    assert before.served.space != after.served.space


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    source = tiny.write(tmp_path / "m")
    result = CliRunner().invoke(main, ["export", str(source), str(source)])
    assert (result.exit_code, "exists" in result.output) == (1, True)


def test_a_model_that_can_not_be_read_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tiny.write(tmp_path / "m")
    (source / "model.safetensors").write_bytes(b"cut")
    result = CliRunner().invoke(main, ["export", str(source), str(tmp_path / "out" / "x")])
    assert result.exit_code == 1
    assert "model.safetensors" in result.output
    assert not list((tmp_path / "out").iterdir())
