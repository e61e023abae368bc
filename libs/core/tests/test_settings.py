from __future__ import annotations

import pytest
from oms_core.settings import Settings, SettingsError, exit_when_invalid
from pydantic import Field, SecretStr, ValidationError


class Example(Settings):
    pool_size: int = Field(5, ge=1, validation_alias="OMS_TEST_POOL_SIZE")
    url: str = Field("", validation_alias="OMS_TEST_URL")
    password: SecretStr = Field(SecretStr(""), validation_alias="OMS_TEST_PASSWORD")


def test_a_setting_comes_from_its_variable(monkeypatch):
    monkeypatch.setenv("OMS_TEST_POOL_SIZE", "9")
    assert Example().pool_size == 9


def test_a_setting_can_be_given_by_name():
    assert Example(pool_size=7).pool_size == 7


def test_a_malformed_value_is_refused(monkeypatch):
    monkeypatch.setenv("OMS_TEST_POOL_SIZE", "many")
    with pytest.raises(ValidationError, match="OMS_TEST_POOL_SIZE"):
        Example()


def test_settings_do_not_change_once_read():
    with pytest.raises(ValidationError):
        Example().pool_size = 3


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://oms:s3cret@db:5432/oms", "postgresql://***@db:5432/oms"),
        ("redis://:s3cret@cache:6379/0", "redis://***@cache:6379/0"),
        ("nats://a:s3cret@n1:4222,nats://b:s3cret@n2:4222", "nats://***@n2:4222"),
        ("postgresql://oms:s3cr@et@db/oms", "postgresql://***@db/oms"),
        ("http://db:5432/oms", "http://db:5432/oms"),
        ("someone@example.org", "someone@example.org"),
    ],
)
def test_a_url_is_shown_without_its_credentials(url, shown):
    assert Example(url=url).redacted()["url"] == shown


def test_a_secret_is_shown_nowhere():
    settings = Example(password=SecretStr("s3cret"))
    assert settings.redacted()["password"] == "**********"
    for text in (
        repr(settings),
        str(settings),
        str(settings.redacted()),
        settings.model_dump_json(),
    ):
        assert "s3cret" not in text


def test_an_empty_secret_can_be_told_from_a_set_one():
    assert Example().redacted()["password"] == ""


def test_a_refused_value_does_not_show(monkeypatch, capsys):
    monkeypatch.setenv("OMS_TEST_POOL_SIZE", "s3cret")
    with pytest.raises(ValidationError) as caught:
        Example()
    assert "s3cret" not in str(caught.value)
    with pytest.raises(SystemExit) as exited, exit_when_invalid():
        Example()
    assert exited.value.code == 2
    printed = capsys.readouterr().err
    assert printed.startswith(
        "refused to start: OMS_TEST_POOL_SIZE: Input should be a valid integer"
    )
    assert "s3cret" not in printed


def test_a_refused_secret_is_in_no_error(monkeypatch):
    class Strict(Settings):
        password: SecretStr = Field(SecretStr(""), min_length=20, validation_alias="OMS_TEST_P")

    monkeypatch.setenv("OMS_TEST_P", "s3cret")
    with pytest.raises(ValidationError) as caught:
        Strict()
    assert "s3cret" not in str(caught.value)


def test_a_program_with_wrong_settings_ends_with_a_line_for_each(monkeypatch, capsys):
    monkeypatch.setenv("OMS_TEST_POOL_SIZE", "many")
    with pytest.raises(SystemExit) as ended, exit_when_invalid():
        Example()
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("refused to start: OMS_TEST_POOL_SIZE: ")


def test_a_program_whose_settings_name_what_is_not_there_says_so(capsys):
    with pytest.raises(SystemExit) as ended, exit_when_invalid():
        raise SettingsError("key file /x can't be read")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "refused to start: key file /x can't be read\n"
