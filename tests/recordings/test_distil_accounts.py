"""Whose recordings these are cannot be told: hosts, projects, searches and texts of an account are made anew, alike."""

import json
from urllib.parse import quote, urlsplit

import pytest

from conformance.recordings.distil import distil_folder
from conformance.recordings.distil.mend import mended
from conformance.recordings.distil.sites import site_words, sites_of
from conformance.recordings.read import read_folder
from recordings.cassettes import exchange, recording, write

VENDOR = "vendor.com"


def distilled(tmp_path, **sources):
    """The recordings made of exchanges by source, in the order of the sources' names."""
    for source, exchanges in sources.items():
        write(tmp_path / "in" / source / "one.json", *exchanges, source=source, repository=source)
    distil_folder(tmp_path / "in", tmp_path / "out")
    return sorted(read_folder(tmp_path / "out"), key=lambda found: found.name)


def everything(made):
    """All that a recording says."""
    return "".join(f"{i.request.uri} {i.request.body!r} {i.response.body!r}" for i in made.interactions)


def test_hosts_of_accounts_are_made_anew_under_the_vendors_domain(tmp_path):
    told = {
        "self": f"https://acme.{VENDOR}/v1/me",
        "admin": f"https://acme-admin.{VENDOR}/",
        "picture": f"https://api.{VENDOR}/p.png",
        "domain": "acme",
        "note": "Acme made it",
    }
    realm = {"WWW-Authenticate": [f'OAuth realm="{quote(f"https://acme.{VENDOR}", safe="")}"']}
    mine = [
        exchange(told, uri=f"https://acme.{VENDOR}/v1/me", headers=realm),
        exchange({}, uri=f"https://api.{VENDOR}/v1/all"),
    ]
    other = [exchange({"ok": True}, uri=f"https://globex.{VENDOR}/v1/me")]
    made, second = distilled(tmp_path, a=mine, b=[*other, exchange({}, uri=f"https://api.{VENDOR}/v1/all")])
    me, everybody = made.interactions
    label = me.request.host.removesuffix("." + VENDOR)
    answer = me.response.json
    assert "acme" not in everything(made).lower() and "globex" not in everything(second)
    assert urlsplit(answer["self"]).hostname == me.request.host == f"{label}.{VENDOR}"
    assert urlsplit(answer["admin"]).hostname == f"{label}-admin.{VENDOR}" and answer["domain"] == label
    assert quote(f"//{label}.{VENDOR}", safe="") in (me.response.header("www-authenticate") or "")
    assert everybody.request.host == f"api.{VENDOR}" and f"api.{VENDOR}" in answer["picture"]


def test_a_host_is_somebodys_unless_several_call_it_or_its_name_says_what_it_is_for(tmp_path):
    def calls(source, *hosts):
        exchanges = [exchange({}, uri=f"https://{host}.{VENDOR}/v1") for host in hosts]
        return recording(tmp_path / source / "x.json", *exchanges, source=source, repository=source)

    found = sites_of([calls("a", "acme", "shared", "api"), calls("b", "globex-admin", "shared", "files")])
    assert found == {"acme", "globex-admin"} and site_words("globex-admin") == {"globex"}
    assert (
        sites_of([calls("a", "acme", "api")]) == frozenset()
    )  # one repository alone does not show the vendor's domain


def test_a_workspace_is_not_named_by_its_domain_field_either(tmp_path):
    made, _ = distilled(tmp_path, a=[exchange({"team": {"domain": "globexinc"}})], b=[exchange({})])
    assert "globexinc" not in everything(made)


def test_keys_of_projects_are_made_anew_wherever_their_things_are_named(tmp_path):
    issue = {
        "id": "10001",
        "key": "ACME-12345",
        "project": {"key": "ACME"},
        "summary": "After ACME-12345",
        "self": "https://api.vendor.test/v1/issue/ACME-12345",
    }
    asked = [
        exchange(issue, uri="https://api.vendor.test/v1/issue/ACME-12345"),
        exchange(
            {"issues": [issue]},
            uri="https://api.vendor.test/v1/search?jql=" + quote('project = ACME AND key = "ACME-12345"'),
        ),
        exchange({"errors": ["No issue ACME-12345"]}, uri="https://api.vendor.test/v1/issue/ACME-12345", status=404),
    ]
    (made,) = distilled(tmp_path, a=asked)
    one, search, missing = made.interactions
    key = one.response.json["key"]
    project = one.response.json["project"]["key"]
    assert "ACME" not in everything(made) and key == f"{project}-12345" and len(project) == 4
    assert one.request.path.endswith(f"/{key}") and one.response.json["self"].endswith(f"/{key}")
    assert one.response.json["summary"].endswith(key) and missing.response.json["errors"] == [f"No issue {key}"]
    assert dict(search.request.query)["jql"] == f'project = {project} AND key = "{key}"'


