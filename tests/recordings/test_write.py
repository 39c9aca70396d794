import http.client

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import CannotWrite
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from conformance.recordings.read import read_recording
from conformance.recordings.write import dump_recording, write_recording
from recordings.cassettes import exchange, recording

bodies = st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8"))
headers = st.dictionaries(
    st.sampled_from(["etag", "x-a"]), st.lists(st.text("abc ", max_size=5), min_size=1, max_size=2).map(tuple)
)
exchanges = st.builds(
    lambda method, body, headers, status, answer: (
        Request(method, "https://api.vendor.test/a?b=%20", headers, body),
        Response(status, "Fine", headers, answer),
    ),
    st.sampled_from(["GET", "POST"]),
    bodies,
    headers,
    st.integers(100, 599),
    bodies,
)


@given(st.lists(exchanges, min_size=1, max_size=4))
def test_what_is_written_is_read_again(tmp_path_factory, pairs):
    items = tuple(Interaction(n, *pair) for n, pair in enumerate(pairs))
    provenance = Provenance(service="s", recorded=("2020",), synthetic=True)
    path = tmp_path_factory.mktemp("w") / "a.json"
    write_recording(Recording("a.json", path, provenance, items), path)
    again = read_recording(path)
    assert again.interactions == items and again.provenance == provenance
    assert dump_recording(again) == path.read_text(encoding="utf-8")


def test_one_interaction_a_line(tmp_path):
    found = recording(tmp_path / "a.json", exchange({"a": "ü"}), exchange({"b": 1}), source="s")
    lines = dump_recording(found).splitlines()
    assert len(lines) == 6 and sum('"request"' in line for line in lines) == 2


def test_vcrpy_plays_it(tmp_path):
    vcr = pytest.importorskip("vcr")
    found = recording(tmp_path / "raw.json", exchange({"a": "ü"}, headers={"ETag": ["e"]}), source="s")
    write_recording(found, tmp_path / "a.json")
    with vcr.use_cassette(str(tmp_path / "a.json"), record_mode="none", serializer="json"):
        connection = http.client.HTTPSConnection("api.vendor.test")
        connection.request("GET", "/v1/things")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["ETag"]) == (200, "e")
        assert answer.read().decode("utf-8") == '{"a": "ü"}'


def test_a_refusing_file_system_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    found = recording(tmp_path / "raw.json", exchange({}))
    with pytest.raises(CannotWrite, match="cannot be written"):
        write_recording(found, tmp_path / "file" / "a.json")
