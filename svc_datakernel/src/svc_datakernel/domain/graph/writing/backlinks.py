"""`@linked-by`: references that documents ask others to have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.model import Family, Schema
from svc_datakernel.domain.graph.writing.batch import BackLink
from svc_datakernel.domain.graph.writing.links import Known
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.graph.writing.violations import Violation, missing
from svc_datakernel.domain.wording import counted


def with_links(
    known: Known, links: Sequence[BackLink], written: dict[str, Finished]
) -> list[Violation]:
    """Puts references into their targets, of which those not written so far are added.

    Raises:
        ResourceNotFound: a target is neither stored nor written.
    """
    stored = known.view.documents([each.target for each in links if each.target not in written])
    violations: list[Violation] = []
    for link in links:
        target = written.get(link.target)
        if target is None and link.target in stored:
            found = stored[link.target]
            target = Finished(found.id, found.type, expanded.parse(found.json))
        if target is None:
            raise missing(known.schema.context.full(link.target))
        violations += _link(known.schema, link, target)
        written[target.id] = target
    return violations


def _link(schema: Schema, link: BackLink, target: Finished) -> list[Violation]:
    child = link.child
    value: dict[str, Any] = {"@id": child.id}
    if link.is_part:
        value = {"@id": child.id, "@type": child.type, **child.body}
    kind = schema.all_properties(target.type).get(link.property)
    full, full_name = schema.context.full, schema.context.full_name
    if kind is None:
        witness: dict[str, Any] = {
            "@type": "invalid_predicate",
            "class": full_name(target.type),
            "predicate": full_name(link.property),
            "subject": full(target.id),
        }
        why = f"the class {target.type!r} does not have it"
        return [Violation(witness, full(target.id), link.property, why)]
    before = target.body.get(link.property)
    values = [value] if before is None else [*expanded.values_of(before), value]
    target.body[link.property] = expanded.gather(values)
    count = len(expanded.values_of(target.body[link.property]))
    if kind.family is Family.SET or count == 1:
        return []
    witness = {
        "@type": "instance_has_wrong_cardinality",
        "class": full_name(kind.range),
        "instance": full(target.id),
        "predicate": full_name(link.property),
    }
    return [
        Violation(
            witness, full(target.id), link.property, f"has {counted(count, 'value', 'values')}"
        )
    ]
