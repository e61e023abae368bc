from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

TURTLE = """
@prefix : <https://example.org/b#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://example.org/b> a owl:Ontology .
:Place a owl:Class ; rdfs:label "Place"@en, "Ort"@de .
:Zone a owl:Class ; rdfs:label "Zone"@en ; rdfs:subClassOf :Place .
:contains a owl:ObjectProperty ; rdfs:domain :Place ; rdfs:range :Place .
"""
COMMIT = re.compile(r"[0-9a-f]{64}")
_numbers = count()


@pytest.fixture
def ontology(cli) -> Iterator[str]:
    """An ontology of this test's own, with three elements."""
    name = f"b{next(_numbers)}"
    cli("ontology", "create", name, "--label", "Buildings")
    cli.environment["OMS_ONTOLOGY"] = name
    file = cli.home / "b.ttl"
    file.write_text(TURTLE)
    cli("import", str(file), "--message", "First import")
    return name


def commit_in(text: str) -> str:
    match = COMMIT.search(text)
    assert match is not None, text
    return match[0]


def write(cli, name: str, content: object) -> str:
    path: Path = cli.home / name
    path.write_text(json.dumps(content))
    return str(path)


def ids(cli, command: str, *arguments: str) -> list[str]:
    return [element["name"].rpartition("/")[2] for element in cli.json(command, "list", *arguments)]


def test_an_ontology_is_created_read_listed_and_deleted(cli):
    commit_in(cli("ontology", "create", "acme", "--iri", "https://acme.example/o"))
    assert cli.json("ontology", "get", "acme")["ontology"]["iri"] == "https://acme.example/o"
    assert any(line.startswith("acme ") for line in cli("ontology", "list").splitlines())
    asked = cli.run("ontology", "delete", "acme", stdin="n\n")
    assert asked.exit_code == 1
    cli("ontology", "delete", "acme", "--yes")
    gone = cli.run("ontology", "get", "acme")
    assert gone.exit_code == 1
    assert "[RESOURCE_NOT_FOUND]" in gone.stderr


def test_an_import_reports_what_it_carried_and_what_not(cli, ontology):
    report = cli("import", str(cli.home / "b.ttl"), "--validate-only")
    lines = {line.split()[0]: line.split()[1:] for line in report.splitlines() if line.strip()}
    assert lines["objectTypes"] == ["2", "0", "0", "0"]
    assert "nothing was changed" in report
    assert cli.json("import", str(cli.home / "b.ttl"))["unchanged"]


def test_an_import_reads_standard_input(cli, ontology):
    answer = cli.json("import", "-", "--mode", "upsert", stdin=TURTLE.replace("Zone", "Room"))
    assert not answer.get("unchanged")
    assert ids(cli, "type") == ["Place", "Room", "Zone"]


def test_a_large_import_is_streamed(cli, ontology):
    padding = "".join(f"# {number} {'x' * 90}\n" for number in range(20_000))
    file = cli.home / "large.ttl"
    file.write_text(TURTLE + padding)
    assert file.stat().st_size > 1024 * 1024
    assert cli.json("import", str(file))["unchanged"]


def test_a_file_that_is_no_rdf_is_an_error_with_its_place(cli, ontology):
    result = cli.run("import", "-", stdin="this is no turtle")
    assert result.exit_code == 1
    assert "[PARSE_ERROR]" in result.stderr


def test_a_file_of_unknown_format_is_a_usage_error(cli, ontology):
    assert cli.run("import", write(cli, "b.txt", {})).exit_code == 2


@pytest.mark.parametrize(
    ("name", "beginning"), [("o.ttl", b"@prefix"), ("o.rdf", b"<?xml"), ("o.nt", b"<http")]
)
def test_an_export_appears_whole_and_in_the_format_of_its_suffix(cli, ontology, name, beginning):
    file = cli.home / name
    cli("export", "--file", str(file))
    assert file.read_bytes().startswith(beginning)
    assert not list(cli.home.glob("*.part"))
    assert not list(cli.home.glob(".*.part"))


def test_an_export_that_fails_leaves_no_file(cli, ontology):
    file = cli.home / "o.ttl"
    result = cli.run("export", "--file", str(file), "--revision", "nobranch")
    assert result.exit_code == 1
    assert not file.exists()


def test_what_is_exported_is_imported_unchanged(cli, ontology):
    exported = cli("export")
    assert cli.json("import", "-", stdin=exported)["unchanged"]


def test_types_are_a_table(cli, ontology):
    header, *rows = cli("type", "list").splitlines()
    assert header.split() == ["ID", "LABEL", "PARENTS", "STATUS", "IRI"]
    assert [row.split()[:2] for row in rows] == [["Place", "Place"], ["Zone", "Zone"]]
    assert ids(cli, "type", "--limit", "1") == ["Place"]
    assert ids(cli, "link") == ["contains"]
    assert ids(cli, "interface") == []


def test_an_element_is_created_changed_and_deleted(cli, ontology):
    room = {"labels": [{"language": "en", "text": "Room"}], "parents": ["Zone"]}
    cli("type", "create", "-", "--id", "Room", stdin=json.dumps(room))
    shown = cli.json("type", "get", "Room")["objectType"]
    assert shown["parents"] == ["Zone"]
    change = write(cli, "room.json", {"parents": ["Place"], "etag": shown["etag"]})
    cli("type", "update", "Room", change, "--mask", "parents", "--message", "Move")
    assert cli.json("type", "get", "Room")["objectType"]["parents"] == ["Place"]
    stale = cli.run("type", "update", "Room", change)
    assert (stale.exit_code, "[STALE_ETAG]" in stale.stderr) == (1, True)
    commit_in(cli("type", "delete", "Room"))
    assert ids(cli, "type") == ["Place", "Zone"]


