from __future__ import annotations

import json
from pathlib import Path

import pytest
from oms_client import CredentialsError
from oms_client.credentials import find_api_key, is_loopback

LOCAL, REMOTE = "127.0.0.1:50050", "oms.example.org:443"


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("OMS_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "config" / "oms").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    return tmp_path


def write(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def key(target: str, explicit: Path | None = None) -> str | None:
    found = find_api_key(target, explicit)
    return found.api_key if found else None


def test_a_file_given_by_name_comes_first(folders):
    write(folders / "config" / "oms" / "credentials.json", {"api_key": "own"})
    explicit = write(folders / "key", "given\n")
    assert key(LOCAL, explicit) == "given"
    assert key(LOCAL) == "own"


def test_the_administrators_key_of_this_machine_goes_to_no_other(folders):
    write(folders / "data" / "administrator.json", {"api_key": "admin"})
    assert key(LOCAL) == "admin"
    assert key(REMOTE) is None


def test_a_key_for_one_server_goes_to_no_other(folders):
    path = folders / "config" / "oms" / "credentials.json"
    write(path, {"api_key": "own", "target": REMOTE})
    assert key(REMOTE) == "own"
    assert key(LOCAL) is None


def test_there_may_be_no_key():
    assert key(LOCAL) is None


@pytest.mark.parametrize("content", ["{}", "{", '{"key": "x"}'])
def test_a_file_without_a_key_is_told(folders, content):
    path = write(folders / "key", content)
    with pytest.raises(CredentialsError, match="holds no API key"):
        find_api_key(LOCAL, path)


def test_a_file_that_is_not_there_is_told(folders):
    with pytest.raises(CredentialsError, match="can't be read"):
        find_api_key(LOCAL, folders / "nothing")


def test_a_key_is_never_in_the_text_of_what_holds_it(folders):
    found = find_api_key(LOCAL, write(folders / "key", "s3cret"))
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("127.0.0.1:50050", True),
        ("localhost:1", True),
        ("[::1]:50050", True),
        ("unix:/run/oms.sock", True),
        ("127.0.0.1.evil.org:50050", False),
        ("localhost.evil.org:443", False),
        ("oms:50050", False),
    ],
)
def test_loopback_targets_are_told_apart(target, expected):
    assert is_loopback(target) is expected
