"""What the monolith refuses to start with."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import oms_rpc
import pytest
from oms_monolith.services import ServiceSettings, hosted_services
from oms_monolith.settings import DependencySettings
from oms_rpc import Topology
from oms_security import SecuritySettings
from oms_testing.e2e_process import clean_environment
from pydantic import SecretStr
from svc_embedding.settings import EmbeddingSettings

Refusal = Callable[..., str]


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Runs the module with some variables, in this process; what it wrote when it refused them."""

    def served(_: object) -> None:
        pytest.fail("it starts to serve")

    def start(**variables: str) -> str:
        for name in os.environ.keys() - clean_environment().keys():
            monkeypatch.delenv(name)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(oms_rpc, "run", served)
        with pytest.raises(SystemExit) as ended:
            runpy.run_module("oms_monolith", run_name="__main__")
        assert ended.value.code == 2
        return capsys.readouterr().err

    return start


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("", "JWT_SECRET is not set"),
        ("short-but-quite-random", "JWT_SECRET has 22 bytes; production needs 32 or more"),
        ("your-256-bit-secret-your-256-bit-secret", "JWT_SECRET contains a well-known default"),
    ],
)
def test_production_refuses_a_missing_short_or_default_secret(
    refusal: Refusal, secret: str, why: str
):
    told = refusal(OMS_ENV="production", JWT_SECRET=secret)
    assert told.startswith("refused to start: ")
    assert why in told
    assert not secret or secret not in told


def test_malformed_setting_ends_the_process():
    done = subprocess.run(
        [sys.executable, "-m", "oms_monolith"],
        env={**clean_environment(), "JWT_SECRET": "x" * 64, "OMS_GRACE_S": "soon"},
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "OMS_GRACE_S: Input should be a valid number" in done.stderr


def test_addresses_are_secrets(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://oms:s3cret@db/oms")
    monkeypatch.setenv("NATS_URL", "nats://oms:s3cret@nats")
    monkeypatch.setenv("REDIS_URL", "redis://:s3cret@redis/0")
    settings = [DependencySettings(), *ServiceSettings().of_hosted(Topology())]
    shown = str([each.redacted() for each in settings])
    assert shown.count("'**********'") == 5  # Redis is given to cache and scheduler, too
    assert "s3cret" not in shown


def test_a_file_of_models_that_can_not_be_used_is_named(refusal: Refusal, tmp_path: Path):
    missing = tmp_path / "models.toml"
    told = refusal(JWT_SECRET="x" * 64, OMS_EMBEDDING_MODELS=str(missing))
    assert f"OMS_EMBEDDING_MODELS: {missing}: No such file" in told


def test_a_file_of_models_matters_only_where_embedding_is_hosted(tmp_path: Path):
    settings = ServiceSettings(embedding=EmbeddingSettings(models_file=tmp_path / "none.toml"))
    security = SecuritySettings(jwt_secret=SecretStr("x" * 64))
    elsewhere = Topology(moved_out=frozenset({"embedding"}))
    names = [service.name for service in hosted_services(elsewhere, security, settings)]
    assert names == ["datakernel", "scheduler", "events", "api", "graphql"]
