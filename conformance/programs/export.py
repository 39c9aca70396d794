"""A program that shows a difference, written out as a pytest file that needs only the SDK and the twin's URL.

What the SDK's text looks like comes from the target (``Reproducible``); what is claimed of the last answer is checked
on the recorded answers and on the twin's before it is written (see ``claims``).
"""

from __future__ import annotations

import keyword
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from conformance.oracle.verdict import Axis, Behaviour, Deviation
from conformance.programs.answers import is_in_header
from conformance.programs.claims import Claim, Leaf, telling
from conformance.programs.model import Call, Given, GivenRef, Observation, PathKey, Ref, Template
from conformance.programs.references import references
from conformance.programs.trees import last_key, leaves, map_leaves
from conformance.programs.writing import CallText, Raw, call_text, fixture_of, identifier, quoted, singular, value_text
from conformance.recordings.model import Json
from conformance.target import Target

URL_VARIABLE = "CONFORMANCE_TWIN_URL"
TOKEN_VARIABLE = "CONFORMANCE_TWIN_TOKEN"
MARK = "# The difference:"
"""Stands before the call that shows the difference; what fails before it is another matter."""

SHOWN_EVIDENCE = 3
_VERSION = re.compile(r"v\d+\w*\Z")


class Reproducible(Protocol):
    """What a target offers besides ``Target`` so that its programs can be written out."""

    def repro_preamble(self) -> tuple[str, str]:
        """Import lines, and the text of a fixture that gives the client and has the target's name (``fixture_of``)."""
        ...

    def repro(self, call: Call) -> CallText | None:
        """How a call is written; None for one that the SDK cannot make. Leaves may be ``Raw``."""
        ...

    def repro_refusal(self, call: str, status: int, answer: str) -> list[str]:
        """Lines that make a call that must be refused with ``status``, and put the error's body into ``answer``.

        ``answer`` is "" where the body is not looked at.
        """
        ...

    def repro_header(self, call: str, name: str, value: str) -> list[str]:
        """Lines that make a call (written without being sent) and claim a header of its answer."""
        ...


class ReadsWire(Protocol):
    """What a target offers whose calls, as written, give the service's answer whether or not the SDK can read it."""

    def repro_read(self, text: CallText) -> CallText:
        """A written call, so that it fails where the SDK cannot read the answer."""
        ...


@dataclass(frozen=True)
class Exhibit:
    """A program whose last step shows a difference.

    References in ``calls`` count steps of this program. ``recorded`` has None where an answer was recorded in another
    account than the last one and cannot be compared with it. ``of_account``: it shows only in an account that has
    nothing else in it.
    """

    behaviour: Behaviour
    deviation: Deviation
    calls: tuple[Call, ...]
    expected: tuple[Observation, ...]
    related: tuple[bool, ...]
    live: tuple[Observation, ...]
    givens: tuple[Given, ...] = ()
    of_account: bool = False
    evidence: tuple[str, ...] = ()


def export(exhibit: Exhibit, targets: Mapping[str, Target]) -> str | None:
    """The text of the file; None where the difference cannot be written as a test."""
    names = sorted({call.target for call in exhibit.calls})
    if not all(hasattr(targets[name], "repro") for name in names) or _needs_headers(exhibit):
        return None
    return _Writer(exhibit, {name: cast(Reproducible, targets[name]) for name in names}, targets).text()


def _needs_headers(exhibit: Exhibit) -> bool:
    """Whether a test would have to look into URLs in headers, which SDKs do not show."""
    sources = (source for call in exhibit.calls for source in references(call))
    linked = any(isinstance(source, Ref) and is_in_header(source.path) for source in sources)
    return linked or (exhibit.deviation.axis is Axis.HEADERS and "." in exhibit.deviation.path)


def _is_refused(seen: Observation) -> bool:
    """Whether the SDK raised the service's own error, which some services answer with 200."""
    return (seen.status or 0) >= 400 or (seen.error is not None and seen.error.status is not None)


