"""The template language: what it makes of an event, what it refuses, and where."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms_core.errors import InvalidEvent, InvalidExpression
from svc_events.domain.events import CloudEvent, EventData
from svc_events.domain.routing.json_values import read_value, write_value
from svc_events.domain.routing.scope import Scope
from svc_events.domain.routing.templates import DataTemplate, TextTemplate

_DATA = (
    '{"name":"Zone 7","size":12345678901234567890.10,"open":true,"gone":null,'
    '"list":[{"id":"a"},{"id":"b"}],"0":"zero","deep":{"x":[1,2]}}'
)


def event(data: str | None = _DATA, content_type: str = "application/json") -> CloudEvent:
    return CloudEvent(
        id="1",
        source="/tests",
        type="example.happened",
        subject="zone-7",
        datacontenttype=content_type,
        extensions={"priority": 3, "urgent": True},
        data=None if data is None else EventData.text(data),
    )


def text(template: str, about: CloudEvent | None = None) -> str:
    return TextTemplate(template, field="f").render(Scope(about or event()).look)


def data(template: str, about: CloudEvent | None = None) -> str:
    return DataTemplate(template, field="f").render(Scope(about or event()).look)


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{{subject}}", "zone-7"),
        ("{{ type }}/{{id}}", "example.happened/1"),
        ("{{priority}}{{urgent}}", "3true"),
        ("{{data.name}}", "Zone 7"),
        ("{{data.list.1.id}}", "b"),
        ("{{data.0}}", "zero"),
        ("{{data.size}}", "12345678901234567890.10"),
        ("{{data.open}}-{{data.gone}}-{{data.nowhere}}-{{absent}}", "true---"),
        ("{{data.list.2.id}}{{data.list.-1}}{{data.name.0}}", ""),
        ("{{data.deep}}", '{"x":[1,2]}'),
        ("{{data.name | upper}} {{data.name|lower}}", "ZONE 7 zone 7"),
        ("{{data.name | json}}", '"Zone 7"'),
        ('{{absent | default:"no \\"one\\""}}', 'no "one"'),
        ('{{subject | default:"none"}}', "zone-7"),
        ("}} and { stay", "}} and { stay"),
        ("{{specversion}}", "1.0"),
    ],
)
def test_placeholders_become_the_text_of_their_values(template, wanted):
    assert text(template) == wanted


@pytest.mark.parametrize(
    ("template", "offset"),
    [
        ("a {{", 4),
        ("a {{subject", 2),
        ("{{subject}", 9),
        ("{{}}", 2),
        ("{{data.}}", 7),
        ("{{subject.x}}", 2),
        ("{{Subject}}", 2),
        ("{{a b}}", 4),
        ("{{a | shout}}", 6),
        ("{{a | }}", 6),
        ("{{a | default}}", 13),
        ('{{a | default:"x}}', 14),
        ("{{a | upper | lower}}", 12),
        ("{{data" + ".x" * 16 + "}}", 2),
        ("x" * 4097, 4096),
        ("{{1 + 1}}", 4),
    ],
)
def test_what_is_no_template_is_refused_with_its_place(template, offset):
    with pytest.raises(InvalidExpression) as caught:
        TextTemplate(template, field="transform.attributes[subject]")
    assert caught.value.metadata["offset"] == str(offset)
    assert caught.value.fields[0].field == "transform.attributes[subject]"


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ('{"a": "{{data.size}}"}', '{"a":12345678901234567890.10}'),
        ('["{{data.open}}", "{{data.gone}}", "{{absent}}"]', '[true,null,""]'),
        ('{"n": 1.50, "t": "{{data.size}} m"}', '{"n":1.50,"t":"12345678901234567890.10 m"}'),
        ('"{{data.deep}}"', '{"x":[1,2]}'),
        ('{"a": "{{data.size | upper}}"}', '{"a":"12345678901234567890.10"}'),
        ('{"{{id}}": "{{priority}}"}', '{"{{id}}":3}'),
        ('{"t": "{{data.name | default:\\"x\\"}}"}', '{"t":"Zone 7"}'),
        ('{"a": [], "b": {}, "c": "say \\"{{id}}\\""}', '{"a":[],"b":{},"c":"say \\"1\\""}'),
    ],
)
def test_a_whole_string_keeps_the_type_of_its_value(template, wanted):
    assert data(template) == wanted


def test_faults_in_data_templates_name_the_string_or_the_line():
    with pytest.raises(InvalidExpression) as caught:
        DataTemplate('{"a/b": ["x", "no {{"]}', field="transform.data")
    assert caught.value.metadata == {"format": "template", "path": "/a~1b/1", "offset": "5"}
    with pytest.raises(InvalidExpression) as caught:
        DataTemplate('{"a":\n {{data}}}', field="transform.data")
    assert (caught.value.metadata["line"], caught.value.metadata["column"]) == ("2", "3")


def test_what_comes_out_is_bounded():
    large = event(json.dumps("x" * 2_000_000))
    with pytest.raises(InvalidEvent, match="4096"):
        text("{{data}}", large)
    with pytest.raises(InvalidEvent, match="8388608"):
        data("[" + ",".join(['"{{data}}"'] * 5000) + "]", large)
    deep = event("[" * 100 + "]" * 100)
    with pytest.raises(InvalidEvent, match="nested"):
        data("[" * 60 + '"{{data}}"' + "]" * 60, deep)


def test_data_that_are_no_json_are_text_or_nothing():
    assert text("{{data}}", event("no json", "text/plain")) == "no json"
    assert text("{{data.x}}", event("no json")) == ""
    assert text("{{data}}", event(None)) == ""


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(-(10**20), 10**20, places=18)
    | st.text()
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


def _json_text(value) -> str:
    """The value as JSON, by the standard library, numbers of any size included."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json_text, value)) + "]"
    if isinstance(value, dict):
        members = (f"{json.dumps(name)}:{_json_text(each)}" for name, each in value.items())
        return "{" + ",".join(members) + "}"
    return json.dumps(value)


def _exact(raw: str):
    return json.loads(raw, parse_float=Decimal, parse_int=Decimal)


@given(_VALUES)
def test_values_pass_through_a_template_unchanged(value):
    about = event(f'{{"v":{_json_text(value)}}}')
    made = data('{"w": ["{{data.v}}"]}', about)
    assert _exact(made) == {"w": [_exact(_json_text(value))]}
    assert write_value(read_value(made)) == made


@given(st.text(), st.text(), st.text())
def test_text_around_a_placeholder_stays(before, inside, after):
    before, after = before.replace("{", ""), after.replace("{", "")
    about = event(json.dumps({"v": inside}))
    template = json.dumps({"t": f"{before}{{{{data.v}}}}{after}"})
    made = json.loads(data(template, about))
    assert made == {"t": f"{before}{inside}{after}"}


@given(st.text(alphabet='{}|. "ad:x0', max_size=40))
def test_any_text_is_a_template_or_refused_with_a_place_in_it(template):
    offset, made = 0, ""
    try:
        made = TextTemplate(template, field="f").render(Scope(event()).look)
    except InvalidExpression as exc:
        offset = int(exc.metadata["offset"])
    assert 0 <= offset <= len(template)
    assert "{{" not in made
