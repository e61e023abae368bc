"""CloudEvents SQL, version 1.0: expressions over the attributes of an event. See README.md."""

from svc_events.domain.cesql.builtins import BUILTINS
from svc_events.domain.cesql.errors import ErrorKind, EvaluationError, ExpressionSyntaxError
from svc_events.domain.cesql.expression import Evaluation, Expression
from svc_events.domain.cesql.functions import Function, FunctionError, FunctionTable
from svc_events.domain.cesql.types import Primitive, Type, values_of

__all__ = [
    "BUILTINS",
    "ErrorKind",
    "Evaluation",
    "EvaluationError",
    "Expression",
    "ExpressionSyntaxError",
    "Function",
    "FunctionError",
    "FunctionTable",
    "Primitive",
    "Type",
    "values_of",
]
