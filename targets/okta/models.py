"""Which model of the SDK owns a leaf of an answer, read from the sources of the models.

Only the models of okta 3.x say so; of 2.x, leaves are told apart by the answer's model and their way in it.
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

_PLAIN = frozenset(
    {"Annotated", "Optional", "List", "Dict", "Union", "Set", "Any", "Field"}
    | {"StrictStr", "StrictInt", "StrictBool", "StrictFloat", "StrictBytes"}
)
"""Names in annotations that are no models."""


@dataclass(frozen=True)
class Held:
    """What a field holds: a model ("" for none), or a map of such."""

    model: str
    mapped: bool = False


@dataclass(frozen=True)
class Model:
    """Fields by their names on the wire, each with what it holds, and the subclasses."""

    name: str
    fields: Mapping[str, Held] = field(default_factory=dict)
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
        """``Model.field`` for the leaf at ``path`` in the operation's answer; "" where it is not declared.

        Keys of a map are written ``*``. Which of the kinds of a model an answer shows is not known from the path: all
        that fit are followed, and the first gives its name.
        """
        endpoint = self._surface.endpoints.get(operation)
        name = endpoint.answer if endpoint else ""
        listed = re.fullmatch(r"List\[(\w+)\]", name)
        leaf = listed[1] if listed else name
        if leaf and self._surface.generation < 3:
            return ".".join((leaf, *(_declared(key) for key in path if isinstance(key, str))))
        held = [Held(leaf)]
        for key in path:
            if isinstance(key, str):
                leaf, held = self._step(leaf, held, key)
        return leaf

    def _step(self, leaf: str, held: list[Held], key: str) -> tuple[str, list[Held]]:
        """The field ``key`` of any of the models: its name, and what it may hold."""
        maps = [Held(one.model) for one in held if one.mapped]
        if maps:
            return f"{leaf}.*", maps
        holders = [model for one in held for model in self._family(one.model) if key in model.fields]
        if not holders:
            return "", []
        return f"{holders[0].name}.{key}", list(dict.fromkeys(model.fields[key] for model in holders))

    def _family(self, name: str) -> list[Model]:
        """The model ``name`` with its bases and kinds, nearest first."""
        waiting, family = [name], {}
        while waiting:
            current = waiting.pop(0)
            model = self._model(current)
            if model is not None and current not in family:
                family[current] = model
                waiting += [*model.bases, *model.kinds]
        return list(family.values())

    def _model(self, name: str) -> Model | None:
        if name not in self._known:
            path = self._files.get(_compact(name))
            self._known[name] = _read(path, name) if path else None
        return self._known[name]


def _declared(key: str) -> str:
    """A key that a model may have; ``*`` for one that somebody made up."""
    return key if re.fullmatch(r"_?[A-Za-z]+", key) else "*"


def _compact(name: str) -> str:
    """File and class names alike: ``o_auth_2_claim`` and ``OAuth2Claim``."""
    return name.replace("_", "").lower()


def _read(path: Path, name: str) -> Model | None:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            bases = tuple(base.id for base in node.bases if isinstance(base, ast.Name))
            return Model(name, dict(_fields(node)), bases, _kinds(node))
    return None


def _fields(model: ast.ClassDef) -> list[tuple[str, Held]]:
    return [
        (_alias(node) or node.target.id, _held(node.annotation))
        for node in model.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id[:2] != "__"
    ]


def _alias(node: ast.AnnAssign) -> str:
    keywords = node.value.keywords if isinstance(node.value, ast.Call) else []
    return next((str(ast.literal_eval(k.value)) for k in keywords if k.arg == "alias"), "")


def _held(annotation: ast.expr) -> Held:
    """The first model named in an annotation, and whether the annotation is a map's."""
    names = [node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)]
    models = (name for name in names if name[0].isupper() and name not in _PLAIN)
    return Held(next(models, ""), "Dict" in names)


def _kinds(model: ast.ClassDef) -> tuple[str, ...]:
    for node in model.body:
        if isinstance(node, ast.AnnAssign) and "discriminator_value_class_map" in ast.unparse(node.target):
            mapping: dict[str, str] = ast.literal_eval(node.value) if node.value else {}
            return tuple(dict.fromkeys(mapping.values()))
    return ()
