from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from oms_cli.credentials import TokenCache

LOCAL, REMOTE = "127.0.0.1:50050", "oms.example.org:443"


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_a_token_is_kept_for_one_server_and_key_alone(folders):
    TokenCache(LOCAL, "k").save("jwt", time.time() + 3600)
    assert TokenCache(LOCAL, "k").load() == "jwt"
    assert TokenCache(REMOTE, "k").load() == ""
    assert TokenCache(LOCAL, "other").load() == ""
    (file,) = (folders / "cache" / "oms").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_token_about_to_expire_is_not_used():
    cache = TokenCache(LOCAL, "k")
    cache.save("jwt", time.time() + 10)
    assert cache.load() == ""


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"token": 1, "expires_at": "x"}'])
def test_a_damaged_file_counts_as_none(folders, content):
    cache = TokenCache(LOCAL, "k")
    cache.save("jwt", time.time() + 3600)
    (file,) = (folders / "cache" / "oms").iterdir()
    file.write_text(content)
    assert cache.load() == ""


def test_without_a_place_to_write_nothing_is_kept(folders, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    cache = TokenCache(LOCAL, "k")
    cache.save("jwt", time.time() + 3600)
    cache.drop()
    assert cache.load() == ""
