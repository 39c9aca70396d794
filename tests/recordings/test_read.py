import base64
import gzip
import json
import pickle
import time
import zlib
from pathlib import Path

import pytest

from conformance.errors import BadRecording
from conformance.recordings.model import Provenance, Response
from conformance.recordings.read import MAX_BYTES, read_folder, read_recording
from recordings.cassettes import exchange, recording, write


def test_reads_vcrpy_json(tmp_path):
    found = recording(
        tmp_path / "a" / "one.json",
        exchange({"id": 1}, method="post", sent={"x": 2}, headers={"Link": ["<a>", "<b>"], "ETag": ["e"]}),
        service="things",
        recorded=["2020-01-01T00:00:00Z"],
    )
    (item,) = found.interactions
    assert (found.name, item.index, item.request.method) == ("one.json", 0, "POST")
    assert item.request.json == {"x": 2} and item.response.json == {"id": 1}
    assert item.response.headers == {"link": ("<a>", "<b>"), "etag": ("e",)}
    assert found.provenance == Provenance(service="things", recorded=("2020-01-01T00:00:00Z",))
    assert len(found.digest) == 64


def test_reads_vcrpy_yaml_with_binary_bodies_and_old_python_tags(tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text(
        "interactions:\n- request:\n    method: !!python/unicode GET\n    uri: https://api.vendor.test/x\n"
        "    body: null\n    headers: {Accept: ['*/*']}\n"
        "  response:\n    status: {code: 200, message: OK}\n    headers: {Date: [2020-01-01 00:00:00]}\n"
        "    body: {string: !!binary AAH/}\nversion: 1\n"
    )
    (item,) = read_recording(path).interactions
    assert item.response.body == b"\x00\x01\xff"
    assert item.response.headers["date"] == ("2020-01-01 00:00:00",)
    assert read_recording(path).provenance == Provenance()


def test_reads_betamax(tmp_path):
    path = tmp_path / "one.json"
    body = {"encoding": "UTF-8", "base64_string": base64.b64encode(gzip.compress(b"{}")).decode()}
    raw = {
        "http_interactions": [
            {
                "request": {
                    "method": "GET",
                    "uri": "https://x.test/a",
                    "headers": {},
                    "body": {"string": ""},
                },
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {"Content-Encoding": "gzip"},
                    "body": body,
                },
                "recorded_at": "2020-01-01T00:00:00",
            }
        ]
    }
    path.write_text(json.dumps(raw))
    (item,) = read_recording(path).interactions
    assert item.response.body == b"{}" and "content-encoding" not in item.response.headers


@pytest.mark.parametrize("pack", [zlib.compress, lambda b: zlib.compress(b)[2:-4]])
def test_decodes_deflate_with_and_without_frame(tmp_path, pack):
    packed = base64.b64encode(pack(b'{"a": "b"}' * 9)).decode()
    one = exchange(headers={"Content-Encoding": ["deflate"]})
    one["response"]["body"] = {"base64": packed}
    assert recording(tmp_path / "a.json", one).interactions[0].response.body == b'{"a": "b"}' * 9


def test_a_body_decoded_by_its_recorder_stays(tmp_path):
    one = exchange({"a": 1}, headers={"Content-Encoding": ["gzip"], "Content-Length": ["28"]})
    response = recording(tmp_path / "a.json", one).interactions[0].response
    assert response.json == {"a": 1} and "content-encoding" not in response.headers


BODY = json.dumps({"items": [{"name": f"thing number {n}", "size": n} for n in range(40)]}, indent=2)


@pytest.mark.parametrize(
    "length",
    [
        len(BODY),
        len(gzip.compress(BODY.encode())),
        len(gzip.compress(BODY.encode(), 1)),
        len(json.dumps(json.loads(BODY), separators=(",", ":"))),
    ],
)
def test_content_length_of_the_body_however_it_was_stored(tmp_path, length):
    one = exchange(BODY, headers={"Content-Length": [str(length)]})
    assert recording(tmp_path / "a.json", one).interactions


@pytest.mark.parametrize("length", ["5", "999999999", "-1", "many", str(len(BODY) - 40), str(len(BODY) + 400)])
def test_content_length_that_fits_nothing_is_refused(tmp_path, length):
    path = write(tmp_path / "a.json", exchange(BODY, headers={"content-length": [length]}))
    with pytest.raises(BadRecording, match=r"a\.json: in interaction 0 Content-Length"):
        read_recording(path)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304), ("DELETE", 204)])