def test_what_is_referred_to_is_not_deleted_and_who_refers_is_told(cli, ontology):
    result = cli.run("type", "delete", "Place")
    assert result.exit_code == 1
    assert "[RESOURCE_IN_USE]" in result.stderr
    assert "Zone" in result.stderr


def test_a_file_with_an_unknown_field_is_a_usage_error(cli, ontology):
    result = cli.run("type", "create", "-", "--id", "Room", stdin='{"colour": "red"}')
    assert result.exit_code == 2
    assert "colour" in result.stderr


def test_a_change_set_is_one_commit(cli, ontology):
    name = f"ontologies/{ontology}/objectTypes"
    changes = [
        {"create": {"objectType": {"name": f"{name}/Room", "parents": ["Zone"]}}},
        {"delete": {"name": f"ontologies/{ontology}/linkTypes/contains"}},
    ]
    file = write(cli, "changes.json", changes)
    assert "can be applied" in cli("apply", file, "--validate-only")
    assert ids(cli, "link") == ["contains"]
    commit_in(cli("apply", file, "--message", "Two at once"))
    assert (ids(cli, "link"), ids(cli, "type")) == ([], ["Place", "Room", "Zone"])


def test_branches_are_made_changed_compared_and_merged(cli, ontology):
    cli("branch", "create", "dev")
    cli("type", "delete", "Zone", "--branch", "dev")
    assert ids(cli, "type", "--revision", "dev") == ["Place"]
    assert ids(cli, "type") == ["Place", "Zone"]
    assert "D objectTypes/Zone" in cli("diff", "main", "dev").splitlines()
    assert "would change 1" in cli("merge", "dev", "--validate-only")
    merged = commit_in(cli("merge", "dev", "--into", "main"))
    assert ids(cli, "type") == ["Place"]
    assert [b["name"].rpartition("/")[2] for b in cli.json("branch", "list")] == ["dev", "main"]
    assert cli.json("branch", "get", "main")["headCommit"] == merged
    cli("branch", "delete", "dev")
    assert [b["name"].rpartition("/")[2] for b in cli.json("branch", "list")] == ["main"]


def test_a_conflict_is_told_and_can_be_resolved(cli, ontology):
    cli("branch", "create", "dev")
    for branch, text in (("dev", "Area"), ("main", "Sector")):
        labels = write(cli, "labels.json", {"labels": [{"language": "en", "text": text}]})
        cli("type", "update", "Zone", labels, "--mask", "labels", "--branch", branch)
    foreseen = cli.run("merge", "dev", "--validate-only")
    assert (foreseen.exit_code, "objectTypes/Zone" in foreseen.stdout) == (1, True)
    refused = cli.run("merge", "dev")
    assert refused.exit_code == 1
    assert "[MERGE_CONFLICT]" in refused.stderr
    assert "objectTypes/Zone" in refused.stderr
    assert cli.run("merge", "dev", "--resolve", "objectTypes/Zone=mine").exit_code == 2
    cli("merge", "dev", "--resolve", "objectTypes/Zone=source")
    assert cli.json("type", "get", "Zone")["objectType"]["labels"][0]["text"] == "Area"


def test_the_log_tells_who_did_what(cli, ontology):
    output = cli("log")
    assert "author  administrator (administrator)" in output
    assert "    First import" in output
    assert len(cli.json("log", "--limit", "1")) == 1


def test_revisions_are_read_by_commit_and_by_time(cli, ontology):
    before = cli.json("log", "--limit", "1")[0]
    cli("type", "delete", "Zone")
    assert ids(cli, "type", "-r", before["commitId"]) == ["Place", "Zone"]
    assert ids(cli, "type", "-r", f"main@{before['commitTime']}") == ["Place", "Zone"]
    assert cli.run("type", "list", "-r", "main@2001-01-01T00:00:00Z").exit_code == 1


def test_a_difference_as_json_is_one_object_a_line(cli, ontology):
    base = cli.json("log", "--limit", "1")[0]["commitId"]
    cli("type", "delete", "Zone")
    lines = cli("diff", base, "--elements", "--output", "json").splitlines()
    (difference,) = [json.loads(line) for line in lines]
    assert difference["changeType"] == "CHANGE_TYPE_DELETED"
    assert "before" in difference


def test_a_history_is_verified(cli, ontology):
    lines = dict(line.split() for line in cli("kernel", "verify", ontology).splitlines())
    assert lines["faults"] == "0"
    assert int(lines["commits"]) >= 3


def test_an_editor_changes_ontologies_and_does_not_reach_the_kernel(cli, ontology):
    issued = cli.server.issuer.issue("alice123", username="alice.smith", roles=["editor"])
    cli("type", "delete", "Zone", "--token", issued.token)
    assert "author  alice.smith (alice123)" in cli("log", "--limit", "1")
    refused = cli.run("kernel", "verify", ontology, "--token", issued.token)
    assert (refused.exit_code, "[PERMISSION_DENIED]" in refused.stderr) == (1, True)


def test_commits_are_watched_until_an_interrupt(cli, ontology):
    environment = {k: v for k, v in {**os.environ, **cli.environment}.items() if v is not None}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "oms_cli", "watch", ontology, "--all"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    seen = ""
    while "objectTypes" not in seen and "ObjectType/Zone" not in seen:
        line = process.stdout.readline()
        assert line, process.communicate()
        seen += line
    process.send_signal(signal.SIGINT)
    try:
        _, err = process.communicate(timeout=90)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "resume with --from" in err