class _Writer:
    def __init__(self, exhibit: Exhibit, writers: Mapping[str, Reproducible], targets: Mapping[str, Target]) -> None:
        self._exhibit = exhibit
        self._writers = writers
        self._targets = targets
        self._last = len(exhibit.calls) - 1
        self._claim: Claim | None = None
        self._uses: dict[int, set[PathKey]] = defaultdict(set)
        self._names: dict[int, str] = {}
        self._fixtures_used = tuple(map(fixture_of, writers))

    def text(self) -> str | None:
        """The whole file."""
        claim = self._find_claim()
        if claim is None:
            return None
        self._claim = claim if claim.text else None
        self._note_uses()
        body = self._body()
        if body is None:
            return None
        preamble = "\n\n\n".join(filter(None, [*self._fixtures(), self._beginning()]))
        arguments = ", ".join(self._fixtures_used)
        code = f"{preamble}\n\n\ndef {self._test_name()}({arguments}):\n{''.join(body)}"
        return f"{self._docstring()}\n{self._imports(code)}\n\n{code}"

    # What is claimed

    def _find_claim(self) -> Claim | None:
        """What must hold; an empty claim where making the call says it all."""
        exhibit = self._exhibit
        if exhibit.deviation.axis in (Axis.SDK, Axis.HEADERS):
            return Claim("", (), lambda: True)
        pairs = list(zip(exhibit.expected, exhibit.related, strict=True))
        recorded = [_answer(seen) if related else None for seen, related in pairs]
        if exhibit.deviation.axis is Axis.OUTCOME:
            return self._outcome_claim(recorded)
        path = "" if exhibit.deviation.path == "(body)" else exhibit.deviation.path
        return telling(path, recorded, [_answer(seen) for seen in exhibit.live])

    def _outcome_claim(self, recorded: list[Json]) -> Claim:
        """A refusal says why: the vendor's code, where it stands in the recorded error."""
        code = self._exhibit.behaviour.outcome.partition(" ")[2]
        for path, value in leaves(recorded[-1]) if code else ():
            if value == code:
                return Claim(f"⟦0⟧ == {quoted(code)}", (Leaf(self._last, path),), lambda seen: bool(seen == code))
        return Claim("", (), lambda: True)

    # Names

    def _note_uses(self) -> None:
        for call in self._exhibit.calls:
            for source in references(call):
                if isinstance(source, Ref):
                    self._uses[source.step].add(source.path)
        for leaf in self._claim.leaves if self._claim else ():
            self._uses[leaf.step].add(leaf.path)
        for step in sorted(self._uses):
            self._names[step] = self._name(step)

    def _name(self, step: int) -> str:
        if step == self._last:
            return "answer"
        name = identifier(last_key(self._bound(step))) if self._bound(step) else noun(self._exhibit.calls[step])
        if keyword.iskeyword(name) or name in self._fixtures_used or name in ("answer", "refused", "request"):
            name += "_"
        taken = set(self._names.values())
        numbered = (f"{name}{number}" for number in range(2, len(self._exhibit.calls) + 3))
        return next(one for one in (name, f"other_{name}", *numbered) if one not in taken)

    def _bound(self, step: int) -> PathKey:
        """The one leaf of an answer that is used and lies deep: it gets the name itself; () for none."""
        paths = self._uses[step]
        path = next(iter(paths)) if len(paths) == 1 else ()
        return path if len(path) > 2 and step != self._last and not _in_url(path) else ()

    def _expression(self, step: int, path: PathKey) -> str:
        if self._bound(step):
            return self._names[step]
        plain = tuple(key for key in path if not _url_key(key))
        text = self._names[step] + _subscripts(plain)
        for key in path[len(plain) :]:
            text = f"parse_qs(urlsplit({text}).query)[{quoted(str(key)[1:])}][0]"
        return text

    # Calls

    def _body(self) -> list[str] | None:
        lines: list[str] = []
        for step in range(self._last):
            written = self._step(step)
            if written is None:
                return None
            lines += written
        last = self._last_step()
        if last is None:
            return None
        whole = "\n".join([*lines, *self._mark(), *last])
        return [f"    {line}\n" if line else "\n" for line in whole.split("\n")]

    def _mark(self) -> list[str]:
        found = self._exhibit.deviation
        where = f"{found.axis} at {found.path}" if found.path else str(found.axis)
        return [f"{MARK} {_one_line(where)}, recorded {_one_line(found.expected)}, here {_one_line(found.actual)}"]

    def _written(self, step: int) -> CallText | None:
        call = self._exhibit.calls[step]
        spoken = replace(call, arguments=map_leaves(call.arguments, lambda _, leaf: self._spoken(leaf)))
        return self._writers[call.target].repro(spoken)

    def _spoken(self, leaf: Any) -> Any:
        """A reference as an expression."""
        if isinstance(leaf, GivenRef):
            return leaf.recorded
        if isinstance(leaf, Ref):
            return Raw(self._expression(leaf.step, leaf.path))
        if isinstance(leaf, Template):
            return self._template(leaf)
        return leaf

    def _template(self, template: Template) -> Any:
        parts = [self._spoken(part) for part in template.parts]
        if not any(isinstance(part, Raw) for part in parts):
            return "".join(map(str, parts))
        return Raw(" + ".join(f"str({part.text})" if isinstance(part, Raw) else quoted(str(part)) for part in parts))

    def _step(self, step: int) -> list[str] | None:
        text = self._written(step)
        if text is None:
            return None
        status = self._exhibit.expected[step].status or 0
        if _is_refused(self._exhibit.expected[step]):
            writer = self._writers[self._exhibit.calls[step].target]
            return [*_amending(text), *writer.repro_refusal(_nested(text), status, self._names.get(step, ""))]
        bound = _subscripts(self._bound(step))
        name = self._names.get(step)
        head = f"{name} = " if name else ""
        return _sent(replace(text, send=text.send + bound), head)

    def _last_step(self) -> list[str] | None:
        exhibit, text = self._exhibit, self._written(self._last)
        if text is None:
            return None
        writer = self._writers[exhibit.calls[-1].target]
        if exhibit.deviation.axis is Axis.SDK and hasattr(writer, "repro_read"):
            text = cast(ReadsWire, writer).repro_read(text)
        if exhibit.deviation.axis is Axis.HEADERS:
            return writer.repro_header(call_text(replace(text, send=""), 0, 14), *self._header())
        claimed = [f"assert {self._claim_text()}"] if self._claim else []
        status = exhibit.expected[-1].status or 0
        if _is_refused(exhibit.expected[-1]):
            refusal = writer.repro_refusal(_nested(text), status, self._names.get(self._last, ""))
            return [*_amending(text), *refusal, *claimed]
        head = "answer = " if self._last in self._names else ""
        return [*_sent(text, head), *claimed]

    def _header(self) -> tuple[str, str]:
        response = self._exhibit.expected[-1].response
        name = self._exhibit.deviation.path
        return name, (response.header(name) or "" if response else "").partition(";")[0]

    def _claim_text(self) -> str:
        assert self._claim is not None
        text = self._claim.text
        for number, leaf in enumerate(self._claim.leaves):
            text = text.replace(f"⟦{number}⟧", self._expression(leaf.step, leaf.path))
        return text

    # What stands around them

    def _test_name(self) -> str:
        found = self._exhibit.deviation
        what = identifier(found.path.replace("[]", "")) if found.path else identifier(str(found.axis))
        return f"test_{identifier(self._exhibit.calls[-1].sdk_call)}_{what}"

    def _docstring(self) -> str:
        exhibit, found = self._exhibit, self._exhibit.deviation
        where = f" at {found.path}" if found.path else ""
        lines = [
            f"{exhibit.behaviour.name}: another {found.axis}{where} than was recorded.",
            "",
            f"Recorded: {found.expected}",
            f"This twin: {found.actual}",
            f"Evidence: {', '.join(exhibit.evidence[:SHOWN_EVIDENCE])}" if exhibit.evidence else "",
            "",
            f"{URL_VARIABLE} says where the twin is, {TOKEN_VARIABLE} which token it wants.",
        ]
        text = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
        return f'"""{text}\n"""\n'

    def _imports(self, text: str) -> str:
        """The imports that the text uses, plain ones first."""
        known = {"import os", "import pytest", "import re", "import json", "import urllib.error"}
        known.add("import urllib.request")
        known.add("from urllib.parse import parse_qs, urlsplit")
        for writer in self._writers.values():
            known |= set(writer.repro_preamble()[0].splitlines())
        used = [line for line in known if _is_used(line, text)]
        return "\n".join(sorted(used, key=lambda line: (line.startswith("from"), line)))

    def _fixtures(self) -> Iterator[str]:
        """The clients; what several share is written once."""
        yield f'TWIN = os.environ["{URL_VARIABLE}"].rstrip("/")'
        blocks = [block for w in self._writers.values() for block in w.repro_preamble()[1].strip().split("\n\n\n")]
        yield from dict.fromkeys(blocks)

    def _needs_beginning(self) -> bool:
        return bool(self._exhibit.givens) or self._exhibit.of_account

    def _beginning(self) -> str:
        """What was there before, where that matters."""
        if not self._needs_beginning():
            return ""
        facts: dict[str, list[Any]] = defaultdict(list)
        for given in self._exhibit.givens:
            if given.facts is not None:
                facts[self._targets[given.target].service].append(given.facts)
        seeds = f'\n    control("seed", {value_text(facts, 4, 20)})' if facts else ""
        return _CONTROL + seeds


