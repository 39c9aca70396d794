"""Walking JSON trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.programs.model import PathKey
from conformance.recordings.model import Json


def leaves(tree: Json, path: PathKey = ()) -> Iterator[tuple[PathKey, Any]]:
    """Every scalar of a tree with its path, in document order. Empty containers have no leaves."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    elif isinstance(tree, (list, tuple)):
        for index, value in enumerate(tree):
            yield from leaves(value, (*path, index))
    else:
        yield path, tree


def values(tree: Json) -> Iterator[Any]:
    """Every scalar of a tree, in no order: much faster than ``leaves`` where nobody asks for paths."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, (list, tuple)):
            waiting += one
        else:
            yield one


def leaves_and_parameters(tree: Json) -> Iterator[tuple[PathKey, Any]]:
    """Every scalar, and after each URL the parameters of its query under the keys ``?name`` (see follow)."""
    for path, value in leaves(tree):
        yield path, value
        if isinstance(value, str) and "://" in value:
            for name, text in _parameters(value):
                yield (*path, f"?{name}"), text


def follow(tree: Json, path: PathKey) -> Json:
    """The value at ``path``, None where it leads nowhere.

    A key ``?name`` leads into the query of a URL, ``/n`` to the n-th part of its path, counted from the end.
    """
    for key in path:
        if isinstance(tree, dict):
            tree = tree.get(str(key))
        elif isinstance(tree, list) and isinstance(key, int):
            tree = tree[key] if key < len(tree) else None
        elif isinstance(tree, str) and str(key).startswith("?"):
            tree = dict(_parameters(tree)).get(str(key)[1:])
        elif isinstance(tree, str) and str(key).startswith("/"):
            tree = _part_of_path(tree, int(str(key)[1:]))
        else:
            return None
    return tree


def _part_of_path(url: str, place: int) -> str | None:
    parts = url.partition("?")[0].partition("#")[0].split("/")[3:]
    return parts[-place] if place <= len(parts) else None


def _parameters(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query)
    except ValueError:
        return []


def is_below(url: str, base: str) -> bool:
    """Whether a URL is one of the server at ``base``, which may have a path."""
    return bool(base) and url.startswith(base) and (len(url) == len(base) or url[len(base)] in "/?#")


def map_leaves(tree: Json, change: Callable[[str | int, Any], Any], key: str | int = "") -> Json:
    """A copy of a tree with every leaf replaced by ``change(key, leaf)``; a list's leaves have the list's key."""
    if isinstance(tree, dict):
        return {name: map_leaves(value, change, name) for name, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [map_leaves(value, change, key) for value in tree]
    return change(key, tree)


def map_texts(tree: Json, change: Callable[[str], str]) -> Any:
    """A copy of a tree with every text in it changed."""
    return map_leaves(tree, lambda _, leaf: change(leaf) if isinstance(leaf, str) else leaf)


def merged(below: Json, above: Json) -> Any:
    """``above`` laid over ``below``: objects member by member, anything else as a whole."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: merged(below.get(key), value) for key, value in above.items()}}


def last_key(path: PathKey) -> str:
    """The last key of a path that is a name; list indexes are passed over."""
    for part in reversed(path):
        if isinstance(part, str):
            return part
    return ""


def type_name(value: object) -> str:
    """Name of a JSON type; whole and broken numbers are both numbers, as JSON has it."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "object"
    return "list" if isinstance(value, list) else "number"


def dotted(path: PathKey) -> str:
    """A path for people and rules, list indexes as ``[]``: ``sheets[].properties.title``."""
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else (f".{part}" if text else part)
    return text
