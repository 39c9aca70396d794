"""The arrows between the parts of the kit run one way, and the engine knows no service (DESIGN: where things live)."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = sorted((ROOT / "conformance").rglob("*.py"))
TARGETS = sorted((ROOT / "targets").rglob("*.py"))

LAYERS = (
    {"__main__"},
    {"cli", "plugin"},
    {"commands"},
    {"audit"},
    {"runner"},
    {"growing", "declaring"},
    {"worker"},
    {"grow_runner"},
    {"reports"},
    {"scoring"},
    {"worlds"},
    {"programs and evidence"},
    {"oracle"},
    {"target"},
    {"programs"},
)
"""From the top down: a part imports parts of lower layers only, and anything of the ground."""

GROUND = {"config", "files", "twinkit", "recordings", "errors", "__init__"}
"""Parts that every layer may use."""

WHAT_PROGRAMS_ARE = {"__init__", "model", "trees", "identity", "moments", "answers", "references", "gaps"}
"""What else is in ``programs`` is about evidence, so it stands above the oracle: growing, shrinking, writing out."""


def part_of(module: str) -> str:
    """``conformance.oracle.judge`` → ``oracle``."""
    part, inner = [*module.split(".")[1:], "__init__", "__init__"][:2]
    return "programs and evidence" if part == "programs" and inner not in WHAT_PROGRAMS_ARE else part


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path, *, first: bool = False) -> Iterator[str]:
    """Modules that a file imports, or only those that it imports ``first``: not within functions.

    What is imported for type checking only does not count.
    """
    tree = tree_of(path)
    skipped = (ast.FunctionDef, ast.AsyncFunctionDef) if first else ()
    inner = [node for node in ast.walk(tree) if isinstance(node, skipped) or _is_type_checking(node)]
    passed_over = {id(node) for each in inner for node in ast.walk(each)}
    for node in ast.walk(tree):
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield from _from(node.module, [alias.name for alias in node.names])


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _from(module: str, names: list[str]) -> Iterator[str]:
    """``from conformance import worker`` imports ``conformance.worker``."""
    for name in names:
        whole = ROOT.joinpath(*module.split("."), name)
        yield f"{module}.{name}" if whole.is_dir() or whole.with_suffix(".py").is_file() else module


def engine_edges() -> dict[str, dict[str, list[str]]]:
    """Part → part it imports → the places where it does."""
    edges: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in ENGINE:
        own = part_of(module_name(path))
        for module in imports(path):
            if module.split(".")[0] == "conformance" and part_of(module) != own:
                edges[own][part_of(module)].append(f"{module_name(path)} imports {module}")
    return edges


def test_there_is_something_to_check() -> None:
    assert len(ENGINE) > 40
    assert sum(len(places) for found in engine_edges().values() for places in found.values()) > 100


def test_engine_never_imports_targets_or_sdks() -> None:
    """Nor anything that is not a dependency of its own."""
    forbidden = {"targets", "tests", "toy", "googleapiclient", "httplib2", "slack_sdk", "okta", "jira", "vcr"}
    found = [
        f"{module_name(path)} imports {module}"
        for path in ENGINE
        for module in imports(path)
        if module.split(".")[0] in forbidden and not (module == "vcr" and "record" in path.stem)
    ]
    assert found == []


def test_targets_import_no_commands() -> None:
    """A target uses what a published one could: not the command line, nor how a run is organised."""
    above = {"cli", "commands", "runner", "worker", "growing", "grow_runner", "reports", "scoring", "audit"}
    found = [
        f"{module_name(path)} imports {module}"
        for path in TARGETS
        for module in imports(path)
        if module.startswith("conformance.") and part_of(module) in above
    ]
    assert found == []


def test_every_part_has_its_place() -> None:
    known = set().union(*LAYERS) | GROUND
    assert {part_of(module_name(path)) for path in ENGINE} <= known


def test_arrows_run_one_way() -> None:
    height = {part: place for place, parts in enumerate(reversed(LAYERS)) for part in parts}
    wrong = [
        place
        for part, others in engine_edges().items()
        for other, places in others.items()
        if part in height and other in height and height[part] <= height[other]
        for place in places
    ]
    assert wrong == []


def test_the_ground_stands_on_itself() -> None:
    """Recordings and twins know nothing of programs, worlds or verdicts."""
    allowed = {"config": {"worlds"}}
    wrong = [
        place
        for part, others in engine_edges().items()
        for other, places in others.items()
        if part in GROUND and other not in GROUND | allowed.get(part, set())
        for place in places
    ]
    assert wrong == []


def test_no_cycles_between_parts() -> None:
    edges = {part: set(others) for part, others in engine_edges().items()}
    assert _cycle(edges) == []


def test_no_cycles_between_modules() -> None:
    """What a module imports when it is needed, within a function, counts for its part but makes no cycle."""
    edges = {module_name(path): set(imports(path, first=True)) - {module_name(path)} for path in (*ENGINE, *TARGETS)}
    assert _cycle(edges) == []


def _cycle(edges: dict[str, set[str]]) -> list[str]:
    """What is left when everything that leads out is taken away, again and again."""
    left = {name: {other for other in others if other in edges} for name, others in edges.items()}
    while leaving := {name for name, others in left.items() if not others & left.keys()}:
        left = {name: others for name, others in left.items() if name not in leaving}
    return sorted(left)


# What an import costs

LATE = (
    "rich", "jinja2", "httpx", "uvicorn", "starlette", "yaml", "lark", "vcr", "hypothesis", "pytest",
    "googleapiclient", "httplib2", "slack_sdk", "okta", "jira", "ironcalc", "targets",
)  # fmt: skip


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has after a statement."""
    script = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_command_line_imports_only_what_it_needs() -> None:
    assert loaded_by("import conformance.cli") & set(LATE) == set()


