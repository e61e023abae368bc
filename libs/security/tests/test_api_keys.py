from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oms_core.errors import ApiKeyInvalid
from oms_security import ApiKeys, ensure_administrator, ensure_jwt_secret


@pytest.fixture
def keys(tmp_path: Path) -> ApiKeys:
    return ApiKeys(tmp_path / "keys.json")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_found_by_its_text(keys):
    text, made = keys.create(subject="alice123", username="alice", roles=["editor"])
    assert keys.verify(text) == made
    assert (made.subject, made.username, made.roles) == ("alice123", "alice", ("editor",))


def test_the_file_is_private_and_does_not_hold_the_key(keys, tmp_path):
    text, _ = keys.create(subject="alice", roles=["editor"])
    path = tmp_path / "keys.json"
    assert mode(path) == 0o600
    assert text.rpartition("_")[2] not in path.read_text()


def test_another_process_sees_a_new_and_a_revoked_key(keys, tmp_path):
    other = ApiKeys(tmp_path / "keys.json")
    with pytest.raises(ApiKeyInvalid):
        other.verify("oms_0_0")
    text, made = keys.create(subject="alice", roles=["editor"])
    assert other.verify(text).subject == "alice"
    keys.revoke(made.key_id)
    with pytest.raises(ApiKeyInvalid):
        other.verify(text)


def test_keys_made_at_once_are_all_kept(tmp_path):
    path = tmp_path / "keys.json"
    made: list[str] = []

    def make(name: int) -> None:
        made.append(ApiKeys(path).create(subject=f"user{name}", roles=["viewer"])[0])

    threads = [threading.Thread(target=make, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {ApiKeys(path).verify(text).subject for text in made} == {f"user{n}" for n in range(8)}


def test_the_list_tells_no_digest(keys):
    keys.create(subject="alice", roles=["editor"])
    assert [key.sha256 for key in keys.list()] == [""]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_any_other_text_is_no_key(keys, text):
    with pytest.raises(ApiKeyInvalid):
        keys.verify(text)


def test_a_known_id_with_another_secret_is_no_key(keys):
    text, _ = keys.create(subject="alice", roles=["editor"])
    for wrong in (text[:-1], f"{text}0", text.upper(), text.replace("oms_", "oma_")):
        with pytest.raises(ApiKeyInvalid):
            keys.verify(wrong)


@pytest.mark.parametrize("roles", [[], ["emperor"]])
def test_a_key_needs_known_roles(keys, roles):
    with pytest.raises(ValueError, match="roles"):
        keys.create(subject="alice", roles=roles)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"keys": [{"roles": 1}]}', '{"keys": [1]}'])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"keys\.json is no key file"):
        ApiKeys(path).verify("oms_a_b")


def test_a_fresh_directory_gets_a_secret_and_an_administrator(tmp_path):
    folder = tmp_path / "data"
    path = ensure_administrator(folder)
    content = json.loads(path.read_text())
    key = ApiKeys(folder / "keys.json").verify(content["api_key"])
    assert key.roles == ("administrator",)
    assert len(ensure_jwt_secret(folder).read_text()) >= 64
    assert mode(folder) == 0o700
    assert {mode(file) for file in folder.iterdir()} == {0o600}


def test_a_second_start_finds_what_the_first_made(tmp_path):
    first = ensure_administrator(tmp_path).read_text()
    secret = ensure_jwt_secret(tmp_path).read_text()
    assert ensure_administrator(tmp_path).read_text() == first
    assert ensure_jwt_secret(tmp_path).read_text() == secret


def test_starts_at_once_agree(tmp_path):
    seen: list[str] = []
    threads = [
        threading.Thread(target=lambda: seen.append(ensure_administrator(tmp_path).read_text()))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert len(set(seen)) == 1


def test_an_administrator_unknown_to_the_store_is_replaced(tmp_path):
    path = ensure_administrator(tmp_path)
    (tmp_path / "keys.json").unlink()
    ensure_administrator(tmp_path)
    store = ApiKeys(tmp_path / "keys.json")
    assert store.verify(json.loads(path.read_text())["api_key"]).subject == "administrator"
    assert len(store.list()) == 1


def test_files_that_others_could_read_are_closed(tmp_path):
    path = ensure_administrator(tmp_path)
    path.chmod(0o644)
    ensure_jwt_secret(tmp_path).chmod(0o644)
    ensure_administrator(tmp_path)
    assert mode(path) == 0o600
    assert mode(tmp_path / "jwt_secret") == 0o600
