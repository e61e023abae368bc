"""Conditions without parts that are always so, or never."""

from __future__ import annotations

from dataclasses import replace

from svc_graphql.domain.execution.requests import (
    All,
    Compare,
    Condition,
    Keys,
    Linked,
    Not,
    Operator,
    Referred,
    Some,
)


def folded(  # noqa: PLR0911 - one for each condition
    condition: Condition | None,
) -> Condition | bool:
    """The condition with every part that is decided beforehand worked in.

    Returns:
        True or False when all of it is decided. Otherwise no `All` or `Some` in it has fewer
        than two parts.
    """
    match condition:
        case None:
            return True
        case All(parts):
            return _joined(parts, neutral=True)
        case Some(parts):
            return _joined(parts, neutral=False)
        case Not(part):
            inner = folded(part)
            return not inner if isinstance(inner, bool) else Not(inner)
        case Keys(keys):
            return condition if keys else False
        case Linked():
            inner = folded(condition.condition)
            if isinstance(inner, bool):
                return replace(condition, condition=All()) if inner else False
            return replace(condition, condition=inner)
        case Referred(name, part):
            inner = folded(part)
            if isinstance(inner, bool):
                return Not(Compare(name, Operator.IS_NULL, True)) if inner else False
            return Referred(name, inner)
        case _:
            return condition


def _joined(parts: tuple[Condition, ...], *, neutral: bool) -> Condition | bool:
    """Parts joined by `All`, of which True is neutral, or `Some`, of which False is."""
    kept: list[Condition] = []
    for part in parts:
        inner = folded(part)
        if isinstance(inner, bool):
            if inner is not neutral:
                return inner
        else:
            kept.append(inner)
    if not kept:
        return neutral
    if len(kept) == 1:
        return kept[0]
    return All(tuple(kept)) if neutral else Some(tuple(kept))
