"""Covers of filters and of the expressions in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from svc_events.domain.cesql import Primitive
from svc_events.domain.cesql.errors import EvaluationFault
from svc_events.domain.cesql.like import FixedEnds, fixed_ends
from svc_events.domain.cesql.tree import (
    Attribute,
    Combine,
    Compare,
    Exists,
    In,
    Like,
    Literal,
    Logic,
    Node,
    Relation,
    children,
)
from svc_events.domain.cesql.types import Type, cast, to_text
from svc_events.domain.events import CORE
from svc_events.domain.filters.access import (
    ANY,
    EVERY,
    NONE,
    Cover,
    Key,
    KeyKind,
    Load,
    both,
    either,
    key,
    prefix,
    present,
    suffix,
)
from svc_events.domain.filters.model import All, AnyOf, Exact, Filter, Not, Prefix, Sql, Suffix


def cover_filter(wanted: Filter, load: Load) -> Cover:
    """A cover of a filter.

    Args:
        wanted: The filter.
        load: Breaks ties between conditions that seem to be as rare as each other.
    """
    match wanted:
        case All(filters):
            return both([cover_filter(each, load) for each in filters], load)
        case AnyOf(filters):
            return either([cover_filter(each, load) for each in filters])
        case Not(Not(inner)):
            return cover_filter(inner, load)
        case Not():
            return ANY
        case _:
            return _leaf(wanted, load)


def _leaf(wanted: Exact | Prefix | Suffix | Sql, load: Load) -> Cover:
    match wanted:
        case Exact(attribute, value):
            return key(KeyKind.TEXT, attribute, value, is_exact=True)
        case Prefix(attribute, value):
            return prefix(attribute, value)
        case Suffix(attribute, value):
            return suffix(attribute, value)
        case Sql(expression):
            return _root(expression.tree, load)


def _root(tree: Node, load: Load) -> Cover:
    """The cover of a whole expression, which is true only if its value is the Boolean."""
    if isinstance(tree, Attribute):
        return key(KeyKind.TEXT, tree.name, "true")
    if isinstance(tree, Literal):
        return EVERY if tree.value is True else NONE
    return _node(tree, load)


def _node(node: Node, load: Load) -> Cover:
    """The cover of a part that has to be true, or cast to true, without an error."""
    match node:
        case Literal(value):
            return EVERY if _cast(value, bool) is True else NONE
        case Exists(name):
            return present(name)
        case Combine(Logic.AND, operands):
            return both([_node(each, load) for each in operands], load)
        case Combine(Logic.OR, operands):
            # An error on the left keeps the right from being looked at: no such cover is exact.
            return Cover(either([_node(each, load) for each in operands]).keys)
        case Compare(Relation.EQUAL, Attribute(name), Literal(value)):
            return key(_KINDS[type(value)], name, value, is_exact=True)
        case _:
            return _comparison(node, load)


def _comparison(node: Node, load: Load) -> Cover:
    match node:
        case Compare(Relation.EQUAL, Literal(value), Attribute(name)):
            return _one_of(name, [value])
        case Like(Attribute(name), pattern, False):
            return _like(name, fixed_ends(pattern), load)
        case In(Attribute(name), elements, False):
            literals = [each.value for each in elements if isinstance(each, Literal)]
            if len(literals) == len(elements):
                return _one_of(name, literals)
        case _:
            pass
    return Cover(both([present(name) for name in _asked(node)], load).keys)


def _like(name: str, ends: FixedEnds, load: Load) -> Cover:
    if ends.is_literal:
        return key(KeyKind.TEXT, name, ends.prefix, is_exact=True)
    covers = [prefix(name, ends.prefix)] * bool(ends.prefix)
    covers += [suffix(name, ends.suffix)] * bool(ends.suffix)
    found = both(covers or [present(name)], load)
    return Cover(found.keys, found.is_exact and ends.is_all)


def _one_of(name: str, values: Sequence[Primitive]) -> Cover:
    """The cover of being equal to one of some values, in the type of the attribute.

    Attributes of CloudEvents are Strings. An extension may be an Integer 5, which is equal to
    '05': then its text is that of the cast value.
    """
    if name in CORE:
        keys = (Key(KeyKind.TEXT, name, to_text(value)) for value in values)
        return Cover(frozenset(keys), is_exact=True)
    cast_values = (_cast(value, wanted) for value in values for wanted in (str, int, bool))
    texts = {to_text(each) for each in cast_values if each is not None}
    return Cover(frozenset(Key(KeyKind.TEXT, name, text) for text in texts))


def _cast(value: Primitive, wanted: Type) -> Primitive | None:
    try:
        return cast(value, wanted, 0)
    except EvaluationFault:
        return None


def _asked(node: Node) -> Iterator[str]:
    """The attributes that evaluating a node asks for in any case; missing ones are errors."""
    match node:
        case Attribute(name):
            yield name
        case Combine(Logic.AND | Logic.OR, (first, *_)):
            yield from _asked(first)
        case In(operand, (first, *_)):
            yield from _asked(operand)
            yield from _asked(first)
        case _:
            for child in children(node):
                yield from _asked(child)


_KINDS: Final[Mapping[Type, KeyKind]] = {
    str: KeyKind.TEXT,
    int: KeyKind.INTEGER,
    bool: KeyKind.BOOLEAN,
}
