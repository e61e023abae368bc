"""Whether a document contains a template."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from svc_datakernel.domain.canonical_json import Number, canonicalise, parse_exact


class Template:
    """A JSON object to look for in documents."""

    def __init__(self, raw: bytes) -> None:
        """Parses a template; empty means `{}`.

        Raises:
            InvalidDocument: it breaks a rule of documents.
        """
        self.json = canonicalise(raw or b"{}", document_id="template_json")
        self._value: dict[str, Any] = parse_exact(self.json.decode())

    def matches(self, json: bytes) -> bool:
        """Whether every member of the template is in the document with an equal value."""
        return not self._value or _contains(parse_exact(json.decode()), self._value)

    def texts(self) -> dict[str, str]:
        """Top-level members with a text: what a store may filter by before the exact check."""
        return {key: value for key, value in self._value.items() if type(value) is str}


def _contains(value: Any, template: Any) -> bool:
    if isinstance(template, dict):
        return isinstance(value, dict) and all(
            key in value and _contains(value[key], wanted) for key, wanted in template.items()
        )
    return _equal(value, template)


def _equal(left: Any, right: Any) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, Number):
        return left == right or _decimal(left) == _decimal(right)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_equal(left[key], right[key]) for key in left)
    return left == right


def _decimal(number: Number) -> Decimal | str:
    try:
        return Decimal(number)
    except InvalidOperation:  # an exponent beyond 10^18: equal only if written alike
        return str(number)
