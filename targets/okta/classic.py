"""Reads the resource clients of okta 2.x.

Every operation is a coroutine that assigns ``http_method`` and ``api_url`` (an f-string over its arguments), takes
its body, if any, as the argument between those of the path and ``query_params``, and lists what ``query_params`` may
hold in its docstring.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from targets.okta.surface import Body, Endpoint, Parameter, split_template

_QUERY = re.compile(r"\[query_params\.(\w+)\] \{(\w+)\}")
_KINDS = {"int": "integer", "bool": "boolean"}
_NOT_PARAMETERS = frozenset({"self", "query_params", "keep_empty_params"})


def endpoints(sdk: Path) -> Iterator[Endpoint]:
    """All operations of the SDK whose package is the folder ``sdk``; of several for one path those with a body."""
    found: dict[str, Endpoint] = {}
    for source in sorted((sdk / "resource_clients").glob("*_client.py")):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef):
                endpoint = _endpoint(node)
                known = found.get(endpoint.operation)
                if known is None or (endpoint.body and not known.body):
                    found[endpoint.operation] = endpoint
    yield from found.values()


def _endpoint(function: ast.AsyncFunctionDef) -> Endpoint:
    template, fixed_query = split_template(_template(_assigned(function, "api_url")))
    in_path = re.findall(r"\{(\w+)\}", template)
    names = [arg.arg for arg in function.args.args if arg.arg not in _NOT_PARAMETERS]
    body = next((name for name in names if name not in in_path), None)
    query = _QUERY.findall(ast.get_docstring(function) or "")
    return Endpoint(
        method=_method(_assigned(function, "http_method")),
        template=template,
        sdk_call=function.name,
        parameters=(
            *(Parameter(name, name, "path", required=True) for name in in_path),
            *(Parameter(name, name, "query", _KINDS.get(kind, "string")) for name, kind in query),
        ),
        body=Body(body) if body else None,
        answer=_answer(function),
        fixed_query=fixed_query,
    )


def _assigned(function: ast.AsyncFunctionDef, name: str) -> ast.expr:
    """What is first assigned to the variable ``name``."""
    return next(
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    )


def _method(value: ast.expr) -> str:
    """``"get".upper()``, read."""
    constant = next(node for node in ast.walk(value) if isinstance(node, ast.Constant))
    return str(constant.value).upper()


def _template(value: ast.expr) -> str:
    """The path of ``format_url(f'{self._base_url} /api/v1/users/{userId}')``."""
    text = next(node for node in ast.walk(value) if isinstance(node, ast.JoinedStr))
    parts = (
        f"{{{ast.unparse(part.value)}}}" if isinstance(part, ast.FormattedValue) else str(ast.literal_eval(part))
        for part in text.values
    )
    return re.sub(r"\s+", "", "".join(parts)).replace("{self._base_url}", "")


def _answer(function: ast.AsyncFunctionDef) -> str:
    """The model that the SDK makes of the answer; "" for none."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "execute" and len(node.args) > 1:
            return ast.unparse(node.args[1])
    return ""
