"""Documents in expanded form against a schema: what existing data breaks, as a change finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.model import (
    SYS_JSON,
    SYS_UNIT,
    Family,
    PropertyType,
    Schema,
)
from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.graph.writing.violations import Violation
from svc_datakernel.domain.values import is_kind_of
from svc_datakernel.domain.wording import counted


def violations_of(schema: Schema, document: Finished) -> Iterator[Violation]:
    """Everything in a document and its subdocuments that breaks a schema, but for references."""
    if document.type == expanded.JSON_DOCUMENT:
        return
    whole = _Subject(document.id, document.id, document.type, "")
    yield from _Checker(schema, whole, document.body).check()
    for part, path in expanded.placed_subdocuments(document.body):
        subject = _Subject(document.id, part["@id"], part["@type"], path)
        yield from _Checker(schema, subject, part).check()


class _Subject(NamedTuple):
    """A document or subdocument: its id, its class, and the way to it in its document."""

    document: str
    id: str
    kind: str
    path: str


class _Checker:
    """Checks one document or subdocument."""

    def __init__(self, schema: Schema, subject: _Subject, body: Mapping[str, Any]) -> None:
        self._schema = schema
        self._subject = subject
        self._kind = subject.kind
        self._body = body

    def check(self) -> Iterator[Violation]:
        """What is wrong, class first, then by property."""
        if not self._kind:
            yield self._violation("subject_has_no_type", "", "has no class", key="subject")
            return
        names = [name for name in self._body if name[:1] != "@"]
        if not self._schema.is_class(self._kind):
            yield from self._without_class(names)
            return
        if self._schema.is_abstract(self._kind):
            why = f"the class {self._kind!r} is abstract"
            yield self._violation(
                "reifying_abstract_class", "@type", why, key="subject", **{"class": self._iri()}
            )
        known = self._schema.all_properties(self._kind)
        for name in names:
            if name not in known:
                yield self._unknown(name)
        for name in sorted(known, key=self._schema.context.full_name):
            yield from self._property(name, known[name])
        yield from self._choices()

    def _without_class(self, names: list[str]) -> Iterator[Violation]:
        for name in sorted(names, key=self._schema.context.full_name):
            yield self._unknown(name)
        if not names:
            why = f"there is no class {self._kind!r}"
            yield self._violation("instance_not_of_class", "@type", why, **{"class": self._iri()})

    def _unknown(self, name: str) -> Violation:
        why = f"the class {self._kind!r} does not have it"
        return self._violation(
            "invalid_predicate", name, why, key="subject", **{"class": self._iri()}
        )

    def _property(self, name: str, kind: PropertyType) -> Iterator[Violation]:
        value = self._body.get(name)
        values = [] if value is None else expanded.values_of(value)
        yield from self._count(name, kind, values)
        for each in values:
            for leaf in _leaves(each):
                found = self._range(name, kind.range, leaf)
                if found is not None:
                    yield found

    def _count(self, name: str, kind: PropertyType, values: list[Any]) -> Iterator[Violation]:
        count = len(values)
        about = {"class": self._schema.context.full_name(kind.range)}
        if kind.is_single and (count != 1 or not _is_held(kind.family, values[0])):
            why = f"needs exactly one value ({kind.family.value}), has {count}"
            yield self._violation("instance_not_cardinality_one", name, why, **about)
            return
        is_wrong = (kind.family is Family.OPTIONAL and count > 1) or (
            kind.family is Family.CARDINALITY and (count < kind.low or 0 <= kind.high < count)
        )
        if is_wrong:
            why = (
                f"has {counted(count, 'value', 'values')}, which {kind.family.value} does not allow"
            )
            yield self._violation(
                "instance_has_wrong_cardinality",
                name,
                why,
                **about,
                cardinality=Number(count),
                object_list=[self._shown(each, plain=kind.range) for each in values],
            )

    def _choices(self) -> Iterator[Violation]:
        for choice in self._schema.choices(self._kind):
            present = [name for name in choice if name in self._body]
            if len(present) == 1:
                continue
            names = [self._schema.context.full_name(name) for name in choice]
            why = f"exactly one of {', '.join(choice)} has to be there, {len(present)} are"
            found = self._violation("no_choice_is_cardinality_one", "", why)
            found.witness.update({"class": self._iri(), "choices": names})
            yield found

    def _range(self, name: str, range_name: str, value: Any) -> Violation | None:
        if self._is_of(range_name, value):
            return None
        about = {"class": self._schema.context.full_name(range_name)}
        why = f"expected {range_name}, found {self._shown(value)}"
        found = self._violation("instance_not_of_class", name, why, **about)
        found.witness["instance"] = self._shown(value)
        del found.witness["predicate"]
        return found

    def _is_of(self, range_name: str, value: Any) -> bool:
        schema = self._schema
        literal = expanded.literal_of(value)
        if range_name == SYS_JSON:
            return isinstance(value, dict) and "@json" in value
        if range_name == SYS_UNIT:
            return isinstance(value, dict) and "@unit" in value
        if schema.is_datatype(range_name):
            return literal is not None and _is_literal_of(literal, range_name)
        if literal is not None or "@id" not in value:
            return False
        if schema.is_enum(range_name):
            return value["@id"] in schema.enum_values(range_name)
        # What a reference refers to is checked with all others; a part says its class itself.
        return "@type" not in value or schema.is_kind_of(value["@type"], range_name)

    def _shown(self, value: Any, plain: str = "") -> Any:
        literal = expanded.literal_of(value)
        if literal is not None:
            if literal.datatype == plain == "xsd:string":
                return literal.lexical
            iri = self._schema.context.full(literal.datatype)
            is_quoted = not is_kind_of(literal.datatype, "xsd:decimal")
            text = f'"{literal.lexical}"' if is_quoted else literal.lexical
            return f"{text}^^'{iri}'"
        if isinstance(value, dict) and "@id" in value:
            return self._schema.context.full(value["@id"])
        return value

    def _iri(self) -> str:
        return self._schema.context.full_name(self._kind)

    def _violation(
        self, witness_type: str, name: str, message: str, *, key: str = "instance", **about: Any
    ) -> Violation:
        full = self._schema.context.full
        witness: dict[str, Any] = {"@type": witness_type, key: full(self._subject.id), **about}
        if name and name != "@type":
            witness["predicate"] = self._schema.context.full_name(name)
        field = f"{self._subject.path}.{name}".strip(".")
        return Violation(witness, full(self._subject.document), field, message)


def _is_held(family: Family, value: Any) -> bool:
    """Whether a single value is held as its property says: a List as a list, anything else not."""
    is_list = isinstance(value, dict) and "@list" in value
    return is_list == (family in (Family.LIST, Family.TABLE))


def _is_literal_of(literal: Literal, datatype: str) -> bool:
    if is_kind_of(literal.datatype, datatype):
        return True
    if literal.datatype == "rdf:langString":
        return datatype == "xsd:string"
    # A whole decimal, as arithmetic in queries makes it, is an integer.
    is_whole = literal.datatype == "xsd:decimal" and "." not in literal.lexical
    return is_whole and is_kind_of(datatype, "xsd:integer")


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict) and ("@list" in value or "@array" in value):
        yield from _leaves(value.get("@list", value.get("@array")))
    elif value is not None:
        yield value
