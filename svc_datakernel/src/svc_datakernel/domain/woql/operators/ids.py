"""Ids made from values: lexical, hashed and random keys."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.woql import errors
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.native import native, text_of
from svc_datakernel.domain.woql.operators.arguments import list_argument, shown
from svc_datakernel.domain.woql.operators.signature import Arguments, Operator
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Json, Term, deref, free_variables

# What a segment of a path may hold as it is (RFC 3986), without the separator of fields.
_PLAIN: Final = "!$&'()*,;=@"
_RANDOM_BYTES: Final = 12


def _lexical(run: Run, context: Context, args: Arguments) -> bool:
    return _give(run, context, args, _suffix(args[1], "LexicalKey", context))


def _hash(run: Run, context: Context, args: Arguments) -> bool:
    suffix = _suffix(args[1], "HashKey", context)
    return _give(run, context, args, hashlib.sha256(suffix.encode()).hexdigest())


def _random(run: Run, context: Context, args: Arguments) -> bool:
    return _give(run, context, args, secrets.token_urlsafe(_RANDOM_BYTES))


def _give(run: Run, context: Context, args: Arguments, suffix: str) -> bool:
    base = _text(args[0], "LexicalKey", context)
    return run.unify(args[-1], context.names.node(base + suffix))


def _suffix(keys: Term, operator: str, context: Context) -> str:
    unbound = [variable.name for variable in free_variables(keys)]
    if unbound:
        raise errors.unbound(operator, unbound)
    parts = (_text(key, operator, context) for key in list_argument(keys, operator))
    return "+".join(quote(part, safe=_PLAIN) for part in parts)


def _text(term: Term, operator: str, context: Context) -> str:
    term = deref(term)
    if isinstance(term, Node):
        return context.names.full(term.iri)
    if isinstance(term, Literal):
        return term.lexical if term.language else text_of(native(term))
    if isinstance(term, Json):
        return shown(term).strip('"')
    unbound = [variable.name for variable in free_variables(term)]
    if unbound:
        raise errors.unbound(operator, unbound)
    raise errors.unfit(operator, "a key is made of single values")


OPERATORS: Final[Mapping[str, Operator]] = {
    "LexicalKey": _lexical,
    "HashKey": _hash,
    "RandomKey": _random,
}
