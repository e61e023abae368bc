from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from oms_client import Client, Connection, CredentialsError, UnencryptedTokenWarning, __version__


def test_the_environment_says_where_and_as_whom(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert Connection().target == "127.0.0.1:50050"
    monkeypatch.setenv("OMS_ADDRESS", "a:1")
    assert Connection().target == "a:1"
    monkeypatch.setenv("OMS_TARGET", "b:2")
    assert Connection().target == "b:2"
    assert Connection(address="c:3").target == "c:3"
    assert Connection().credentials().is_anonymous
    (tmp_path / "key").write_text(json.dumps({"api_key": "k"}))
    monkeypatch.setenv("OMS_API_KEY_FILE", str(tmp_path / "key"))
    assert Connection().credentials().api_key == "k"
    monkeypatch.setenv("OMS_TOKEN", "t")
    assert Connection().credentials().token() == "t"
    assert Connection(token="own").credentials().token() == "own"
    assert Connection(api_key="mine").credentials().api_key == "mine"
    assert Connection(api_key_file=tmp_path / "key").credentials().api_key == "k"
    assert Connection(token="").credentials().is_anonymous
    monkeypatch.setenv("OMS_API_KEY_FILE", str(tmp_path / "gone"))
    monkeypatch.delenv("OMS_TOKEN")
    with pytest.raises(CredentialsError, match="can't be read"):
        Connection().credentials()


def test_tls_is_a_wish_or_follows_from_an_authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert Connection().channel_credentials() is None
    assert Connection(tls=True).channel_credentials() is not None
    (tmp_path / "ca.pem").write_text("")
    assert Connection(ca_file=tmp_path / "ca.pem").channel_credentials() is not None
    monkeypatch.setenv("OMS_TLS", "1")
    assert Connection().channel_credentials() is not None
    assert Connection(tls=False).channel_credentials() is None


def test_a_token_for_another_machine_is_not_sent_in_the_clear_unnoticed() -> None:
    with pytest.warns(UnencryptedTokenWarning, match=r"oms\.example:443 unencrypted"):
        Client("oms.example:443", token="t").close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Client("oms.example:443", token="t", tls=True).close()
        Client("127.0.0.1:1", token="t").close()
        Client("oms.example:443", token="").close()


def test_secrets_are_in_no_text() -> None:
    assert "s3cret" not in repr(Connection(token="s3cret", api_key="s3cret"))


def test_the_version_is_that_of_the_distribution() -> None:
    project = (Path(__file__).parents[1] / "pyproject.toml").read_text()
    assert f'version = "{__version__}"' in project
