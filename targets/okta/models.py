"""Which model of the SDK owns a leaf of an answer, read from the sources of the models.

Only the models of okta 3.x say so; of 2.x, the name of the answer's model is all there is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from conformance.programs.model import PathKey
from targets.okta.surface import Surface

_CONTAINERS = frozenset({"Annotated", "Optional", "List", "Dict", "Union", "Set"})


@dataclass(frozen=True)
class Model:
    """Fields by their names on the wire, each with the model it holds ("" for none), and the subclasses."""

    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Models that a discriminator chooses among."""


class Models:
    """The models of the SDK whose package is the folder ``sdk``; each is read when it is first asked for."""

    def __init__(self, sdk: Path, surface: Surface) -> None:
        self._folder = sdk / "models"
        self._surface = surface
        self._files = {_compact(path.stem): path for path in self._folder.glob("*.py")}
        self._known: dict[str, Model | None] = {}
        self.owner = lru_cache(maxsize=65536)(self._owner)

    def _owner(self, operation: str, path: PathKey) -> str:
        """``Model.field`` for the leaf at ``path`` in the operation's answer; "" where it is not declared."""
        endpoint = self._surface.endpoints.get(operation)
        name = endpoint.answer if endpoint else ""
        listed = re.fullmatch(r"List\[(\w+)\]", name)
        where = listed[1] if listed else name
        leaf = where
        for key in path:
            if isinstance(key, str):
                owner = self._holder(where, key)
                if owner is None:
                    return ""
                leaf, where = f"{owner.name}.{key}", owner.fields[key]
        return leaf

    def _holder(self, name: str, key: str) -> Model | None:
        """The model among ``name``, its bases and its kinds that declares the field ``key``."""
        waiting, seen = [name], set()
        while waiting:
            current = waiting.pop(0)
            model = self._model(current)
            if current in seen or model is None:
                continue
            seen.add(current)
            if key in model.fields:
                return model
            waiting += [*model.bases, *model.kinds]
        return None

    def _model(self, name: str) -> Model | None:
        if name not in self._known:
            path = self._files.get(_compact(name))
            self._known[name] = _read(path, name) if path else None
        return self._known[name]


def _compact(name: str) -> str:
    """File and class names alike: ``o_auth_2_claim`` and ``OAuth2Claim``."""
    return name.replace("_", "").lower()


def _read(path: Path, name: str) -> Model | None:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            bases = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
            return Model(name, dict(_fields(node)), bases, _kinds(node))
    return None


def _fields(model: ast.ClassDef) -> list[tuple[str, str]]:
    return [
        (_alias(node) or node.target.id, _held(node.annotation))
        for node in model.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id[:2] != "__"
    ]


def _alias(node: ast.AnnAssign) -> str:
    keywords = node.value.keywords if isinstance(node.value, ast.Call) else []
    return next((str(ast.literal_eval(k.value)) for k in keywords if k.arg == "alias"), "")


def _held(annotation: ast.expr) -> str:
    """The first model named in an annotation."""
    names = (node.id for node in ast.walk(annotation) if isinstance(node, ast.Name))
    return next((name for name in names if name[0].isupper() and name not in _CONTAINERS), "")


def _kinds(model: ast.ClassDef) -> tuple[str, ...]:
    for node in model.body:
        if isinstance(node, ast.AnnAssign) and "discriminator_value_class_map" in ast.unparse(node.target):
            mapping: dict[str, str] = ast.literal_eval(node.value) if node.value else {}
            return tuple(dict.fromkeys(mapping.values()))
    return ()
