"""Calling the function under a decorator, and refusing what it returned.

Shared by all decorators of this package, so that each calls its function in the same way (with the keys of Airflow's
context that it asks for) and names itself in the same way when the returned value is no use.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from airflow.providers.common.compat.sdk import context_merge, determine_kwargs

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import Context, DecoratedOperator

    from taskflow_profilemesh.errors import InvalidReturn


def call_function(operator: DecoratedOperator, context: Context) -> object:
    """Call the decorated function with its arguments and the context keys it names; return what it returned.

    The value is data: the caller must not render it as a template.
    """
    context_merge(context, operator.op_kwargs)
    wanted = determine_kwargs(operator.python_callable, operator.op_args, context)
    returned: object = operator.python_callable(*operator.op_args, **wanted)
    if inspect.iscoroutine(returned):
        returned.close()
        raise invalid_return(operator, returned, expected="a plain function (def, not async def)")
    return returned


def invalid_return(operator: DecoratedOperator, returned: object, *, expected: str) -> InvalidReturn:
    """Return the error that names the decorator, the function and the type it returned (never the value)."""
    from taskflow_profilemesh.errors import InvalidReturn

    return InvalidReturn(
        decorator=getattr(operator, "custom_operator_name", type(operator).__name__),
        function=operator.python_callable.__name__,
        got=type(returned).__name__,
        expected=expected,
    )
