import base64
import json
import re
import string
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.errors import BadRecording
from conformance.recordings.distil import distil_folder, import_command
from conformance.recordings.distil.mend import mended
from conformance.recordings.model import Interaction, Provenance, Recording, Request, Response
from conformance.recordings.read import read_folder
from recordings.cassettes import exchange, recording, write

HOST = "https://api.vendor.test/v1"
letters = string.ascii_letters + string.digits
tokens = st.text(letters, min_size=20, max_size=40).filter(lambda t: len(re.findall(r"[A-Za-z]\d|\d[A-Za-z]", t)) > 4)
ints = st.integers(10_000_000, 2_147_000_000)  # what comes nearer to the limit of 32 bits stays
FORMAT = {
    "Version",
    "Provenance",
    "Interactions",
    "Request",
    "Response",
    "Headers",
    "Method",
    "Status",
    "Message",
    "String",
}
FORMAT |= {"Synthetic", "Source", "Content", "Things", "Vendor", "Parents", "Pictures", "Application", "Location"}
surnames = st.text(string.ascii_lowercase, min_size=6, max_size=12).map(str.title).filter(lambda n: n not in FORMAT)
mails = st.builds("{}.{}@{}.com".format, surnames, surnames, surnames.map(str.lower))
stamps = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(lambda d: d.strftime("%Y-%m-%dT%H:%M:%S.000Z"))


def distilled(tmp_path, *exchanges, **provenance):
    """The interactions of one cassette after distilling it."""
    write(tmp_path / "in" / "source" / "one.json", *exchanges, **provenance)
    distil_folder(tmp_path / "in", tmp_path / "out")
    (found,) = read_folder(tmp_path / "out")
    return found.interactions


def answer(tmp_path, body, **how):
    """The JSON body of an answer after distilling."""
    return distilled(tmp_path, exchange(body, **how))[0].response.json


@pytest.fixture
def fresh(tmp_path_factory):
    """A function that makes a new folder: for many examples in one test."""
    return lambda: tmp_path_factory.mktemp("distil")


many = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@st.composite
def private_cassettes(draw):
    """A cassette that mentions private values wherever values can stand, and the list of these."""
    token, mail, name = draw(tokens), draw(mails), " ".join([draw(surnames), draw(surnames)])
    number, stamp = draw(ints), draw(stamps)
    thing = {
        "id": token,
        "numberId": number,
        "displayName": name,
        "emailAddress": mail,
        "photoLink": f"//pictures.vendor.test/a/{token}=s64",
        "url": f"{HOST}/things/{token}/edit#gid={number}",
        "createdTime": stamp,
        "owners": [mail],
        "packed": json.dumps({"id": token, "note": f"see {mail}"}),
        "comment": f"{name} wrote this long sentence about {token}",
        "rows": [["x", mail, token, 5]],
    }
    exchanges = [
        exchange(thing, method="POST", uri=f"{HOST}/things", sent={"email": mail, "name": name}),
        exchange(thing, uri=f"{HOST}/things/{token}?owner={quote(mail)}&q=" + quote(f"'{token}' in parents")),
        exchange(
            {"error": {"message": f"Not found: {token}."}},
            uri=f"{HOST}/things/{quote(mail, safe='')}",
            status=404,
            headers={"ETag": [f'"{token}"'], "Location": [f"{HOST}/things/{token}"], "X-Served-By": [name]},
        ),
    ]
    return exchanges, [token, mail, *name.split(), str(number), stamp]


