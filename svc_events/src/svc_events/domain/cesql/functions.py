"""Functions that expressions may call: how they are defined, and found by name and arity."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from svc_events.domain.cesql.errors import ErrorKind
from svc_events.domain.cesql.types import Primitive, Type

_NAME: Final = re.compile(r"[A-Z][A-Z_]*+")


class FunctionError(Exception):
    """Raised by a function that can't do what it is asked for.

    Args:
        message: What is wrong, with the value.
        value: What the function results in all the same; None is the zero value of its type.
        kind: The kind of error.
    """

    def __init__(
        self,
        message: str,
        value: Primitive | None = None,
        *,
        kind: ErrorKind = ErrorKind.FUNCTION_EVALUATION,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.value = value
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Function:
    """A function.

    Args:
        name: Upper-case letters and, behind the first, `_`.
        parameters: Types that the arguments are cast to.
        returns: Type of the result.
        call: Total, quick and without side effects: gets the arguments, and results in a value of
            `returns` or raises `FunctionError`.
        rest: Of a function that takes any number of further arguments, their type.
    """

    name: str
    parameters: tuple[Type, ...]
    returns: Type
    call: Callable[..., Any]
    rest: Type | None = None


class FunctionTable:
    """Functions by name and arity; it never changes.

    Args:
        functions: Of one name there may be one for each number of parameters, and one for any
            number from some on that is more than all those.
    Raises:
        ValueError: two can't be told apart, or a name is none.
    """

    def __init__(self, functions: Iterable[Function]) -> None:
        self._all = tuple(functions)
        self._fixed: dict[tuple[str, int], Function] = {}
        self._open: dict[str, Function] = {}
        for function in self._all:
            self._add(function)
        for name, arity in self._fixed:
            if name in self._open and arity >= len(self._open[name].parameters):
                raise ValueError(f"{name} of {arity} arguments is also {name} of any number")

    def with_functions(self, *more: Function) -> FunctionTable:
        """A table with these functions too.

        Raises:
            ValueError: as of the class.
        """
        return FunctionTable((*self._all, *more))

    def find(self, name: str, arity: int) -> Function | None:
        """The function that a call of that name, in upper case, with that many arguments means."""
        fixed = self._fixed.get((name, arity))
        if fixed is not None:
            return fixed
        several = self._open.get(name)
        return several if several and arity >= len(several.parameters) else None

    def _add(self, function: Function) -> None:
        name, arity = function.name, len(function.parameters)
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no function name of [A-Z] and, behind the first, _")
        if function.rest is None:
            is_new = self._fixed.setdefault((name, arity), function) is function
        else:
            is_new = self._open.setdefault(name, function) is function
        if not is_new:
            raise ValueError(f"{name} of {arity} arguments is defined twice")
