"""Single values of a range: literals, references, enum values, JSON, inner documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from oms_core.errors import InvalidDocument, InvalidField

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.model import SYS_JSON, SYS_UNIT, Schema, enum_iri
from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.graph.writing.nodes import Captures, DocumentNode
from svc_datakernel.domain.graph.writing.violations import Violation, invalid
from svc_datakernel.domain.values import BadValue, from_json, is_kind_of, is_numeric, parse
from svc_datakernel.domain.values.numeric import decimal

Inner: TypeAlias = Callable[[Mapping[str, Any], str], tuple[DocumentNode | None, list[Violation]]]


class Wrong(Exception):
    """A value that its property does not allow, with all that is wrong in it."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(violations[0].message)
        self.violations = violations

    @classmethod
    def of(cls, kind: str, value: Any, message: str, **details: Any) -> Wrong:
        """One thing that is wrong with one value."""
        return cls([Violation({"@type": kind, **details, "value": value}, "", "", message)])


class Ranges:
    """Reads values by the ranges of a schema.

    Args:
        inner: Reads an inner document that has to be of a class.
    """

    def __init__(self, schema: Schema, captures: Captures, inner: Inner) -> None:
        self._schema = schema
        self._captures = captures
        self._inner = inner

    def several(self, name: str, items: list[Any], *, is_list: bool = False) -> list[Any]:
        """Reads the items of a Set or a List.

        Raises:
            Wrong: about every item that is; its witness has a place for each item.
        """
        found: list[Any] = []
        wrong: dict[int, list[Violation]] = {}
        for index, item in enumerate(items):
            try:
                found.append(self.value(name, item))
            except Wrong as exc:
                wrong[index] = exc.violations
        if wrong:
            raise Wrong(_by_place(wrong, len(items), is_list=is_list))
        return found

    def array(self, name: str, items: list[Any], dimensions: int) -> list[Any]:
        """Reads an Array, nested to its dimensions.

        Raises:
            Wrong: about the first item that is.
            InvalidDocument: it has a gap.
        """
        if dimensions > 1:
            return [self.array(name, item or [], dimensions - 1) for item in items]
        if None in items:
            raise invalid("TypeError", name, "null is no element of an Array")
        return [self.value(name, item) for item in items]

    def value(self, name: str, raw: Any) -> Any:
        """Reads one value.

        Raises:
            Wrong: the range does not allow it.
            InvalidDocument: it is a number that is no value of a numeric type.
        """
        if isinstance(raw, dict):
            return self._object(name, raw)
        if name == SYS_JSON:
            return {"@json": canonical_json(raw)}
        if name == SYS_UNIT:
            return self._unit(raw)
        if isinstance(raw, list):
            iri = self._schema.context.full_name(name)
            witness = {"@type": "unexpected_list", "type": iri, "value": raw}
            why = f"expected one value of {name}, found an array"
            raise Wrong([Violation(witness, "", "", why, True)])
        if self._schema.is_datatype(name):
            return expanded.value_of(self._literal(name, raw))
        if self._schema.is_enum(name):
            return {"@id": self._enum(name, raw)}
        return self._reference(name, raw)

    def _unit(self, raw: Any) -> Any:
        if raw != []:
            witness = {"@type": "not_a_sys_unit"}
            raise Wrong([Violation(witness, "", "", "has to be [], the value of sys:Unit", True)])
        return {"@unit": []}

    def _literal(self, datatype: str, raw: Any) -> Literal:
        try:
            if datatype == "xsd:anySimpleType":
                return from_json(raw)
            return parse(datatype, raw)
        except BadValue as exc:
            iri = self._schema.context.full_name(datatype)
            if exc.is_cast:
                why = f"the value {raw} is no {datatype}"
                raise invalid("BadCast", "body", why, {"value": str(raw), "type": iri}) from exc
            raise Wrong.of(
                "could_not_interpret_as_type",
                self._shown(datatype, raw),
                f"expected {datatype}, found {raw!r:.100}",
                type=iri,
            ) from exc

    def _shown(self, datatype: str, raw: Any) -> Any:
        """A value that is none of a datatype, as TerminusDB shows it."""
        if isinstance(raw, bool):
            return "true" if raw else "false"
        if isinstance(raw, Number) and not is_numeric(datatype):
            return f"{raw}^^'{self._schema.context.full('xsd:decimal')}'"
        return raw

    def _enum(self, name: str, raw: Any) -> str:
        values = self._schema.enum_values(name)
        iri = name if ":" in name else f"@schema:{name}"
        if type(raw) is str:
            made = enum_iri(name, raw)
            if made in values:
                return made
            full = self._schema.context.full(iri)
            if raw.startswith(full) and self._schema.context.compact(raw) in values:
                return self._schema.context.compact(raw)
        known = ", ".join(repr(value) for value in list(values.values())[:20])
        raise Wrong.of(
            "not_a_valid_enum",
            raw,
            f"expected one of {known}, found {raw!r:.100}",
            enum=self._schema.context.full(iri),
        )

    def _reference(self, name: str, raw: Any) -> dict[str, Any]:
        if type(raw) is not str:
            raise Wrong.of(
                "not_an_object_identifier",
                raw,
                f"expected the id of a {name}, found {raw!r:.100}",
                type=self._schema.context.full_name(name),
            )
        return {"@id": self._id(raw)}

    def _id(self, text: str) -> str:
        try:
            return self._schema.context.id_of(text)
        except InvalidField as exc:
            raise Wrong.of("not_an_object_identifier", text, exc.message) from exc

    def _object(self, name: str, raw: dict[str, Any]) -> Any:
        if name == SYS_JSON:
            return {"@json": canonical_json(raw)}
        if "@ref" in raw:
            return self._captures.ask(raw["@ref"])
        if raw.get("@type") == "@id" and type(raw.get("@id")) is str:
            return {"@id": self._id(raw["@id"])}
        if self._schema.is_datatype(name) and "@value" in raw:
            return expanded.value_of(self._typed(name, raw))
        if self._schema.is_enum(name) or name == SYS_UNIT:
            return self._unit(raw) if name == SYS_UNIT else {"@id": self._enum(name, raw)}
        if self._schema.is_datatype(name):
            witness = {"@type": "no_unique_type_for_document", "document": raw}
            raise Wrong([Violation(witness, "", "", f"expected {name}, found an object")])
        node, violations = self._inner(raw, name)
        if violations or node is None:
            raise Wrong(violations)
        return node

    def _typed(self, name: str, raw: Mapping[str, Any]) -> Literal:
        """A literal written out: `{"@type": …, "@value": …}` or with a language."""
        language = raw.get("@lang", raw.get("@language"))
        if type(language) is str and type(raw["@value"]) is str:
            return Literal("rdf:langString", raw["@value"], language.lower())
        if type(raw.get("@type")) is not str:
            return self._literal(name, raw["@value"])
        datatype = self._schema.context.name_of(raw["@type"])
        if not self._schema.is_datatype(datatype) or not is_kind_of(datatype, name):
            full = self._schema.context.full_name
            witness = {
                "@type": "ascribed_type_not_subsumed",
                "document": raw,
                "ascribed_type": full(datatype),
                "required_type": full(name),
            }
            why = f"expected {name}, found {datatype}"
            raise Wrong([Violation(witness, "", "", why)])
        return self._literal(datatype, raw["@value"])


def _by_place(
    wrong: Mapping[int, list[Violation]], count: int, *, is_list: bool
) -> list[Violation]:
    """Violations of items as those of their container, one for each thing that is wrong."""
    whole = [each for some in wrong.values() for each in some if each.is_whole]
    if whole:
        return whole
    found: list[Violation] = []
    for index, some in wrong.items():
        for each in some:
            witness = [each.witness if at == index else None for at in range(count)]
            field = f"{index}.{each.field}".rstrip(".")
            found.append(Violation(witness, "", field, each.message, is_list))
    return found


def canonical_json(raw: Any) -> Any:
    """A JSON value with every number in canonical form.

    Raises:
        InvalidDocument: a number has more digits than can be kept.
    """
    if isinstance(raw, Number):
        try:
            return Number(decimal("xsd:decimal", raw))
        except BadValue as exc:
            raise InvalidDocument(
                f"the number {raw[:50]} is out of range", metadata={"api_error": "api:BadCast"}
            ) from exc
    if isinstance(raw, dict):
        return {key: canonical_json(member) for key, member in raw.items()}
    if isinstance(raw, list):
        return [canonical_json(item) for item in raw]
    return raw
