"""What is the API's stays, whatever people are called; and a folder is kept below a size."""

import json
import xml.etree.ElementTree as ET

from conformance.recordings.distil import distil_folder
from conformance.recordings.distil.fit import fit, kind
from conformance.recordings.read import read_folder
from recordings.cassettes import exchange, recording, write

HOST = "https://api.vendor.test/v1"
TEST_USER = {"displayName": "Test User", "login": "client.sms@private.com"}


def distilled(tmp_path, *cassettes):
    """The recordings made of (source, name, exchanges)."""
    for source, name, exchanges in cassettes:
        write(tmp_path / "in" / source / f"{name}.json", *exchanges, source=source, repository=source)
    distil_folder(tmp_path / "in", tmp_path / "out")
    return list(read_folder(tmp_path / "out"))


def test_collections_keep_their_names_though_people_are_called_so(tmp_path):
    asked = [exchange(TEST_USER, uri=f"{HOST}/types/user/a1b2c3d4e5f6"), exchange({}, uri=f"{HOST}/sms/a1b2c3d4e5f6")]
    found = distilled(tmp_path, ("one", "a", asked), ("one", "b", [*asked, exchange({})]))
    paths = {item.request.path.rpartition("/")[0] for made in found for item in made.interactions}
    assert {"/v1/types/user", "/v1/sms"} <= paths
    assert "Test User" not in {item.response.json.get("displayName") for made in found for item in made.interactions}


def test_constants_stay_though_people_are_called_so(tmp_path):
    body = {"provider": {"type": "IMPORT", "name": "IMPORT"}, "displayName": "Import Tester"}
    for made in distilled(tmp_path, ("one", "a", [exchange(body)]), ("one", "b", [exchange(body), exchange({})])):
        assert made.interactions[0].response.json["provider"] == body["provider"]


def test_keys_that_sources_share_stay_though_things_are_called_so(tmp_path):
    body = {"profile": {"name": "profile"}, "displayName": "Profile Tester"}
    for made in distilled(tmp_path, ("one", "a", [exchange(body)]), ("two", "b", [exchange(body)])):
        assert set(made.interactions[0].response.json) == {"profile", "displayName"}


def test_terms_that_sources_share_stay_whole(tmp_path):
    body = {"name": "template_swa3field", "templateId": "template_swa3field", "displayName": "Field Template"}
    for made in distilled(tmp_path, ("one", "a", [exchange(body)]), ("two", "b", [exchange(body)])):
        answer = made.interactions[0].response.json
        assert (answer["name"], answer["templateId"]) == ("template_swa3field", "template_swa3field")


def test_markup_stays_well_formed(tmp_path):
    document = '<?xml version="1.0" encoding="UTF-8"?><a:one id="x"><b>some words that a user wrote here</b></a:one>'
    document = document.replace("<a:one", '<a:one xmlns:a="urn:a"')
    answer = exchange(document, headers={"Content-Type": ["application/xml"]})
    (made,) = distilled(tmp_path, ("one", "a", [answer]))
    root = ET.fromstring(made.interactions[0].response.body)  # our own text
    assert root.tag == "{urn:a}one" and root.find("b") is not None
    assert "user wrote" not in made.interactions[0].response.body.decode()


def test_no_file_replaces_another(tmp_path):
    """Without the names of people in them, names of files can be equal."""
    people = {"displayName": "Isaac Newton"}
    names = ("call-isaac", "call-newton", "call-isaac-newton")
    found = distilled(tmp_path, *(("one", name, [exchange({**people, "n": n})]) for n, name in enumerate(names)))
    assert len(found) == 3


def big(tmp_path, name, size, *exchanges):
    filler = exchange({"text": "x" * size}, uri=f"{HOST}/filler")
    return recording(tmp_path / f"{name}.json", *exchanges, filler)


