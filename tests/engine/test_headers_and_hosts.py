"""URLs: those in headers are sources of references, and the hosts of an account are one base in both worlds."""

from __future__ import annotations

from typing import Any

import pytest
from making import answer, trace

from conformance.oracle.compare import Comparison
from conformance.oracle.findings import Context
from conformance.oracle.forms import moved_home, of_one_account, without_account
from conformance.oracle.noise import Noise
from conformance.programs.answers import header_urls, shown, value_at
from conformance.programs.model import Ref
from conformance.recordings.model import Response
from toy.flaws import CREATE_VISIT, GET_VISIT, LIST_VISITS

ORIGIN, TWIN, MADE = "https://acme.vendor.example", "http://127.0.0.1:7/acme", "0UAqFzWsDK4FrUMp48Y3"
NEXT = f'<{ORIGIN}/v1/visits?after=20&limit=2>; rel="next"'


def compared(recorded: Any, live: Any) -> Comparison:
    context = Context(Noise(), twin_url=TWIN, origin=ORIGIN)
    comparison = Comparison(context, "GET /things", lambda _operation, _path: "")
    comparison.compare(recorded, live)
    return comparison


def test_urls_in_headers() -> None:
    headers = {
        "link": (f'<{ORIGIN}/a>; rel="self", <{ORIGIN}/b?x=1,2>; title="t"; rel=next', NEXT),
        "location": (f"{ORIGIN}/v1/visits/{MADE}",),
        "report-to": ('{"endpoints": "https://elsewhere.example"}',),
        "etag": ('W/"abc"',),
    }
    assert header_urls(Response(200, headers=headers)) == {
        "@link": {"self": f"{ORIGIN}/a", "next": f"{ORIGIN}/b?x=1,2"},
        "@location": f"{ORIGIN}/v1/visits/{MADE}",
    }


def test_all_that_is_shown_is_found_again() -> None:
    seen = answer({"next": f"{ORIGIN}/v1?cursor=abc"}, link=NEXT, location=f"{ORIGIN}/v1/visits/{MADE}?full=1")
    found = dict(shown(seen))
    assert found[("@link", "next", "?after")] == "20"
    assert found[("@location", "/1")] == MADE
    assert found[("next", "?cursor")] == "abc"
    assert all(value_at(seen, path) == value for path, value in found.items())
    assert value_at(seen, ("@link", "prev", "?after")) is None
    assert value_at(seen, ("@location", "/9")) is None


def test_what_headers_show_is_sent_back_by_reference() -> None:
    made = answer(None, 201, location=f"{ORIGIN}/v1/visits/{MADE}")
    program = trace("r", (CREATE_VISIT, {"name": "Ann"}, made), (GET_VISIT, {"visit_id": MADE}, answer({}))).program
    assert program.steps[1].call.arguments["visit_id"] == Ref(0, ("@location", "/1"), MADE)


def test_a_link_is_followed_whatever_the_cursor_looks_like() -> None:
    page = answer([], link=NEXT)
    again = {"limit": 2, "after": "20"}
    program = trace("r", (LIST_VISITS, {"limit": 2}, page), (LIST_VISITS, again, answer([]))).program
    assert program.steps[1].call.arguments == {"limit": 2, "after": Ref(0, ("@link", "next", "?after"), "20")}


def test_what_the_client_said_itself_is_no_reference() -> None:
    page = answer([], link=NEXT)
    asked = {"limit": 2, "after": "20"}
    program = trace("r", (LIST_VISITS, asked, page), (LIST_VISITS, asked, page)).program
    assert program.steps[1].call.arguments == asked


@pytest.mark.parametrize(
    ("recorded", "live", "same"),
    [
        (f"{ORIGIN}/v1/x", f"{TWIN}/v1/x", True),
        (f"{ORIGIN}", f"{TWIN}", True),
        (f"{ORIGIN}/v1/x", "http://127.0.0.1:7/v1/x", False),  # below the path of the twin's address, or not at all
        (f"{ORIGIN}/v1/x", "http://127.0.0.1:8/acme/v1/x", False),
        (f"{ORIGIN}/v1/x", f"{TWIN}/v1/y", False),
        (f"{ORIGIN}/v1/{MADE}", f"{TWIN}/v1/XYEqaPDVx7qXTzHQlIXq", True),
        (f"{ORIGIN}.evil.example/v1/x", f"{TWIN}.evil.example/v1/x", False),
        ("acme.vendor.example", "127.0.0.1:7", True),
        ("acme.vendor.example", "elsewhere.example", False),
        (f"See {ORIGIN}/help for more.", f"See {TWIN}/help for more.", True),
        (
            "https://login.example/?back=https%3A%2F%2Facme.vendor.example%2Fhome",
            "https://login.example/?back=http%3A%2F%2F127.0.0.1%3A7%2Facme%2Fhome",
            True,
        ),
        ("https://cdn.example/logo.png", "https://cdn.other.example/logo.png", False),
        ("https://acme-admin.vendor.example/x", "https://admin.twin.example/x", True),
    ],
)
def test_the_own_host_is_the_twins(recorded: str, live: str, same: bool) -> None:
    assert (compared({"text": recorded}, {"text": live}).deviations == []) is same


def test_other_hosts_of_the_account_stay_what_they_are() -> None:
    admin = "https://acme-admin.vendor.example"
    recorded = [{"a": f"{admin}/1"}, {"a": f"{admin}/2"}]
    assert compared(recorded, [{"a": "https://s.example/1"}, {"a": "https://s.example/2"}]).deviations == []
    (found,) = compared(recorded, [{"a": "https://s.example/1"}, {"a": "https://t.example/2"}]).deviations
    assert found.path == "[].a"
    two = [{"a": f"{admin}/1"}, {"a": "https://acme-staff.vendor.example/1"}]
    assert compared(two, [{"a": "https://s.example/1"}, {"a": "https://s.example/1"}]).deviations


def test_hosts_of_one_account() -> None:
    assert of_one_account("acme.vendor.example", "acme-admin.vendor.example")
    assert not of_one_account("www.vendor.example", "sheets.vendor.example")
    assert not of_one_account("acme.vendor.example", "acme-admin.other.example")
    assert not of_one_account("localhost", "localhost-admin")


def test_texts_of_accounts_are_alike_without_their_hosts() -> None:
    for text in ("https://{}.vendor.example/a?b=https%3A%2F%2F{}.vendor.example", "{}.vendor.example"):
        one, other = (without_account(text.format(x, x), f"https://{x}.vendor.example") for x in ("acme", "umbrella"))
        assert one == other
    assert moved_home("no URL", ORIGIN, TWIN) == "no URL"


def test_a_recorder_may_have_named_the_base_of_links() -> None:
    """The rest of such a link is compared; what else stands in brackets is no base."""
    for named in ("<SITE_URL>rest/1", "<SITE_URL>/rest/1", "<ACME_HOST>/rest/1"):
        assert moved_home(named, ORIGIN, TWIN) == f"{TWIN}/rest/1"
    for other in ("<SITE_URL> is the site", "<b>rest/1", "<PASSWORD>rest/1", "see <SITE_URL>rest/1"):
        assert moved_home(other, ORIGIN, TWIN) == other
    judged = Comparison(Context(Noise(), twin_url=TWIN), "GET /it", lambda *_: "")
    judged.compare({"self": "<SITE_URL>rest/1"}, {"self": f"{TWIN}/rest/1"})
    assert not judged.deviations
    judged.compare({"self": "<SITE_URL>rest/1"}, {"self": f"{TWIN}/rest/2"})
    assert judged.deviations
