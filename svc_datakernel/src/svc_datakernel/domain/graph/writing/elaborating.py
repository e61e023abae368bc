"""Documents as callers send them, checked against the schema and made into nodes.

Every violation of a document is found, in TerminusDB's order of properties (by IRI, choices
first); what is wrong inside an inner document is found with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from oms_core.errors import InvalidField

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.schema.model import SYS_TOP, Family, PropertyType, Schema
from svc_datakernel.domain.graph.writing.nodes import Captures, DocumentNode, Link, Many
from svc_datakernel.domain.graph.writing.ranges import Ranges, Wrong
from svc_datakernel.domain.graph.writing.violations import Violation, invalid
from svc_datakernel.domain.graph.writing.witnesses import Shown


class Elaborator:
    """Reads the documents of one request."""

    def __init__(self, schema: Schema, captures: Captures) -> None:
        self._schema = schema
        self._captures = captures
        self._ranges = Ranges(schema, captures, self.inner)

    def top(self, raw: Any) -> tuple[DocumentNode | None, list[Violation]]:
        """Reads a document: the node, or what is wrong with it.

        Raises:
            InvalidDocument: it is no object, or its keywords can't be understood.
        """
        if not isinstance(raw, dict):
            raise invalid("TypeError", "body", f"{raw!r:.100} is no JSON object")
        node, violations = self.inner(raw, SYS_TOP)
        if node is not None and self._schema.is_subdocument(node.type) and not node.links:
            why = "a subdocument can only be inserted in its parent, or with '@linked-by'"
            raise invalid("InsertedSubdocumentAsDocument", node.type, why)
        return node, violations

    def inner(
        self, raw: Mapping[str, Any], above: str
    ) -> tuple[DocumentNode | None, list[Violation]]:
        """Reads a document that has to be of a class or a subclass of it."""
        if "@type" in raw:
            return self._ascribed(raw, above)
        return self._inferred(raw, above)

    def _ascribed(
        self, raw: Mapping[str, Any], above: str
    ) -> tuple[DocumentNode | None, list[Violation]]:
        written = raw["@type"]
        if type(written) is not str:
            raise invalid("BadFieldValue", "@type", f"{written!r} is no text")
        name = self._schema.context.name_of(written)
        full = self._schema.context.full_name
        is_class = self._schema.is_class(name)
        if is_class and self._schema.is_kind_of(name, above):
            return self._checked(raw, name)
        if is_class or self._schema.is_datatype(name):
            witness = {
                "@type": "ascribed_type_not_subsumed",
                "document": raw,
                "ascribed_type": full(name),
                "required_type": full(above),
            }
            why = f"the class is {name!r}, it has to be {above!r} or a subclass"
        else:
            witness = {
                "@type": "ascribed_type_does_not_exist",
                "document": raw,
                "ascribed_type": full(name),
            }
            why = f"there is no class {name!r}"
        return None, [Violation(witness, self._named(raw), "@type", why)]

    def _inferred(
        self, raw: Mapping[str, Any], above: str
    ) -> tuple[DocumentNode | None, list[Violation]]:
        tries = [(name, *self._tried(raw, name)) for name in self._candidates(raw, above)]
        fitting = [(name, node) for name, node, wrong in tries if node is not None and not wrong]
        if len(fitting) == 1:
            # Again, as captures of the trials were not kept.
            return self._checked(raw, fitting[0][0])
        witness: dict[str, Any] = {"@type": "no_unique_type_for_document", "document": raw}
        why = "no class of the schema fits the document; say one as '@type'"
        if fitting:
            names = [self._schema.context.full_name(name) for name, _ in fitting]
            witness["candidates"] = names
            why = f"several classes fit the document: {', '.join(name for name, _ in fitting)}"
        elif len(tries) == 1:
            witness["reason"] = tries[0][2][0].witness
            why = f"as {tries[0][0]!r}: {tries[0][2][0].message}"
        return None, [Violation(witness, self._named(raw), "@type", why)]

    def _tried(
        self, raw: Mapping[str, Any], name: str
    ) -> tuple[DocumentNode | None, list[Violation]]:
        trial = Elaborator(self._schema, Captures())
        return trial._checked(raw, name, is_typed=False)

    def _candidates(self, raw: Mapping[str, Any], above: str) -> Iterator[str]:
        schema = self._schema
        try:
            names = [schema.context.name_of(key) for key in raw if key[:1] != "@"]
        except InvalidField:
            return
        for name in sorted(schema.classes if above == SYS_TOP else schema.descendants(above)):
            if not schema.is_class(name) or schema.is_abstract(name):
                continue
            if above == SYS_TOP and schema.is_subdocument(name):
                continue
            known = schema.all_properties(name)
            if all(each in known for each in names):
                yield name

    def _checked(
        self, raw: Mapping[str, Any], name: str, *, is_typed: bool = True
    ) -> tuple[DocumentNode | None, list[Violation]]:
        if self._schema.is_abstract(name):
            return None, [self._abstract(raw, name)]
        node = DocumentNode(name)
        self._keywords(raw, node)
        fields = self._fields(raw)
        shown = Shown(self._schema, raw, name if is_typed else None, fields)
        checker = _Checker(
            self._schema, self._ranges, node, fields=fields, shown=shown, named=self._named(raw)
        )
        violations = checker.check()
        if not violations and "@capture" in raw:
            self._captures.bind(raw["@capture"], node)
        return node, violations

    def _abstract(self, raw: Mapping[str, Any], name: str) -> Violation:
        context = self._schema.context
        subject = context.expand(raw["@id"]) if type(raw.get("@id")) is str else "unknown"
        witness = {
            "@type": "reifying_abstract_class",
            "class": context.full_name(name),
            "subject": subject,
        }
        return Violation(witness, subject, "@type", f"the class {name!r} is abstract", True)

    def _keywords(self, raw: Mapping[str, Any], node: DocumentNode) -> None:
        submitted = raw.get("@id")
        if submitted is not None:
            if type(submitted) is not str:
                raise invalid("BadFieldValue", node.type, f"@id is {submitted!r}, not a text")
            node.submitted_id = self._schema.context.id_of(submitted)
        if "@linked-by" in raw:
            node.links = self._links(raw["@linked-by"], node)

    def _links(self, value: Any, node: DocumentNode) -> list[Link]:
        parents = value if isinstance(value, list) else [value]
        if self._schema.is_subdocument(node.type) and len(parents) != 1:
            why = "a subdocument needs exactly one parent in '@linked-by'"
            raise invalid("NotOneParentOfSubdocument", node.type, why)
        return [self._link(parent, node) for parent in parents]

    def _link(self, parent: Any, node: DocumentNode) -> Link:
        if not isinstance(parent, dict) or type(parent.get("@property")) is not str:
            why = "'@linked-by' needs a '@property'"
            raise invalid("NoPropertySpecifiedInLink", node.type, why)
        name = self._schema.context.name_of(parent["@property"])
        target = parent.get("@id")
        if isinstance(target, dict) or (target is None and "@ref" in parent):
            ref = parent.get("@ref") if target is None else target.get("@ref")
            if ref is None:
                raise invalid("NoRefInLink", node.type, "'@linked-by' needs a '@ref' in its '@id'")
            return Link(name, self._captures.ask(ref))
        if target is None:
            why = "'@linked-by' needs an '@id' or a '@ref'"
            raise invalid("NoRefOrIdSpecified", node.type, why)
        if type(target) is not str:
            why = f"'@linked-by' has {target!r} for an '@id'"
            raise invalid("LinkIdSpecifiedButNotValid", node.type, why)
        return Link(name, self._schema.context.id_of(target))

    def _fields(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The properties of a document, by their names in the schema."""
        name_of = self._schema.context.name_of
        return {name_of(key): value for key, value in raw.items() if key[:1] != "@"}

    def _named(self, raw: Mapping[str, Any]) -> str:
        """What to call a document in an error."""
        for key in ("@id", "@type"):
            if type(raw.get(key)) is str:
                return raw[key][:200]
        return "document"