def test_answers_without_body_may_tell_a_length(tmp_path, method, status):
    one = exchange("", method=method, status=status, headers={"Content-Length": ["77"]})
    assert recording(tmp_path / "a.json", one).interactions


GOOD = json.dumps({"interactions": [exchange({})]})
BAD = {
    "empty.json": ("  \n", "empty"),
    "text.json": ("hello", "not JSON"),
    "cut.json": (GOOD[: len(GOOD) // 2], "cut off"),
    "list.json": ("[1, 2]", "no mapping"),
    "nothing.json": ("{}", "no list of interactions"),
    "none.json": ('{"interactions": []}', "no interaction"),
    "number.json": ('{"interactions": [7]}', "in interaction 0"),
    "half.json": ('{"interactions": [{"request": {}}]}', "no HTTP method|response is missing"),
    "deep.json": ("[" * 200_000, "nested too deep|cut off"),
    "status.json": (GOOD.replace('"code": 200', '"code": 42'), "between 100 and 599"),
    "uri.json": (GOOD.replace("https://api.vendor.test", ""), "absolute http"),
    "provenance.json": (GOOD[:-1] + ', "provenance": 3}', "provenance is no mapping"),
    "object.yaml": ("interactions: !!python/object/apply:os.system [echo]\n", "plain values"),
    "cut.yaml": ("interactions:\n- request: {method: GET, uri: 'https", "not whole YAML"),
    "binary.yaml": ("\x00\x01", "not YAML"),
    "deep.yaml": ("[" * 20_000, "deep|not whole|not YAML"),
}


@pytest.mark.parametrize("name", BAD)
def test_every_kind_of_bad_file_is_one_clear_sentence(tmp_path, name):
    text, says = BAD[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(BadRecording, match=says) as caught:
        read_recording(tmp_path / name)
    sentence = str(caught.value)
    assert name in sentence and sentence.endswith(".") and "\n" not in sentence


def test_not_utf8(tmp_path):
    (tmp_path / "a.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(BadRecording, match="byte 7 is not UTF-8"):
        read_recording(tmp_path / "a.json")


def test_absurd_size(tmp_path):
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BadRecording, match="67,108,865 bytes"):
        read_recording(tmp_path / "a.json")


def test_a_bad_file_does_not_lose_the_others(tmp_path):
    write(tmp_path / "b" / "one.json", exchange({}))
    write(tmp_path / "a.json", exchange({}))
    (tmp_path / "b" / "bad.yml").write_text("{")
    (tmp_path / "SOURCES.md").write_text("no cassette")
    bad = []
    assert [r.name for r in read_folder(tmp_path, bad.append)] == ["a.json", "b/one.json"]
    assert len(bad) == 1 and "bad.yml" in str(bad[0])
    with pytest.raises(BadRecording):
        list(read_folder(tmp_path))


def test_missing_and_empty_folders(tmp_path):
    with pytest.raises(BadRecording, match="no such folder"):
        read_folder(tmp_path / "absent")
    with pytest.raises(BadRecording, match="holds no cassette"):
        read_folder(tmp_path)


def test_missing_file(tmp_path):
    with pytest.raises(BadRecording, match="cannot be read"):
        read_recording(tmp_path / "absent.json")


def test_reading_is_fast(tmp_path):
    for n in range(20):
        write(tmp_path / f"{n}.json", *[exchange({"n": i, "text": "x" * 3000}) for i in range(20)])
    began = time.perf_counter()
    assert len(list(read_folder(tmp_path))) == 20
    assert time.perf_counter() - began < 20 * 0.02  # measured: below 1 ms a file


CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the raw recordings are not beside this checkout")
def test_everything_genuine_is_read():
    bad = []
    assert sum(1 for _ in read_folder(CORPUS, bad.append)) > 1000
    assert not bad


def test_copies_for_other_processes_read_their_bodies_themselves():
    response = Response(200, body=b'{"name": "one"}')
    assert response.json == {"name": "one"}
    copied = pickle.loads(pickle.dumps(response))
    assert "json" not in vars(copied)
    assert copied.json == response.json


def test_an_outline_tells_what_was_asked_and_how_it_ended(tmp_path):
    whole = recording(tmp_path / "a.json", exchange({"name": "one"}, method="POST", sent={"name": "one"}, status=201))
    (bare,) = whole.outline().interactions
    assert (bare.index, bare.request.method, bare.request.uri, bare.response.status) == (
        0, "POST", "https://api.vendor.test/v1/things", 201,
    )  # fmt: skip
    assert (bare.request.body, bare.response.body, bare.response.headers) == (b"", b"", {})
