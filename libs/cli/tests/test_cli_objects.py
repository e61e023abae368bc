from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest

_numbers = count()

TYPES = [
    {
        "create": {
            "objectType": {
                "name": "Country",
                "properties": [
                    {"property_id": "label", "type": {"data_type": "DATA_TYPE_STRING"}},
                    {"property_id": "population", "type": {"data_type": "DATA_TYPE_LONG"}},
                    {"property_id": "area", "type": {"data_type": "DATA_TYPE_DECIMAL"}},
                ],
            }
        }
    },
    {"create": {"linkType": {"name": "borders", "source_types": ["Country"]}}},
]


@pytest.fixture
def world(cli) -> str:
    """An ontology of this test's own, with a type and a link type."""
    name = f"w{next(_numbers)}"
    cli("ontology", "create", name, "--label", "World")
    cli.environment["OMS_ONTOLOGY"] = name
    changes = json.loads(json.dumps(TYPES))
    for change in changes:
        for kind, body in change["create"].items():
            body["name"] = f"ontologies/{name}/{kind}s/{body['name']}"
    path: Path = cli.home / "types.json"
    path.write_text(json.dumps(changes))
    cli("apply", str(path))
    return name


def test_objects_are_put_found_counted_linked_and_deleted(cli, world) -> None:
    put = json.loads(cli("objects", "put", "Country/KR", stdin='{"label": "Korea", "area": 1.10}'))
    assert put["values"] == {"label": "Korea", "area": "1.10"}
    cli("objects", "put", "Country/KR", "--keep", stdin='{"population": 51, "area": null}')
    cli("objects", "put", "Country/JP", stdin='{"label": "Japan", "population": 125}')
    shown = cli("objects", "get", "Country/KR")
    assert json.loads(shown)["values"] == {"label": "Korea", "population": 51}
    found = cli("objects", "search", "Country", "--where", "population>60", "--where", "label~^J")
    assert [line.split()[0] for line in found.splitlines()] == ["OBJECT", "Country/JP"]
    ordered = cli("objects", "search", "Country", "--order-by", "-population", "--words", "a")
    assert [line.split()[0] for line in ordered.splitlines()[1:]] == ["Country/JP", "Country/KR"]
    counted = cli("objects", "count", "Country", "--figure", "sum:population")
    assert counted.splitlines()[1].split() == ["2", "176"]
    cli("objects", "link", "borders", "Country/KR", "Country/JP")
    followed = cli("objects", "follow", "borders", "Country/JP", "--incoming")
    assert followed.splitlines()[1].split() == ["Country/JP", "Country/KR"]
    refused = cli.run("objects", "delete", "Country/KR")
    assert refused.exit_code == 1
    cli("objects", "link", "borders", "Country/KR", "Country/JP", "--delete")
    assert "deleted Country/KR" in cli("objects", "delete", "Country/KR")


def test_a_file_is_loaded_and_what_does_not_fit_is_told(cli, world) -> None:
    path: Path = cli.home / "countries.csv"
    path.write_text("code,label,population\nKR,Korea,51\nJP,Japan,many\n")
    arguments = ("objects", "load", str(path), "--type", "Country", "--id-column", "code")
    refused = cli.run(*arguments)
    assert refused.exit_code == 1
    assert "line 3: values[population]: expected an integer" in refused.output
    assert "nothing is stored" in refused.output
    loaded = cli.run(*arguments, "--mode", "best-effort")
    assert "1 created" in loaded.output
    assert cli.run("objects", "load", str(path)).exit_code == 2


def test_types_and_objects_are_migrated_together(cli, world) -> None:
    cli("objects", "put", "Country/KR", stdin='{"label": "Korea"}')
    path: Path = cli.home / "migration.json"
    content = {
        "changes": [
            {
                "upsert": {
                    "objectType": {
                        "name": f"ontologies/{world}/objectTypes/Country",
                        "properties": [
                            {"property_id": "title", "type": {"data_type": "DATA_TYPE_STRING"}}
                        ],
                    }
                }
            }
        ],
        "steps": [{"object_type": "Country", "property": "label", "rename": {"to": "title"}}],
    }
    path.write_text(json.dumps(content))
    assert "migrated 1 objects" in cli("objects", "migrate", str(path))
    changes = [{"upsert": {"name": f"ontologies/{world}/objectTypes/Country/objects/JP"}}]
    path.write_text(json.dumps(changes))
    assert "applied 1 changes" in cli("objects", "apply", str(path))


def test_wrong_arguments_are_told_before_anything_is_sent(cli, world) -> None:
    for arguments, told in (
        (("get", "KR"), "no object such as Country/KR"),
        (("search", "Country", "--where", "population"), "no condition such as"),
        (("count", "Country", "--figure", "median:area"), "no figure such as"),
    ):
        refused = cli.run("objects", *arguments)
        assert refused.exit_code == 2
        assert told in refused.output
    refused = cli.run("objects", "put", "Country/KR", stdin='{"label": {"a": 1}}')
    assert (refused.exit_code, "no value of an object" in refused.output) == (2, True)