_CONTROL = '''def control(name, body):
    """Ask the twin's control plane for something; a twin without one begins with what it has."""
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{TWIN}/_twin/{name}", data, {"content-type": "application/json"})
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as refused:
        if refused.code == 400:
            raise


@pytest.fixture(autouse=True)
def beginning():
    """What is there before the test."""
    control("reset", {})'''


def _answer(seen: Observation) -> Json:
    """What the call gives back: XML as text."""
    told = seen.response.json if seen.response else None
    return told if told is not None else seen.value


def _sent(text: CallText, head: str) -> list[str]:
    if text.amend:
        return [*_amending(text), f"{head}request{text.send}"]
    return [head + call_text(text, 0, 4 + len(head))]


def _nested(text: CallText) -> str:
    """A call within a block."""
    return f"request{text.send}" if text.amend else call_text(text, 4, 8)


def _amending(text: CallText) -> list[str]:
    if not text.amend:
        return []
    return [f"request = {call_text(replace(text, send=''), 0, 14)}", *text.amend]


def noun(call: Call) -> str:
    """What a call is about, as a variable name: ``file`` for ``POST /drive/v3/files``, ``files`` for its list."""
    template = call.operation.partition("#")[0].partition(" ")[2].partition(":")[0]
    words = [part for part in template.split("/") if part and "{" not in part and not _VERSION.match(part)]
    name = identifier(words[-1]) if words else "it"
    listing = call.reads and not template.endswith("}")
    return name if listing else singular(name)


def _subscripts(path: PathKey) -> str:
    return "".join(f"[{quoted(key) if isinstance(key, str) else key}]" for key in path)


def _is_used(line: str, text: str) -> bool:
    """Whether any name that an import line gives occurs in a text."""
    names = [name.strip() for name in line.rpartition("import ")[2].split(",")]
    return any(re.search(rf"\b{re.escape(name)}\b", text) for name in names)


def _url_key(key: str | int) -> bool:
    return isinstance(key, str) and key.startswith("?")


def _in_url(path: PathKey) -> bool:
    return any(_url_key(key) for key in path)


def _one_line(text: object) -> str:
    shown = " ".join(str(text).split())
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
