"""Whether an answer is the recorded one, with its placeholders as variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .exact_json import Literal, dumps

_PLACEHOLDER: Final = re.compile(r"\$(COMMIT|RANDOM|LAYER|TIMESTAMP|UUID|VAR|ORG|DB)(\d*)")
_FORMS: Final = {"COMMIT": r"[0-9a-z]+", "RANDOM": r"[A-Za-z0-9_-]+"}
_ANYTHING: Final = {"LAYER", "TIMESTAMP", "UUID", "VAR"}

Bindings = Mapping[str, str]


class Matcher:
    """Compares answers of one case; what a placeholder matched first it means from then on.

    Two placeholders of one kind never mean the same.
    """

    def __init__(self, fixed: Mapping[str, str]) -> None:
        """Takes the values of `$ORG` and `$DB`."""
        self.bindings: dict[str, str] = dict(fixed)

    def bind(self, name: str, value: str) -> None:
        """Gives a placeholder a value that is known beforehand."""
        self.bindings.setdefault(name, value)

    def matches(self, expected: Any, actual: Any, *, is_unordered: bool = False) -> bool:
        """Compares, and keeps what placeholders turned out to mean."""
        for found in _match(expected, actual, self.bindings, is_unordered):
            self.bindings = dict(found)
            return True
        return False

    def fill(self, value: Any) -> Any:
        """A request with the placeholders replaced by what they mean.

        A commit nobody has seen gets an id that no commit has.
        """
        if isinstance(value, Literal):
            return value
        if isinstance(value, str):
            return _PLACEHOLDER.sub(self._value, value)
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if isinstance(value, dict):
            return {self.fill(key): self.fill(each) for key, each in value.items()}
        return value

    def _value(self, found: re.Match[str]) -> str:
        kind, number = found.groups()
        unknown = f"{int(number or 0):064d}" if kind == "COMMIT" else found.group(0)
        return self.bindings.get(found.group(0), unknown)


def _match(expected: Any, actual: Any, known: Bindings, unordered: bool) -> Iterator[Bindings]:
    if isinstance(expected, Literal):
        if isinstance(actual, Literal) and expected.decimal() == actual.decimal():
            yield known
    elif isinstance(expected, str):
        yield from _match_text(expected, actual, known)
    elif isinstance(expected, dict):
        if isinstance(actual, dict) and _same_keys(expected, actual, known):
            keys = sorted(expected, key=lambda key: "$" in key)
            pairs = [(expected[key], actual[_named(key, actual, known)]) for key in keys]
            yield from _match_all(pairs, known, unordered)
    elif isinstance(expected, list):
        if isinstance(actual, list) and len(expected) == len(actual):
            if unordered:
                yield from _match_bag(expected, actual, known)
            else:
                pairs = list(zip(expected, actual, strict=True))
                yield from _match_all(pairs, known, unordered)
    elif type(expected) is type(actual) and expected == actual:
        yield known


def _named(key: str, actual: Mapping[str, Any], known: Bindings) -> str:
    if "$" not in key or key in actual:
        return key
    return next(each for each in actual if any(True for _ in _match_text(key, each, known)))


def _same_keys(expected: Mapping[str, Any], actual: Mapping[str, Any], known: Bindings) -> bool:
    if expected.keys() == actual.keys():
        return True
    if len(expected) != len(actual):
        return False
    left = [key for key in expected if key not in actual]
    right = [key for key in actual if key not in expected]
    return all("$" in key for key in left) and any(True for _ in _match_bag(left, right, known))


def _match_all(
    pairs: Sequence[tuple[Any, Any]], known: Bindings, unordered: bool
) -> Iterator[Bindings]:
    if not pairs:
        yield known
        return
    for found in _match(*pairs[0], known, unordered):
        yield from _match_all(pairs[1:], found, unordered)


def _match_bag(
    expected: Sequence[Any], actual: Sequence[Any], known: Bindings
) -> Iterator[Bindings]:
    if not expected:
        yield known
        return
    tried: set[str] = set()
    for index, each in enumerate(actual):
        written = dumps(each)
        if written in tried:
            continue
        tried.add(written)
        for found in _match(expected[0], each, known, unordered=True):
            yield from _match_bag(expected[1:], [*actual[:index], *actual[index + 1 :]], found)


def _match_text(expected: str, actual: Any, known: Bindings) -> Iterator[Bindings]:
    if expected in ("$TIMESTAMP", "$UUID", "$VAR"):
        yield known
        return
    if not isinstance(actual, str) or isinstance(actual, Literal):
        return
    if "$" not in expected:
        if expected == actual:
            yield known
        return
    pattern, names = _pattern(expected, known)
    found = pattern.fullmatch(actual)
    if found is None:
        return
    new = {f"${name}": found.group(name) for name in names}
    taken = {(name.rstrip("0123456789"), value) for name, value in known.items()}
    if any((name.rstrip("0123456789"), value) in taken for name, value in new.items()):
        return
    yield {**known, **new}


def _pattern(expected: str, known: Bindings) -> tuple[re.Pattern[str], list[str]]:
    parts: list[str] = []
    names: list[str] = []
    position = 0
    for found in _PLACEHOLDER.finditer(expected):
        parts.append(re.escape(expected[position : found.start()]))
        position = found.end()
        kind, name = found.group(1), found.group(0)[1:]
        if kind in _ANYTHING:
            parts.append(".*?")
        elif found.group(0) in known:
            parts.append(re.escape(known[found.group(0)]))
        elif name in names:
            parts.append(f"(?P={name})")
        elif kind in _FORMS:
            names.append(name)
            parts.append(f"(?P<{name}>{_FORMS[kind]})")
        else:
            parts.append(re.escape(found.group(0)))
    parts.append(re.escape(expected[position:]))
    return re.compile("".join(parts), re.DOTALL), names
