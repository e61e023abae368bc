from __future__ import annotations

import json
import socket

import pytest
from jose import jwt


def test_without_options_the_token_is_ones_own(cli):
    token = cli("token").strip()
    assert jwt.get_unverified_claims(token)["sub"] == "administrator"


def test_a_token_is_kept_until_it_expires(cli):
    assert cli("token") == cli("token")
    (file,) = (cli.home / "cache" / "oms").iterdir()
    assert json.loads(file.read_text())["token"] == cli("token").strip()


def test_a_kept_token_that_the_server_no_longer_takes_is_renewed(cli):
    cli("whoami")
    (file,) = (cli.home / "cache" / "oms").iterdir()
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({**kept, "token": kept["token"][:-4]}))
    assert "administrator" in cli("whoami")
    assert json.loads(file.read_text())["token"] != kept["token"][:-4]


def test_a_token_for_somebody_else_names_them(cli):
    token = cli(
        "token", "--subject", "bob7", "--username", "bob", "--role", "viewer", "--ttl", "15m"
    ).strip()
    claims = jwt.get_unverified_claims(token)
    assert (claims["sub"], claims["username"], claims["roles"]) == ("bob7", "bob", ["viewer"])
    assert 899 <= claims["exp"] - claims["iat"] <= 901
    caller = cli.json("whoami", "--token", token)
    assert (caller["subject"], caller["roles"]) == ("bob7", ["viewer"])


def test_a_token_as_json_says_when_it_expires(cli):
    issued = cli.json("token", "--role", "viewer")
    assert set(issued) == {"token", "expireTime"}
    assert jwt.get_unverified_claims(issued["token"])["sub"] == "administrator"


def test_a_token_for_somebody_needs_a_role(cli):
    result = cli.run("token", "--subject", "bob")
    assert result.exit_code == 2
    assert "--role" in result.stderr


def test_whoami_shows_the_caller(cli):
    lines = dict(line.split(maxsplit=1) for line in cli("whoami").splitlines())
    assert lines["subject"] == "administrator"
    assert lines["permissions"] == "*"


def test_roles_are_a_table_with_a_header(cli):
    header, *rows = cli("roles").splitlines()
    assert header.split() == ["ROLE", "FOR", "PERMISSIONS"]
    assert [row.split()[0] for row in rows] == [
        "administrator",
        "editor",
        "integrator",
        "operator",
        "reviewer",
        "service",
        "viewer",
    ]
    assert cli.json("roles")[0]["roleId"] == "administrator"


def test_global_options_may_stand_anywhere(cli):
    cli.environment["OMS_TARGET"] = "127.0.0.1:1"
    target = cli.server.target
    assert json.loads(cli("--target", target, "--output", "json", "whoami"))
    assert json.loads(cli("whoami", "--target", target, "--output", "json"))


def test_an_api_key_file_may_be_given(cli):
    key_file = cli.server.data_dir / "administrator.json"
    cli.environment["OMS_DATA_DIR"] = str(cli.home)
    assert "administrator" in cli("whoami", "--api-key-file", str(key_file))
    cli.environment["OMS_API_KEY_FILE"] = str(key_file)
    assert "administrator" in cli("whoami")


def test_without_credentials_the_command_line_is_wrong(cli):
    cli.environment["OMS_DATA_DIR"] = str(cli.home)
    result = cli.run("whoami")
    assert result.exit_code == 2
    assert "no credentials for" in result.stderr


def test_health_needs_no_credentials(cli):
    cli.environment["OMS_DATA_DIR"] = str(cli.home)
    assert cli("health").split()[:2] == ["status", "serving"]


def test_detailed_health_lists_the_parts(cli):
    output = cli("health", "--detailed")
    assert "COMPONENT" in output
    assert "api" in output
    assert cli.json("health", "--detailed")["status"] == "HEALTH_STATUS_SERVING"


def test_a_refusal_is_one_line_with_its_reason(cli):
    viewer = cli.server.issuer.issue("bob", roles=["viewer"]).token
    result = cli.run("token", "--subject", "eve", "--role", "administrator", "--token", viewer)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert "[PERMISSION_DENIED]" in result.stderr.splitlines()[0]


def test_fields_at_fault_are_listed_below(cli):
    result = cli.run("token", "--subject", "e e", "--role", "emperor", "--ttl", "1s")
    assert result.exit_code == 1
    first, *rest = result.stderr.splitlines()
    assert "[INVALID_FIELD]" in first
    assert any(line.startswith("  subject: ") for line in rest)


def test_a_bad_token_says_what_is_wrong(cli):
    result = cli.run("whoami", "--token", "garbage")
    assert result.exit_code == 1
    assert "[TOKEN_INVALID]" in result.stderr


def test_a_key_file_without_a_key_is_a_usage_error(cli, tmp_path):
    (tmp_path / "key").write_text("{}")
    result = cli.run("whoami", "--api-key-file", str(tmp_path / "key"))
    assert result.exit_code == 2
    assert "holds no API key" in result.stderr


@pytest.fixture
def dead_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers
        yield taken.getsockname()[1]


def test_an_unreachable_server_has_an_exit_code_of_its_own(cli, dead_port):
    result = cli.run("health", "--target", f"127.0.0.1:{dead_port}")
    assert result.exit_code == 3
    assert "can't be reached" in result.stderr


def test_a_server_that_does_not_answer_in_time_has_it_too(cli):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        target = f"127.0.0.1:{silent.getsockname()[1]}"
        result = cli.run("health", "--target", target, "--timeout", "0.2")
    assert result.exit_code == 3


def test_a_wrong_command_line_is_explained(cli):
    assert cli.run("tokn").exit_code == 2
    assert cli.run("token", "--ttl", "soon").exit_code == 2
    assert cli.run("whoami", "--output", "xml").exit_code == 2


def test_help_names_every_command(cli):
    output = cli("--help")
    for name in ("token", "import", "export", "type", "branch", "merge", "diff", "watch"):
        assert f"\n  {name} " in output
    assert "Exit codes" in output
