"""From requests to calls."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.recordings.model import Request
from targets.okta import TARGET
from targets.okta.lifting import NO_OPERATION, TOKEN_REQUEST
from targets.okta.surface import surface

HOST = "https://acme.okta.com"


def request(method, target, body=None, **headers):
    content = b"" if body is None else json.dumps(body).encode()
    return Request(method, target if "://" in target else HOST + target, headers, content)


def lift(*args, **more):
    return TARGET.lift(request(*args, **more))


def test_a_list_with_parameters():
    call = lift("GET", "/api/v1/groups?q=eng&limit=20")
    assert call.operation == "GET /api/v1/groups" and call.sdk_call == "list_groups"
    assert str(call.arguments["limit"]) == "20" and call.arguments["q"] == "eng"
    assert not call.amended


def test_literal_paths_win_over_parameters():
    assert lift("GET", "/api/v1/groups/rules").operation == "GET /api/v1/groups/rules"


@pytest.mark.parametrize("path", ["/api/v1/groups/", "//api/v1/groups", "/api//v1/groups"])
def test_slashes_do_not_matter(path):
    assert lift("GET", path).operation == "GET /api/v1/groups"
    assert TARGET.canonical_request(request("GET", path)).path == "/api/v1/groups"


def test_unknown_parameters_are_kept_apart():
    call = lift("GET", "/api/v1/groups?undocumented=1")
    assert call.extra_query == (("undocumented", "1"),) and call.amended and not call.arguments


def test_a_parameter_that_comes_twice_is_sent_twice():
    call = lift("GET", "/api/v1/groups?q=a&q=b")
    assert call.arguments["q"] == "a" and call.extra_query == (("q", "b"),)


def test_bodies_are_arguments():
    call = lift("POST", "/api/v1/groups", {"profile": {"name": "Engineers"}})
    assert call.arguments == {"body": {"profile": {"name": "Engineers"}}} and not call.lost_body


def test_a_lost_body_is_marked():
    assert lift("POST", "/api/v1/groups").lost_body
    assert not lift("GET", "/api/v1/groups").lost_body


def test_a_path_parameter_is_decoded():
    call = lift("GET", "/api/v1/groups/a%2Fb")
    assert list(call.arguments.values()) == ["a/b"]


@pytest.mark.parametrize(
    ("method", "url", "reason"),
    [
        ("GET", "/api/internal/people", NO_OPERATION),
        ("POST", "/oauth2/v1/token", TOKEN_REQUEST),
        ("GET", "https://id.acme.example/api/v1/nothing/like/it", NO_OPERATION),
        ("GET", "https://www.googleapis.com/api/v1/users", None),
        ("GET", "https://acme.example/elsewhere", None),
    ],
)
def test_what_is_not_lifted(method, url, reason):
    assert lift(method, url) == reason


def test_an_organisation_may_have_a_host_of_its_own():
    assert lift("GET", "https://id.acme.example/api/v1/groups").operation == "GET /api/v1/groups"


def test_bodies_that_are_not_json():
    told = TARGET.lift(Request("POST", f"{HOST}/api/v1/groups", {}, b"<xml/>"))
    assert told == "the body is not JSON"
    upload = Request("POST", f"{HOST}/api/v1/groups", {"content-type": ("multipart/form-data; boundary=x",)}, b"--x")
    assert "upload" in TARGET.lift(upload)


WORD = st.text("abcXYZ019-_ é/?", min_size=1, max_size=8).filter(lambda text: text.strip("/ ") != "")


@given(st.data())
def test_what_an_endpoint_sends_is_lifted_to_the_same_arguments(data):
    """For all endpoints and arguments, whatever characters are in them."""
    endpoint = data.draw(st.sampled_from(sorted(surface().endpoints.values(), key=lambda e: e.operation)))
    values = {"integer": st.integers(0, 200), "boolean": st.booleans(), "number": st.just(1.5)}
    values["list"] = st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2)
    arguments = {
        parameter.name: data.draw(values.get(parameter.kind, WORD), label=parameter.name)
        for parameter in endpoint.parameters
        if parameter.place == "path" or (parameter.place == "query" and data.draw(st.booleans()))
    }
    uri = f"{HOST}{endpoint.path(arguments)}?{urlencode(endpoint.query(arguments))}"
    call = TARGET.lift(Request(endpoint.method, uri))
    if call.operation == endpoint.operation:  # "GET /groups/rules" is also a group with the id "rules"
        assert call.arguments == arguments and not call.extra_query