class _Checker:
    """Checks one document as one of a class."""

    def __init__(
        self,
        schema: Schema,
        ranges: Ranges,
        node: DocumentNode,
        *,
        fields: Mapping[str, Any],
        shown: Shown,
        named: str,
    ) -> None:
        self._schema = schema
        self._ranges = ranges
        self._node = node
        self._fields = fields
        self._shown = shown
        self._named = named
        self._violations: list[Violation] = []

    def check(self) -> list[Violation]:
        """Checks every property, and takes what is right into the node."""
        known = self._schema.all_properties(self._node.type)
        unknown = [name for name in self._fields if name not in known]
        if unknown:
            self._unknown(unknown)
        for choice in self._schema.choices(self._node.type):
            self._choice(choice)
        kinds = self._schema.properties(self._node.type)
        for name in _by_iri(self._schema, kinds):
            self._property(name, kinds[name])
        return self._violations

    def _unknown(self, names: Sequence[str]) -> None:
        full = self._schema.context.full_name
        witness = {
            "@type": "unknown_property_for_type",
            "property": [full(name) for name in names],
            "document": self._shown.document(),
            "type": full(self._node.type),
        }
        what = ", ".join(repr(name) for name in names)
        why = f"the class {self._node.type!r} does not have {what}"
        self._add(witness, names[0], why)

    def _choice(self, choice: Mapping[str, PropertyType]) -> None:
        present = [name for name in choice if name in self._fields]
        if len(present) == 1:
            self._property(present[0], choice[present[0]])
            return
        kind = "choice_has_too_many_answers" if present else "no_choice_is_cardinality_one"
        witness = {
            "@type": kind,
            "choice": self._shown.choice(choice),
            "document": self._shown.document(),
        }
        names = ", ".join(repr(name) for name in choice)
        why = f"exactly one of {names} has to be there, {len(present)} are"
        self._add(witness, "", why)

    def _property(self, name: str, kind: PropertyType) -> None:
        raw = self._fields.get(name)
        if raw is None:
            self._absent(name, kind)
            return
        try:
            value = self._value(name, kind, raw)
        except Wrong as wrong:
            self._wrong(name, wrong)
            return
        if value is not None:
            self._node.values[name] = value
        self._shown.mark(name, kind)

    def _absent(self, name: str, kind: PropertyType) -> None:
        is_open = kind.family in (Family.OPTIONAL, Family.SET, Family.ARRAY)
        if is_open or (kind.family is Family.CARDINALITY and kind.low <= 0):
            return
        if kind.range == "sys:Unit" and kind.family is Family.REQUIRED:
            self._not_unit(name)
            return
        witness = {
            "@type": "required_field_does_not_exist_in_document",
            "document": self._shown.document(),
            "field": self._schema.context.full_name(name),
        }
        self._add(witness, name, f"is required ({kind.family.value} of {kind.range}) and missing")

    def _not_unit(self, name: str) -> None:
        witness = {
            "@type": "not_a_sys_unit",
            "document": self._shown.document(),
            "field": self._schema.context.full_name(name),
        }
        self._add(witness, name, "has to be [], the value of sys:Unit")

    def _value(self, name: str, kind: PropertyType, raw: Any) -> Any:
        family = kind.family
        if family is Family.SET:
            return self._set(kind, raw)
        if family is Family.LIST:
            return {"@list": self._list(kind, raw)}
        if family is Family.ARRAY:
            items = self._array(kind, raw)
            return {"@array": items} if items else None
        if family is Family.CARDINALITY:
            self._count(name, kind, raw)
            return self._set(kind, raw)
        if family is Family.TABLE:
            raise Wrong.of("table_not_supported", raw, "Table is not supported")
        return self._ranges.value(kind.range, raw)

    def _set(self, kind: PropertyType, raw: Any) -> Any:
        if not isinstance(raw, list):
            return Many([self._ranges.value(kind.range, raw)])
        items = self._ranges.several(kind.range, raw)
        return Many(items) if items else None

    def _list(self, kind: PropertyType, raw: Any) -> list[Any]:
        if not isinstance(raw, list):
            raise Wrong.of("not_a_list", raw, f"a List has to be an array, found {raw!r:.100}")
        return self._ranges.several(kind.range, raw, is_list=True)

    def _array(self, kind: PropertyType, raw: Any) -> list[Any]:
        if not isinstance(raw, list) or not _has_dimensions(raw, kind.dimensions):
            witness = {
                "@type": "invalid_array_dimensions",
                "array": raw,
                "dimensions": Number(kind.dimensions),
            }
            why = f"has to be an array of {kind.dimensions} dimensions"
            raise Wrong([Violation(witness, "", "", why, True)])
        return self._ranges.array(kind.range, raw, kind.dimensions)

    def _count(self, name: str, kind: PropertyType, raw: Any) -> None:
        count = len(raw) if isinstance(raw, list) else 1
        if not isinstance(raw, list) or (kind.low <= count and not 0 <= kind.high < count):
            return
        witness = {
            "@type": "field_has_wrong_cardinality",
            "actual": Number(count),
            "document": self._shown.document(),
            "field": self._schema.context.full_name(name),
            "max": Number(kind.high) if kind.high >= 0 else "inf",
            "min": Number(kind.low),
        }
        upper = kind.high if kind.high >= 0 else "any number"
        why = f"needs {kind.low} to {upper} values, found {count}"
        raise Wrong([Violation(witness, "", "", why, True)])

    def _wrong(self, name: str, wrong: Wrong) -> None:
        iri = self._schema.context.full_name(name)
        for each in wrong.violations:
            if each.is_whole and each.witness.get("@type") == "not_a_sys_unit":
                self._not_unit(name)
                continue
            witness = each.witness if each.is_whole else {iri: each.witness}
            field = f"{name}.{each.field}".rstrip(".")
            # The witness of a List has no property, but the documents around it have theirs.
            is_whole = each.is_whole and not isinstance(each.witness, list)
            self._violations.append(Violation(witness, self._named, field, each.message, is_whole))

    def _add(self, witness: Any, name: str, message: str) -> None:
        self._violations.append(Violation(witness, self._named, name, message))


def _by_iri(schema: Schema, kinds: Mapping[str, PropertyType]) -> list[str]:
    return sorted(kinds, key=schema.context.full_name)


def _has_dimensions(raw: list[Any], dimensions: int) -> bool:
    if dimensions == 1:
        return not any(isinstance(item, list) for item in raw)
    return all(
        item is None or (isinstance(item, list) and _has_dimensions(item, dimensions - 1))
        for item in raw
    )
