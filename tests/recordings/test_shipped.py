"""The recordings that the project ships: readable, synthetic, small, and without anything private."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from conformance.oracle.learn import learn
from conformance.programs.identity import is_token
from conformance.recordings.distil import distil_folder
from conformance.recordings.distil.fit import LIMIT, RUNGS, without_repeats
from conformance.recordings.distil.forms import EMAIL, is_opaque
from conformance.recordings.distil.mend import mended
from conformance.recordings.distil.own import own_of
from conformance.recordings.distil.sites import sites_of
from conformance.recordings.distil.survey import survey
from conformance.recordings.read import read_folder
from conformance.target import installed, load, usable
from conformance.worker import Worker, WorkerPlan

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "recordings"
CORPUS = ROOT.parent / "shared" / "corpus"
SERVICES = sorted(folder.name for folder in SHIPPED.iterdir() if folder.is_dir())

ORDINARY = frozenset({"user", "admin", "test", "system"})
"""What things are called that nobody has given a name."""

LOST = 0.002
"""Share of what is learned that may change: some keys that users chose are learned, and are made anew."""

raw = pytest.mark.skipif(not CORPUS.is_dir(), reason="the raw recordings are not beside this checkout")


@pytest.mark.parametrize("service", SERVICES)
def test_all_are_read_and_say_that_they_are_synthetic(service):
    found = list(read_folder(SHIPPED / service))
    assert found and all(recording.provenance.synthetic for recording in found)
    assert all(recording.provenance.licence for recording in found)
    assert all(recording.provenance.repository or recording.provenance.licence == "facts only" for recording in found)
    sources = (SHIPPED / service / "SOURCES.md").read_text(encoding="utf-8")
    assert all(recording.provenance.repository in sources for recording in found)


@pytest.mark.parametrize("service", SERVICES)
def test_they_are_small(service):
    assert sum(path.stat().st_size for path in (SHIPPED / service).rglob("*.json")) < LIMIT


@raw
@pytest.mark.parametrize("service", SERVICES)
def test_they_are_what_the_distiller_makes(service, tmp_path):
    report = distil_folder(CORPUS / service, tmp_path / service)
    assert not report.bad
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    shipped = {p.relative_to(SHIPPED): p.read_bytes() for p in (SHIPPED / service).rglob("*.*")}
    assert made == shipped


@raw
@pytest.mark.parametrize("service", SERVICES)
def test_no_private_value_of_the_raw_recordings_is_left(service):
    private: set[str] = set()
    for recording in read_folder(CORPUS / service):
        for item in recording.interactions:
            for text in (unquote(item.request.uri), *leaves(item.request.json), *leaves(item.response.json)):
                private.update(EMAIL.findall(text))
                private.update(part for part in re.findall(r"[\w-]{15,}", text) if is_opaque(part))
            private.update(people(item.response.json))
    shipped = set()
    for path in (SHIPPED / service).rglob("*.json"):
        interactions = path.read_text(encoding="utf-8").partition('"interactions"')[2]
        text = interactions + unquote(interactions)
        shipped.update(
            re.findall(r"[\w-]+", text), EMAIL.findall(text), re.findall(r'displayName\\":\\"([^"\\]+)', text)
        )
    assert len(private) > 50
    services = {word.casefold() for text in own_of(read_folder(CORPUS / service)).texts for word in words(text)}
    told = {value for value in private & shipped if not value.startswith("REDACTED")}
    told = {value for value in told if value.casefold() not in services}
    assert not {value for value in told if len(value) > 2 and value.casefold() not in ORDINARY}


@raw
@pytest.mark.parametrize("service", SERVICES)
def test_no_account_is_told_by_its_hosts_or_projects(service):
    raws, shipped = list(read_folder(CORPUS / service)), list(read_folder(SHIPPED / service))
    assert not sites_of(raws) & sites_of(shipped)
    before, after = (set().union(*(survey(one).projects for one in all_)) for all_ in (raws, shipped))
    assert not {key for key in before & after if len(key) > 2}  # two letters may be those of another project


def words(text):
    return re.findall(r"[\w-]+", text)


@raw
@pytest.mark.parametrize("service", SERVICES)
def test_what_is_taken_for_the_services_was_never_sent_and_is_nobodys_name(service):
    sent, named = set(), set()
    for recording in read_folder(CORPUS / service):
        shown = set()
        for item in recording.interactions:
            sent |= set(leaves(item.request.json)) - shown
            shown |= set(leaves(item.response.json))
            named |= set(people(item.response.json))
    texts = own_of(read_folder(CORPUS / service)).texts
    assert not texts & (sent | named)
    assert not [text for text in texts if EMAIL.search(text) or is_opaque(text)]


def leaves(node):
    """All texts in a document."""
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from leaves(value)
    elif isinstance(node, str):
        yield node


def people(node):
    """All names of people in a document; what has a description is a thing."""
    if isinstance(node, dict) and "description" not in node:
        yield from (node[key] for key in ("displayName", "emailAddress") if isinstance(node.get(key), str))
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from people(value)


@raw
def test_distilling_keeps_what_was_recorded_but_for_values():
    drive = SHIPPED / "drive"
    originals = {r.provenance.path: r for r in read_folder(CORPUS / "drive")}
    for recording in read_folder(drive):
        original = originals[recording.provenance.path]
        if len(recording.interactions) != len(original.interactions):
            continue
        for new, old in zip(recording.interactions, original.interactions, strict=True):
            assert (new.request.method, new.response.status) == (old.request.method, old.response.status)
            assert [k for k, _ in new.request.query] == [k for k, _ in old.request.query]
            assert outline(new.response.json) == outline(old.response.json)
            assert outline(new.request.json) == outline(old.request.json)


def outline(node):
    """A document with texts replaced by their length."""
    if isinstance(node, dict):
        return {key: outline(value) for key, value in node.items()}
    if isinstance(node, list):
        return [outline(value) for value in node]
    return len(node) if isinstance(node, str) else repr(node)


@raw
@pytest.mark.parametrize("service", SERVICES)
def test_learning_from_raw_and_from_distilled_gives_the_same_expectations(service):
    targets = tuple(name for name in installed() if load(name).service == service and name in usable())
    if not targets:
        pytest.skip("no target of this service can run here")
    shipped = list(read_folder(SHIPPED / service))
    lengths = {identity(recording): len(recording.interactions) for recording in shipped}
    raws = (raw for raw in read_folder(CORPUS / service) if identity(raw) in lengths)
    before = learned([as_distilled(raw, lengths[identity(raw)]) for raw in raws], targets)
    after = learned(shipped, targets)
    forms_before = {place: rule.forms for place, rule in before.rules.items()}
    forms_after = {place: rule.forms for place, rule in after.rules.items()}
    assert nearly_equal(forms_before, forms_after)
    assert nearly_equal(words_of(before.keys), words_of(after.keys)) and after.cursors == before.cursors
    formats = ({place: format.classes for place, format in one.formats.items()} for one in (before, after))
    assert nearly_equal(*formats)


def nearly_equal(before, after):
    """Whether hardly any place is told otherwise."""
    other = [place for place in before.keys() | after.keys() if before.get(place) != after.get(place)]
    assert len(other) <= LOST * len(before), other
    return True


def words_of(keys):
    """Known keys by place; those that are ids, or names with numbers in them, are made anew as well."""
    return {
        place: {key for key in known if not is_token(key) and key.replace("_", "").isalpha()}
        for place, known in keys.items()
        if not any(is_token(key) for key in place.split("."))
    }


def identity(recording):
    """What a distilled recording has in common with the one it was made from."""
    return recording.provenance.source, recording.provenance.path, recording.provenance.recorded


def as_distilled(recording, length):
    """A raw recording with the exchanges that were distilled, asking for what their answers show."""
    whole = mended(recording)
    shorter = (without_repeats(whole, repeats) for repeats, _ in RUNGS)
    same = next((one for one in shorter if len(one.interactions) == length), whole)
    return replace(same, digest=f"{recording.digest} as distilled")


def learned(recordings, targets):
    """What the oracle learns from recordings."""
    names = ("drive", "sheets") if set(targets) <= {"drive", "sheets"} else targets[:1]  # those two share files
    worker = Worker(WorkerPlan(names, {}, None, 30.0))
    try:
        traces = [worker.trace(recording)[0] for recording in recordings]
    finally:
        worker.close()
    return learn(traces, {name: load(name) for name in names})
