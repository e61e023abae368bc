"""The operators that only have values, each a function of the run and its arguments.

A test answers whether it holds, having bound what it binds; a generator yields once for
each solution. Both may leave bindings behind: the caller undoes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from svc_datakernel.domain.woql.operators import (
    classes,
    comparison,
    dates,
    ids,
    lists,
    sequences,
    strings,
    types,
)
from svc_datakernel.domain.woql.operators.signature import Operator

OPERATORS: Final[Mapping[str, Operator]] = MappingProxyType(
    {
        **comparison.OPERATORS,
        **strings.OPERATORS,
        **lists.OPERATORS,
        **dates.OPERATORS,
        **sequences.OPERATORS,
        **ids.OPERATORS,
        **types.OPERATORS,
        **classes.OPERATORS,
    }
)