@many
@given(private_cassettes())
def test_nothing_private_survives_anywhere(fresh, cassette):
    exchanges, private = cassette
    folder = fresh()
    distilled(folder, *exchanges)
    (path,) = (folder / "out" / "source").iterdir()
    text = path.read_text(encoding="utf-8")
    decoded = [base64.b64decode(b[: len(b) // 4 * 4]) for b in re.findall(r"[A-Za-z0-9+/]{12,}", text)]
    everywhere = text + unquote(text) + b"".join(decoded).decode("latin-1")
    whole = r"(?<![a-z0-9]){}(?![a-z0-9])"  # a made-up name may be the beginning of a word of the cassette's format
    assert [value for value in private if re.search(whole.format(re.escape(value.lower())), everywhere.lower())] == []


@many
@given(private_cassettes())
def test_the_same_value_is_replaced_by_the_same_everywhere(fresh, cassette):
    exchanges, _ = cassette
    made, read, missing = distilled(fresh(), *exchanges)
    thing = made.response.json
    token, mail = thing["id"], thing["emailAddress"]
    assert read.response.json == thing and made.request.json["email"] == mail
    assert read.request.path.endswith("/" + token)
    assert dict(read.request.query) == {"owner": mail, "q": f"'{token}' in parents"}
    assert thing["url"].endswith(f"/{token}/edit#gid={thing['numberId']}")
    assert thing["rows"] == [["x", mail, token, 5]] and thing["owners"] == [mail]
    assert json.loads(thing["packed"])["id"] == token and token in thing["comment"]
    assert missing.response.json["error"]["message"] == f"Not found: {token}."
    assert missing.response.header("etag") == f'"{token}"'
    assert missing.response.header("location").endswith(token)
    assert unquote(missing.request.path).endswith(mail)
    assert missing.response.header("x-served-by") is None


@many
@given(private_cassettes())
def test_distilling_is_deterministic_and_keeps_the_shape(fresh, cassette):
    exchanges, _ = cassette
    folder = fresh()
    write(folder / "in" / "source" / "one.json", *exchanges)
    for out in ("a", "b"):
        distil_folder(folder / "in", folder / out)
    again = distil_folder(folder / "a", folder / "c").written[0]
    raw = next(read_folder(folder / "in"))
    one, two = (next(read_folder(folder / out)) for out in ("a", "b"))
    assert one.digest == two.digest
    for items in (one.interactions, again.interactions):
        assert [shape(i.response.json) for i in items] == [shape(i.response.json) for i in raw.interactions]
        assert [i.response.status for i in items] == [200, 200, 404]


def shape(node):
    """A document with its leaves replaced by their types."""
    if isinstance(node, dict):
        return {key: shape(value) for key, value in node.items()}
    return [shape(value) for value in node] if isinstance(node, list) else type(node).__name__


@many
@given(
    st.lists(tokens, unique=True, min_size=2),
    st.lists(ints, unique=True, min_size=2),
    st.lists(mails, unique=True),
)
def test_equality_inequality_and_order_survive(fresh, ids, numbers, people):
    body = answer(fresh(), {"ids": ids, "sheetIds": numbers, "users": people, "again": ids})
    assert body["again"] == body["ids"]
    for raw, new in ((ids, body["ids"]), (numbers, body["sheetIds"]), (people, body["users"])):
        assert len(set(new)) == len(raw)
    assert order(ids) == order(body["ids"])
    assert order(numbers) == order(body["sheetIds"])
    assert [len(str(n)) for n in numbers] == [len(str(n)) for n in body["sheetIds"]]
    assert max(body["sheetIds"]) < 2**31
    assert [t[0] for t in ids] == [t[0] for t in body["ids"]]


def order(values):
    """Ranks of values."""
    return [sorted(values).index(value) for value in values]


cells = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.sampled_from(["", "TRUE", "10000", "1,5", "=A1*2", "=SUM(A1:B2)", "2020-01-01", "ok", "A1", "12%", "x y"]),
)


@many
@given(st.lists(st.lists(cells, max_size=4), min_size=1, max_size=4))
def test_cells_formulas_and_ranges_stay(fresh, rows):
    sent = {"range": "Sheet1!A1:B2", "values": rows}
    uri = f"{HOST}/sheets/values/Sheet1!A1:B2:clear"
    made = distilled(fresh(), exchange(sent, method="PUT", sent=sent, uri=uri))[0]
    assert made.request.json == sent and made.response.json == sent and made.request.uri == uri


def test_numbers_that_count_and_statuses_stay(tmp_path):
    body = {"id": 200, "code": 200, "size": "10485760", "count": 123456, "revisionId": "17", "pageToken": ""}
    assert answer(tmp_path, body, status=200) == body


def test_an_id_that_looks_like_a_status_does_not_eat_it(tmp_path):
    body = answer(tmp_path, {"sheetId": 2005001, "count": 200, "note2": "200", "list": [200, 2005]})
    assert body["sheetId"] != 2005001 and body["count"] == 200 and body["list"] == [200, 2005]


def test_names_are_replaced_in_ranges_queries_and_formulas(tmp_path):
    title = "Quarrel's ledger"
    quoted = "'" + title.replace("'", "''") + "'"
    items = distilled(
        tmp_path,
        exchange({"properties": {"title": title, "label": "Ledger"}}),
        exchange({"range": f"{quoted}!A1", "values": [[f"={quoted}!B2"]]}, uri=f"{HOST}/values/{quote(quoted)}!A1"),
        exchange({"ranges": ["Ledger!A1"]}, uri=f"{HOST}/files?q=" + quote("name = 'Quarrel\\'s ledger'")),
    )
    new = items[0].response.json["properties"]["title"]
    inside = "'" + new.replace("'", "''") + "'"
    assert "Quarrel" not in new and len(new) == len(title)
    assert items[1].response.json == {"range": f"{inside}!A1", "values": [[f"={inside}!B2"]]}
    assert unquote(items[1].request.path).endswith(f"/{inside}!A1")
    assert items[2].response.json == {"ranges": [items[0].response.json["properties"]["label"] + "!A1"]}
    assert dict(items[2].request.query)["q"] == "name = '" + new.replace("'", "\\'") + "'"


def test_what_a_service_puts_before_a_name_stays_when_several_sources_show_it(tmp_path):
    for source in ("a", "b"):
        sent = {"name": f"Zebra{source} ledger"}
        got = {"name": f"Copy of Zebra{source} ledger"}
        write(tmp_path / "in" / source / "one.json", exchange(got, method="POST", sent=sent), repository=source)
    distil_folder(tmp_path / "in", tmp_path / "out")
    for found in read_folder(tmp_path / "out"):
        (item,) = found.interactions
        assert item.response.json["name"] == "Copy of " + item.request.json["name"]
        assert "Zebra" not in item.request.json["name"]


def test_no_sentence_survives(tmp_path):
    text = "please do not tell anybody about this"
    for source in ("a", "b"):  # its words are vocabulary, in another order
        words = exchange({"labels": " ".join(sorted(text.split())).split(), "comment": f"{text} {source}"})
        write(tmp_path / "in" / source / "one.json", words, repository=source)
    distil_folder(tmp_path / "in", tmp_path / "out")
    for found in read_folder(tmp_path / "out"):
        comment = found.interactions[0].response.json["comment"].split()
        assert len(comment) == len(text.split()) + 1
        assert sum(a == b for a, b in zip(comment, text.split(), strict=False)) <= 3


def test_error_texts_are_the_vendors(tmp_path):
    message = "Quota exceeded for quota metric 'Read requests' of consumer 'number:123456789012'. Try again later."
    got = answer(tmp_path, {"error": {"message": message, "limit": "60"}}, status=429)["error"]
    assert got["message"].startswith("Quota exceeded for quota metric 'Read requests' of consumer 'number:")
    assert "123456789012" not in got["message"] and len(got["message"]) == len(message)


def test_dates_move_together_by_whole_weeks(tmp_path):
    body = {"createdTime": "2024-02-28T10:00:00.000Z", "modifiedTime": "2024-03-01T10:00:00Z"}
    rows = [["2024-02-28T10:00:00.000Z", "2024-02-28"]]
    date = "Fri, 01 Mar 2024 10:00:00 GMT"
    headers = {"Date": [date], "X-RateLimit-Reset": ["1709287200"], "Retry-After": ["6"], "Server": ["ESF"]}
    items = distilled(tmp_path, exchange({**body, "rows": rows}, headers=headers))
    new = items[0].response
    shift = {datetime.fromisoformat(body[key]) - datetime.fromisoformat(new.json[key]) for key in body} | {
        datetime.fromtimestamp(1709287200) - datetime.fromtimestamp(int(new.header("x-ratelimit-reset") or 0))
    }
    assert len(shift) == 1 and shift.pop().days % 7 == 0
    assert new.json["createdTime"] != body["createdTime"] and new.json["rows"] == rows
    assert (new.header("date") or "").startswith("Fri, ") and new.header("date") != date
    assert new.header("retry-after") == "6" and new.header("server") is None


def test_hosts_of_others_are_replaced_and_the_vendors_stay(tmp_path):
    link = {"self": "https://api.vendor.io/v1/things", "site": "https://wiki.smithson.io/page?x=1"}
    for source in ("a", "b"):
        one = exchange(link | {"site": link["site"].replace("smithson", "smithson" + source)}, uri=link["self"])
        write(tmp_path / "in" / source / "one.json", one, repository=source)
    distil_folder(tmp_path / "in", tmp_path / "out")
    for found in read_folder(tmp_path / "out"):
        got = found.interactions[0].response.json
        assert got["self"] == link["self"] and "smithson" not in got["site"]
        assert ".example/page?x=1" in got["site"]


def test_forms_multipart_and_binary_bodies(tmp_path):
    token = "1aB2cD3eF4gH5iJ6kL7mN8"
    form = exchange({"id": token}, method="POST", sent=f"id={token}&text=hello%20you")
    form["request"]["headers"] = {"Content-Type": ["application/x-www-form-urlencoded"]}
    mixed = exchange({}, method="POST", sent=f'--b\nContent-Type: application/json\n\n{{"id": "{token}"}}\n--b--')
    mixed["request"]["headers"] = {"Content-Type": ['multipart/related; boundary="b"']}
    picture = exchange(headers={"Content-Type": ["image/png"]})
    picture["response"]["body"] = {"base64": base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\xfe\xdc" * 99).decode()}
    one, two, three = distilled(tmp_path, form, mixed, picture)
    new = one.response.json["id"]
    assert new != token and re.fullmatch(rf"id={new}&text=(?!hello)[a-z]{{5}}%20[a-z]{{3}}", one.request.body.decode())
    assert two.request.body.decode() == f'--b\nContent-Type: application/json\n\n{{"id":"{new}"}}\n--b--'
    assert len(three.response.body) == 206 and three.response.body[:8] == b"\x89PNG\r\n\x1a\n"
    assert b"\xfe\xdc\xfe\xdc" not in three.response.body


def test_duplicates_and_endless_reads_are_left_out_and_counted(tmp_path):
    def run(token):
        return [
            exchange({"id": token}, method="POST", sent={"name": "x"}),
            *[exchange({"id": token}, uri=f"{HOST}/things/{token}") for _ in range(30)],
            exchange("", method="DELETE", uri=f"{HOST}/things/{token}", status=204),
        ]

    for name in ("1aB2cD3eF4gH5iJ6kL7mN8", "1zY2xW3vU4tS5rQ6pO7nM8"):
        write(tmp_path / "in" / "source" / f"{name}.json", *run(name))
    report = distil_folder(tmp_path / "in", tmp_path / "out")
    (found,) = read_folder(tmp_path / "out")
    assert [i.request.method for i in found.interactions] == ["POST", *["GET"] * 19, "DELETE"]
    assert [i.index for i in found.interactions] == list(range(21))
    assert {tuple(count.values()) for count in report.left_out.values()} == {(1, 32), (0, 11)}


def test_provenance_and_sources(tmp_path):
    facts = {
        "source": "src",
        "repository": "who/what",
        "commit": "c" * 40,
        "licence": "MIT",
        "path": "a/b.yaml",
    }
    write(
        tmp_path / "in" / "src" / "deep" / "one.yaml.json",
        exchange({}),
        **facts,
        recorded=["2020-01-02T03:04:05Z"],
    )
    (tmp_path / "in" / "bad.json").write_text("{")
    report = distil_folder(tmp_path / "in", tmp_path / "out")
    (found,) = read_folder(tmp_path / "out")
    assert found.name == "src/deep.one.yaml.json" and found.provenance.synthetic
    assert {key: getattr(found.provenance, key) for key in facts} == facts
    text = (tmp_path / "out" / "SOURCES.md").read_text(encoding="utf-8")
    assert "| src | who/what | cccccccccc | MIT | 2020-01-02 – 2020-01-02 | 1 | 1 |" in text
    assert "synthetic" in text and "Not readable" in str(report) and "1 cassettes" in str(report)


def test_names_of_people_stay_out_of_file_names(tmp_path):
    one = exchange({"displayName": "Gwendolyn Quibble"})
    write(tmp_path / "in" / "src" / "gwendolyn_list joe@quibble.com.json", one)
    distil_folder(tmp_path / "in", tmp_path / "out")
    (found,) = read_folder(tmp_path / "out")
    assert found.name == "src/user_list-user.json"


def test_import_says_what_it_cannot_do(tmp_path):
    with pytest.raises(BadRecording, match="no such folder"):
        import_command(tmp_path / "absent", tmp_path / "out")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text("{")
    with pytest.raises(BadRecording, match="cut off"):
        import_command(tmp_path / "in", tmp_path / "out")


def test_import_brings_a_folder(tmp_path):
    recording(tmp_path / "in" / "a.json", exchange({"id": "1aB2cD3eF4gH5iJ6kL7mN8"}))
    report = import_command(tmp_path / "in", tmp_path / "out")
    assert [r.name for r in report.written] == ["imported/a.json"]


def test_the_words_of_an_api_stay_in_queries_and_paths(tmp_path):
    token = "1aB2cD3eF4gH5iJ6kL7mN8"
    query = f"'root' in parents and '{token}' in parents and name = 'quuxly' and mimeType = 'text/x-thing'"
    (item,) = distilled(tmp_path, exchange({"id": token, "parents": ["root"]}, uri=f"{HOST}/files?q=" + quote(query)))
    new = item.response.json["id"]
    q = dict(item.request.query)["q"]
    assert q.startswith(f"'root' in parents and '{new}' in parents and name = '") and "quuxly" not in q
    assert q.endswith("' and mimeType = 'text/x-thing'") and item.response.json["parents"] == ["root"]


def test_ranges_without_quotes_and_named_ranges(tmp_path):
    title = "🌵 Zorbax ledger"
    body = {"title": title, "name": "QuibbleRange", "range": f"{title}!A1:B2", "ranges": ["'x'!QuibbleRange"]}
    missing = {"error": {"message": f"Unable to parse range: {title}!A1"}}
    one, two = distilled(tmp_path, exchange(body), exchange(missing, uri=f"{HOST}/values/QuibbleRange", status=400))
    got = one.response.json
    assert "Zorbax" not in got["title"] and got["range"] == got["title"] + "!A1:B2"
    assert got["ranges"] == [f"'x'!{got['name']}"] and two.request.path.endswith("/" + got["name"])
    assert two.response.json["error"]["message"] == f"Unable to parse range: {got['title']}!A1"


def test_names_a_service_makes_up_stay(tmp_path):
    body = {"title": "Untitled spreadsheet", "sheets": [{"title": "Sheet1"}], "owner": {"name": "Quibble"}}
    got = distilled(tmp_path, exchange(body, method="POST", sent={"owner": {"name": "Quibble"}}))[0].response.json
    assert got["title"] == "Untitled spreadsheet" and got["sheets"] == [{"title": "Sheet1"}]
    assert got["owner"]["name"] != "Quibble"


def test_what_is_equal_in_two_recordings_of_a_source_stays_equal(tmp_path):
    person = {"displayName": "Gwendolyn Quibble", "id": "1aB2cD3eF4gH5iJ6kL7mN8", "name": "quarrel"}
    for n in range(2):
        write(tmp_path / "in" / "source" / f"{n}.json", exchange({**person, "size": n}))
    distil_folder(tmp_path / "in", tmp_path / "out")
    one, two = (r.interactions[0].response.json for r in read_folder(tmp_path / "out"))
    assert one == {**two, "size": one["size"]} and one["name"] != "quarrel"


@many
@given(st.lists(st.text(string.ascii_lowercase + " ", min_size=3, max_size=20).map(str.strip), min_size=2))
def test_names_keep_their_order(fresh, names):
    got = answer(fresh(), {"files": [{"name": name} for name in names]})["files"]
    new = [item["name"] for item in got]
    assert order(names) == order(new) and [len(name) for name in names] == [len(name) for name in new]


def test_json_within_a_form_is_rewritten_as_such_and_agrees_with_the_answer(tmp_path):
    blocks = [{"type": "image", "image_url": "https://pictures.corp.dev/a/secret.png", "alt_text": "Our summer party"}]
    form = exchange({"ok": True, "blocks": blocks}, method="POST", sent="blocks=" + quote(json.dumps(blocks)))
    form["request"]["headers"] = {"Content-Type": ["application/x-www-form-urlencoded"]}
    (one,) = distilled(tmp_path, form)
    assert json.loads(parse_qs(one.request.body.decode())["blocks"][0]) == one.response.json["blocks"]
    assert "corp" not in one.request.body.decode() and "summer" not in one.request.body.decode()


def test_moments_that_are_names_move_with_the_dates(tmp_path):
    told = {"ok": True, "ts": "1700000000.000100", "created": 1700000000, "count": 1700000000}
    told["permalink"] = "https://x.example.com/archives/C0123ABCDEF/p1700000000000100"
    (one,) = distilled(tmp_path, exchange(told))
    answer = one.response.json
    moved = 1700000000 - 3 * 7 * 86400
    assert answer["ts"] == f"{moved}.000100" and answer["created"] == moved and answer["count"] == 1700000000
    assert answer["permalink"].endswith(f"/p{moved}000100") and "C0123ABCDEF" not in answer["permalink"]


def test_what_an_answer_says_of_an_error_stays_also_where_its_status_is_good(tmp_path):
    messages = ["[ERROR] missing required field: type [json-pointer:/view]"]
    refused = {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": messages}}
    (one,) = distilled(tmp_path, exchange(refused))
    assert one.response.json == refused


def test_terms_of_a_search_agree_with_what_is_found(tmp_path):
    found = {"ok": True, "matches": [{"username": "maria", "channel": {"name": "secretplans"}}]}
    query = quote("from:maria in:secretplans after:2016-07-30")
    (one,) = distilled(tmp_path, exchange(found, uri=f"https://api.vendor.test/v1/search?query={query}"))
    match = one.response.json["matches"][0]
    (query,) = dict(one.request.query).values()
    assert query == f"from:{match['username']} in:{match['channel']['name']} after:2016-07-09"
    assert "maria" not in query and "secretplans" not in query


def test_recordings_that_somebody_made_up_are_left_out(tmp_path):
    genuine = {"Content-Type": ["application/json"], "X-Vendor-Request-Id": ["0123456789abcdef0123456789abcdef"]}
    invented = {**genuine, "X-Vendor-Request-Id": ["12345abc"]}
    for number in range(3):
        write(tmp_path / "in" / "s" / f"{number}.json", exchange({"number": number}, headers=genuine))
    write(tmp_path / "in" / "s" / "forged.json", exchange({"number": 9}, headers=invented))
    report = distil_folder(tmp_path / "in", tmp_path / "out")
    assert "made up" in str(report) and len(list(read_folder(tmp_path / "out"))) == 3


@pytest.mark.parametrize(
    ("sent", "told", "expected"),
    [
        ("query=from:ann+in:plans", {"query": "from:bob in:plans"}, "from:bob in:plans"),
        ("query=from:ann+in:plans", {"query": "in:plans from:bob"}, "from:ann in:plans"),
        ("user=somebody", {"user": {"id": "U01"}}, "U01"),
        ("user=U0123ABCDE", {"user": {"id": "U01"}}, "U01"),
        ("user=Ann+B", {"user": {"id": "U01"}}, "Ann B"),
        ("user=somebody", {"user": "else"}, "somebody"),
    ],
)
def test_what_was_asked_is_what_the_answer_says_was_asked(sent, told, expected):
    form = Request("POST", "https://x.test/a", {"content-type": ("application/x-www-form-urlencoded",)}, sent.encode())
    query = Request("GET", f"https://x.test/a?{sent}")
    answer = Response(200, "OK", {}, json.dumps(told).encode())
    exchanges = (Interaction(0, form, answer), Interaction(1, query, answer))
    one, other = mended(Recording("r", Path(), Provenance(), exchanges)).interactions
    assert list(parse_qs(one.request.body.decode()).values()) == [[expected]]
    assert [value for _, value in other.request.query] == [expected]