def test_listing_targets_imports_none_of_them() -> None:
    loaded = loaded_by("from conformance.target import installed; installed()")
    assert loaded & {"targets", "googleapiclient", "httplib2"} == set()


def test_a_target_imports_its_sdk_when_it_is_used() -> None:
    loaded = loaded_by("from conformance.target import installed, load\nfor name in installed(): load(name).surface()")
    assert "targets" in loaded
    assert loaded & {"ironcalc", "httpx", "uvicorn", "pytest"} == set()


# What the engine says

VENDORS = re.compile(r"google|\bdrive\b|gdrive|\bsheets?\b|spreadsheet|slack|okta|jira|atlassian", re.IGNORECASE)
PRODUCT_WORDS = {"conformance/recordings/distil/vocabulary.py"}
"""A list of words of the web at large, which are no secrets and survive distilling."""


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Identifiers and strings of a file, without comments and docstrings."""
    docstrings = {
        (node.body[0].lineno, node.body[0].end_lineno)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    } | {
        (node.lineno, node.end_lineno)  # a string on its own documents the name above it
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    kinds = {tokenize.NAME, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        line = token.start[0]
        if token.type in kinds and not any(first <= line <= (last or first) for first, last in docstrings):
            yield line, token.string


@pytest.mark.parametrize("part", sorted({part_of(module_name(path)) for path in ENGINE}))
def test_engine_knows_no_vendor(part: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in ENGINE
        if part_of(module_name(path)) == part and path.relative_to(ROOT).as_posix() not in PRODUCT_WORDS
        for line, text in said(path)
        if VENDORS.search(text)
    ]
    assert found == []


def test_vendor_words_would_be_found(tmp_path: Path) -> None:
    made = tmp_path / "made.py"
    made.write_text(
        '"""Google in a docstring."""\n# Slack in a comment\nHOST = "www.googleapis.com"\n'
        'def drive():\n    """Sheets."""\n    return f"{HOST} okta"\n'
    )
    assert [line for line, text in said(made) if VENDORS.search(text)] == [3, 4, 6]
