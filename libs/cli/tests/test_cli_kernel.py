"""`oms kernel`: graph databases, their history and their care."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path

import pytest

_PERSON = {
    "@type": "Class",
    "@id": "Person",
    "@key": {"@type": "Lexical", "@fields": ["name"]},
    "name": "xsd:string",
}
_NAMES = {
    "@type": "Triple",
    "subject": {"@type": "NodeValue", "variable": "s"},
    "predicate": {"@type": "NodeValue", "node": "name"},
    "object": {"@type": "Value", "variable": "name"},
}


def _person(name: str) -> str:
    return json.dumps({"@type": "Person", "name": name})


@pytest.fixture
def database(cli) -> str:
    """A graph database with the class `Person`."""
    name = f"cli-{secrets.token_hex(6)}"
    cli("kernel", "create", name, "--graph")
    cli("kernel", "insert", name, "-", "--graph", "schema", stdin=json.dumps(_PERSON))
    return name


def test_documents_are_inserted_read_and_deleted(cli, database):
    assert cli("kernel", "insert", database, "-", stdin=_person("ann")).splitlines() == [
        "terminusdb:///data/Person/ann"
    ]
    found = json.loads(cli("kernel", "get", database, "Person/ann"))
    assert found == {"@id": "Person/ann", "@type": "Person", "name": "ann"}
    assert "1 deleted" in cli("kernel", "delete", database, "Person/ann", "--hard")
    gone = cli.run("kernel", "get", database, "Person/ann")
    assert gone.exit_code == 1
    assert "RESOURCE_NOT_FOUND" in gone.stderr


def test_what_breaks_the_schema_is_told_field_by_field(cli, database):
    refused = cli.run("kernel", "insert", database, "-", stdin='{"@type": "Person"}')
    assert refused.exit_code == 1
    assert "name" in refused.stderr


def test_an_import_goes_on_and_an_export_is_what_was_imported(cli, database, tmp_path: Path):
    lines = tmp_path / "people.jsonl"
    lines.write_text("\n".join(_person(f"p{n:03}") for n in range(50)))
    arguments = ("kernel", "import", database, str(lines), "--batch", "20", "--import-id", "once")
    assert "50 documents of 50 lines stored in 3 commits" in cli(*arguments)
    assert "0 documents of 50 lines stored in 0 commits" in cli(*arguments)
    exported = tmp_path / "exported.jsonl"
    cli("kernel", "export", database, "--file", str(exported))
    names = [json.loads(line)["name"] for line in exported.read_text().splitlines()]
    assert names == [f"p{n:03}" for n in range(50)]


def test_a_query_prints_its_answer_its_rows_or_its_plan(cli, database):
    cli("kernel", "insert", database, "-", stdin=_person("ann"))
    query = json.dumps({"query": _NAMES})
    answer = json.loads(cli("kernel", "query", database, "-", stdin=query))
    assert [row["name"]["@value"] for row in answer["bindings"]] == ["ann"]
    lines = cli("kernel", "query", database, "-", "--stream", stdin=query).splitlines()
    assert [json.loads(line)["@type"] for line in lines] == [
        "PrefaceRecord",
        "Binding",
        "PostscriptRecord",
    ]
    assert json.loads(cli("kernel", "query", database, "-", "--explain", stdin=query))


def test_tags_name_commits(cli, database):
    cli("kernel", "insert", database, "-", "-m", "first", stdin=_person("ann"))
    cli("kernel", "tags", "create", database, "v1", "-m", "release")
    listed = cli("kernel", "tags", "list", database)
    assert re.search(r"^v1 +[0-9a-f]{64} .*release", listed, re.MULTILINE)
    assert "first" in cli("kernel", "log", database)
    cli("kernel", "tags", "delete", database, "v1")
    assert "v1" not in cli("kernel", "tags", "list", database)


def test_a_database_is_checked_measured_compacted_and_backed_up(cli, database, tmp_path: Path):
    assert cli("kernel", "check", database) == "0 faults\n"
    assert cli.json("kernel", "statistics", database)["commitCount"] == "2"
    assert "commits removed" in cli("kernel", "compact", database)
    copy = tmp_path / "backup"
    cli("kernel", "backup", database, "--file", str(copy))
    assert copy.stat().st_size > 0


def test_a_copy_has_the_same_heads_verifies_and_brings_what_is_new(cli, database):
    cli("kernel", "insert", database, "-", stdin=_person("ann"))
    target = ("--from", cli.server.target, "--to", cli.server.target, "--as", f"{database}-copy")
    assert "commits copied" in cli("kernel", "copy", database, *target)
    cli("kernel", "insert", database, "-", stdin=_person("bob"))
    assert cli("kernel", "copy", database, *target).startswith("1 commits copied")
    head = cli.json("kernel", "log", database, "-n", "1")[0]["commitId"]
    assert cli.json("kernel", "log", f"{database}-copy", "-n", "1")[0]["commitId"] == head
    assert "Person/bob" in cli("kernel", "get", f"{database}-copy")