def test_short_keys_of_projects_are_no_words(tmp_path):
    told = {"key": "UM-3", "at": "10:15 UM", "type": "UM", "query": "x"}
    (made,) = distilled(
        tmp_path, a=[exchange(told, uri="https://api.vendor.test/v1/search?jql=" + quote('project="UM"'))]
    )
    (one,) = made.interactions
    project = one.response.json["key"].removesuffix("-3")
    assert project != "UM" and dict(one.request.query)["jql"] == f'project="{project}"'


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('mail sw "johndoe_1"', "johndoe_1u0a1b2c3@example.com"),
        ('mail eq "john@example.com"', "john@example.com"),
        ('mail sw "u0a1"', "u0a1b2c3@example.com"),
        ('mail sw "john" or mail sw "jane"', "u0a1b2c3@example.com"),
    ],
)
def test_masked_addresses_are_such_that_searches_find_them(tmp_path, query, expected):
    user = {"mail": "u0a1b2c3@example.com", "login": "u0a1b2c3@example.com"}
    search = f"https://api.vendor.test/v1/users?search={quote(query)}"
    made = mended(recording(tmp_path / "x.json", exchange([user], uri=search), exchange(user)))
    assert made.interactions[0].response.json == [{"mail": expected, "login": expected}]
    assert made.interactions[1].response.json["login"] == expected


def test_what_searches_find_begins_as_they_ask_after_distilling(tmp_path):
    user = {"id": "00u1", "email": "u0a1b2c3@example.com"}
    search = "https://api.vendor.test/v1/users?search=" + quote('email sw "johndoe_3352527563"')
    (made,) = distilled(tmp_path, a=[exchange([user], uri=search)])
    (one,) = made.interactions
    begun = dict(one.request.query)["search"].split('"')[1]
    assert one.response.json[0]["email"].startswith(begun) and "johndoe" not in begun


def test_formulas_keep_their_words_and_lose_what_they_quote(tmp_path):
    told = {"expression": 'app.zone == null ? "America/Los_Angeles" : app.zone', "value": 'user.team == "Secret Plans"'}
    (made,) = distilled(tmp_path, a=[exchange(told)])
    answer = made.interactions[0].response.json
    assert answer["expression"] == told["expression"]
    assert answer["value"].startswith('user.team == "') and "Secret" not in answer["value"]


def test_what_services_log_stays(tmp_path):
    told = {"messages": ["[WARN] method_deprecated: Please use another one"]}
    (made,) = distilled(tmp_path, a=[exchange(told)])
    assert made.interactions[0].response.json == told


def test_phrases_are_somebodys_unless_several_accounts_have_them(tmp_path):
    shared = {"state": "In Progress"}
    made, _ = distilled(tmp_path, a=[exchange(shared | {"value": "Globex Employee"})], b=[exchange(shared)])
    answer = made.interactions[0].response.json
    assert answer["state"] == "In Progress" and "Globex" not in answer["value"] and answer["value"].count(" ") == 1


def test_sources_that_share_their_ids_are_one_account(tmp_path):
    token = "a1b2c3d4e5f6g7h8i9"
    shared = exchange({"id": token, "name": "slakslak"})
    one, two = distilled(tmp_path / "same", a=[shared], b=[shared, exchange({})])
    assert "slakslak" not in everything(one) + everything(two)
    named = [exchange({"id": f"{token}{n}", "name": "general"}) for n in range(2)]
    one, two = distilled(tmp_path / "different", a=named[:1], b=[*named[1:], exchange({})])
    assert "general" in everything(one) and "general" in everything(two)


def test_what_has_a_description_is_nobody(tmp_path):
    app = {"displayName": "Calendar", "description": "Calendar"}
    person = {"displayName": "Calendar Girl"}
    (made, _) = distilled(tmp_path, a=[exchange([app])], b=[exchange([app]), exchange({})])
    assert made.interactions[0].response.json == [app]
    (made, _) = distilled(tmp_path / "people", a=[exchange([person])], b=[exchange([person]), exchange({})])
    assert "Girl" not in json.dumps(made.interactions[0].response.json)


def test_ids_that_say_what_they_are_of_keep_their_letters(tmp_path):
    (made,) = distilled(tmp_path, a=[exchange({"key": "SITEUSER196381", "displayName": "User"})])
    key = made.interactions[0].response.json["key"]
    assert key.startswith("SITEUSER") and len(key) == 14 and key != "SITEUSER196381"


def test_days_move_with_the_moments(tmp_path):
    due = [exchange({"due": "2024-11-26"}, method="POST", sent={"due": "2024-11-26T00:19:54+00:00"})]
    (made,) = distilled(tmp_path, a=due)
    (one,) = made.interactions
    assert one.request.json["due"].startswith(one.response.json["due"]) and one.response.json["due"] == "2024-11-05"


def test_a_colleague_whom_two_accounts_know_is_not_the_services_word(tmp_path):
    one, two = ([exchange({"name": f"Gwendolyn My {place}"}), exchange({"n": place})] for place in ("City", "Device"))
    made = distilled(tmp_path, a=one, b=two)
    assert not any("gwendolyn" in everything(found).lower() for found in made)
