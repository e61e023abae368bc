"""How an operator is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term

Arguments: TypeAlias = "Sequence[Term]"
Solutions: TypeAlias = "bool | Iterator[None]"
Operator: TypeAlias = Callable[[Run, Context, Arguments], Solutions]