def test_what_fits_is_left_alone(tmp_path):
    made = [big(tmp_path, "a", 10)]
    assert fit(made, 10_000, lambda *_: None) == made


def test_the_largest_go_first_and_every_kind_stays(tmp_path):
    told = []
    error = exchange({"errorCode": "E1"}, status=404)
    made = [big(tmp_path, f"r{n:02}", 1000 + n) for n in range(20)] + [big(tmp_path, "error", 9000, error)]
    kept = fit(made, 18_000, lambda *found: told.append(found[1:]))
    assert {recording.name for recording in kept} == {"error.json", *(f"r{n:02}.json" for n in range(len(kept) - 1))}
    assert {kind(i) for r in kept for i in r.interactions} == {kind(i) for r in made for i in r.interactions}
    assert told == [(21 - len(kept), 21 - len(kept))]


def test_what_is_null_now_and_then_is_shown_to_be_so(tmp_path):
    made = [big(tmp_path, f"r{n}", 1000, exchange({"one": None if n % 2 else {}})) for n in range(8)]
    kept = fit(made, 1000, lambda *_: None)
    assert {str(recording.interactions[0].response.json) for recording in kept} == {"{'one': None}", "{'one': {}}"}


def test_repeated_reads_go_before_whole_recordings(tmp_path):
    read = exchange({"text": "y" * 500})
    write_ = exchange({}, method="POST", sent={"n": 1})
    (kept,) = fit([big(tmp_path, "a", 10, *[read, write_] * 9)], 5000, lambda *_: None)
    methods = [item.request.method for item in kept.interactions]
    assert methods.count("POST") == 9 and methods.count("GET") == 4
    assert [item.index for item in kept.interactions] == list(range(len(kept.interactions)))


def test_kinds_of_exchanges(tmp_path):
    def of(**how):
        made = recording(tmp_path / "x.json", exchange(how.pop("answer", {}), **how))
        return kind(made.interactions[0])

    post = {"method": "POST"}
    assert of(uri=f"{HOST}/things/1a") == of(uri=f"{HOST}/things/2b")
    assert of(uri=f"{HOST}/things?limit=1") == of(uri=f"{HOST}/things?limit=2")
    assert of(uri=f"{HOST}/things?type=ONE") != of(uri=f"{HOST}/things?type=TWO")
    assert of(sent={"type": "ONE"}, **post) != of(sent={"type": "TWO"}, **post)
    assert of(sent={"label": "one"}, **post) == of(sent={"label": "two"}, **post)
    assert of(status=404, answer={"errorCode": "E1"}) != of(status=404, answer={"errorCode": "E2"})


def test_the_limit_is_told(tmp_path):
    for n in range(5):
        write(tmp_path / "in" / "one" / f"{n}.json", exchange({"n": n, "text": "z" * 300}))
    report = distil_folder(tmp_path / "in", tmp_path / "out", limit=2000)
    assert report.size <= 2000 and "stay below 2,000 bytes" in str(report)
    assert json.loads(next((tmp_path / "out").rglob("*.json")).read_text())["interactions"]


def test_other_recordings_lend_what_the_vendor_says_below_the_same_root(tmp_path):
    """What several lenders share with the source is the vendor's; a lender with other roots lends nothing."""
    kept = {}
    for root in ("v1", "rest"):
        body = {"name": "template_swa3field"}
        write(tmp_path / root / "in" / "a.json", exchange(body), source="mine", repository="mine")
        for lender in ("one", "two"):
            lent = exchange(body, uri=f"https://api.vendor.test/{root}/things")
            write(tmp_path / root / "lent" / lender / "b.json", lent, source=lender, repository=lender)
        distil_folder(tmp_path / root / "in", tmp_path / root / "out", tmp_path / root / "lent")
        (made,) = read_folder(tmp_path / root / "out")
        kept[root] = made.interactions[0].response.json["name"] == body["name"]
    assert kept == {"v1": True, "rest": False}
