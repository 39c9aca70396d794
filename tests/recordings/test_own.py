"""What a service wrote itself is told from what somebody called a thing."""

import base64
import json
import re
from urllib.parse import quote

import pytest

from conformance.recordings.distil import distil_folder
from conformance.recordings.distil.own import own_of
from conformance.recordings.read import read_folder
from recordings.cassettes import exchange, recording, write

HOST = "https://{}.vendor.io/v1"
IDS = ("0a1B2c3D4e5F6g7H8i9", "0b9H8g7F6e5D4c3B2a1", "0c5T6r7E8w9Q1a2S3d4")
RULE = "Catch-all Rule"


def heard(tmp_path, *cassettes, repository="who/what"):
    """What is the service's, by recordings of (host, exchanges)."""
    made = [
        recording(tmp_path / f"{n}.json", *exchanges, repository=repository) for n, exchanges in enumerate(cassettes)
    ]
    return own_of(made)


def ambient(host, token, **body):
    """A read of what was there."""
    return [exchange({"id": token, **body}, uri=f"{HOST.format(host)}/things/{token}")]


def made(host, token, sent=None, **body):
    """A call that makes a thing."""
    return [exchange({"id": token, **body}, method="POST", uri=f"{HOST.format(host)}/things", sent=sent or {})]


def test_what_several_organisations_show_is_the_services(tmp_path):
    found = heard(tmp_path, ambient("acme", IDS[0], name=RULE), ambient("umbrella", IDS[1], name=RULE))
    assert found.texts == {RULE}


@pytest.mark.parametrize(
    "others",
    [
        ambient("acme", IDS[1], name=RULE),  # the same host
        ambient("umbrella", IDS[0], name=RULE),  # the same thing under another host: one organisation
        made("umbrella", IDS[1], {"name": RULE}, name=RULE),  # sent by a client
        ambient("umbrella", IDS[1], displayName=RULE),  # what somebody is called
    ],
)
def test_what_may_be_somebodys_is_not(tmp_path, others):
    cassettes = [ambient("acme", IDS[0], name=RULE), others]
    if "displayName" in str(others):
        cassettes.append(ambient("initech", IDS[2], name=RULE))
    assert RULE not in heard(tmp_path, *cassettes).texts


def test_what_only_things_show_that_programs_made_is_the_services(tmp_path):
    url = "https://www.social.net/oauth2/authorize"
    found = heard(tmp_path, made("acme", IDS[0], login=url), made("acme", IDS[1], login=url))
    assert not found.texts, "login is the name of somebody"
    found = heard(tmp_path, made("acme", IDS[0], url=url), made("acme", IDS[1], url=url))
    assert found.texts == {url} and found.domains == {"social.net"}


def test_things_within_things_are_not_the_programs_own(tmp_path):
    inner = {"project": {"id": "10000", "name": "Zorbax Secret"}}
    assert not heard(tmp_path, made("acme", IDS[0], **inner), made("acme", IDS[1], **inner)).texts


def test_what_is_derived_from_what_was_sent_is_not_the_services(tmp_path):
    cassettes = [made("acme", token, {"name": "Zorbax"}, name="Zorbax", title="Zorbax User") for token in IDS[:2]]
    assert not heard(tmp_path, *cassettes).texts


def test_what_nobody_has_published_is_no_witness(tmp_path):
    cassettes = [ambient("acme", IDS[0], name=RULE), ambient("umbrella", IDS[1], name=RULE)]
    assert not heard(tmp_path, *cassettes, repository="").texts


def test_ids_addresses_and_moments_are_never_the_services(tmp_path):
    body = {
        "kind": IDS[2],
        "place": "acme.vendor.io",
        "mail": "joe@private.com",
        "at": "Thu Mar 05 08:36:28 UTC 2026",
        "number": "thing 123456",
        "picture": "https://cdn.vendor.net/avatar/e97382553c537a717eb764d18e6cb24b.jpg",
        "logo": "https://cdn.vendor.net/logos/e97382553c537a717eb764d18e6cb24b.png",
    }
    found = heard(tmp_path, ambient("acme", IDS[0], **body), ambient("umbrella", IDS[1], **body))
    assert found.texts == {body["logo"]}


def distilled(tmp_path, *exchanges):
    """The interactions of one cassette after distilling it."""
    write(tmp_path / "in" / "source" / "one.json", *exchanges)
    distil_folder(tmp_path / "in", tmp_path / "out")
    (found,) = read_folder(tmp_path / "out")
    return found.interactions


def test_what_the_service_wrote_stays_and_the_order_with_it(tmp_path):
    for n, host in enumerate(("acme", "umbrella")):
        names = [f"Catalogue of Zorbax{host}", RULE, f"Cattle of Zorbax{host}"]
        listed = exchange([{"id": IDS[n], "name": RULE}], uri=f"{HOST.format(host)}/rules")
        others = exchange([{"id": f"{n}{IDS[2]}", "name": name} for name in names], uri=f"{HOST.format(host)}/all")
        write(tmp_path / "in" / host / "one.json", listed, others, repository=host)
    distil_folder(tmp_path / "in", tmp_path / "out")
    for found in read_folder(tmp_path / "out"):
        names = [item["name"] for item in found.interactions[1].response.json]
        assert names[1] == RULE and "Zorbax" not in str(names) and names == sorted(names)


def test_a_certificate_is_the_same_in_one_line_and_in_several(tmp_path):
    text = base64.b64encode(bytes(n * 37 % 251 for n in range(600))).decode()
    lines = "\n".join(text[n : n + 64] for n in range(0, len(text), 64))
    body = {"x5c": [text], "certificate": f"{lines}\n", "pem": f"-----BEGIN X-----\n{lines}\n-----END X-----"}
    got = distilled(tmp_path, exchange(body))[0].response.json
    (new,) = got["x5c"]
    assert new != text and len(new) == len(text)
    assert got["certificate"].replace("\n", "") == new and got["certificate"].count("\n") == lines.count("\n") + 1
    assert got["pem"].replace("\n", "") == f"-----BEGIN X-----{new}-----END X-----"


def test_expressions_colours_and_what_a_recorder_hid_stay(tmp_path):
    body = {
        "subject": "Zorbax greets ${org.name} and ${user.firstName}",
        "name": "#1d1d21",
        "tempPassword": "REDACTED-3da3ed",
        "token": "REDACTED-3da3ed",
    }
    got = distilled(tmp_path, exchange(body))[0].response.json
    assert got["name"] == body["name"] and got["token"] == got["tempPassword"] == body["token"]
    assert got["subject"].endswith("}") and "${org.name}" in got["subject"] and "Zorbax" not in got["subject"]


def test_characters_that_markup_spells_out_are_no_words(tmp_path):
    text = "Zorbax &amp; Gwendolyn &lt;wrote&gt; it &#39;down&#x27; again &zorbax;"
    got = distilled(tmp_path, exchange({"text": text}))[0].response.json["text"]
    assert re.findall(r"&#?\w+;", got)[:-1] == ["&amp;", "&lt;", "&gt;", "&#39;", "&#x27;"]
    assert "orbax" not in got and "Gwendolyn" not in got


def test_scopes_are_the_vendors_words_whatever_people_are_called(tmp_path):
    seen = exchange({"username": "bot"}, headers={"X-OAuth-Scopes": "identify,bot:basic"})
    assert distilled(tmp_path, seen)[0].response.header("x-oauth-scopes") == "identify,bot:basic"


def test_hosts_and_addresses_agree_wherever_they_stand(tmp_path):
    mail = "gwendolyn@private.com"
    query = quote(f'profile.email eq "{mail}"')
    body = {"domain": "things.private.com", "fqdn": "THINGS.PRIVATE.COM", "email": mail, "free": "x.EXAMPLE.com"}
    one, two = distilled(tmp_path, exchange(body), exchange([], uri=f"{HOST.format('acme')}/users?search={query}"))
    got = one.response.json
    assert got["domain"].endswith(".example") and got["fqdn"].lower() == got["domain"]
    assert got["free"] == body["free"] and "private" not in json.dumps(got).lower()
    assert dict(two.request.query)["search"] == f'profile.email eq "{got["email"]}"'


def test_moments_in_other_spellings_move_too(tmp_path):
    body = {"a": "Thu Mar 05 08:36:28 UTC 2026", "b": "2025-09-24 04:05:52.0", "c": "2025-09-24T04:05:52.000Z"}
    got = distilled(tmp_path, exchange(body))[0].response.json
    assert got == {"a": "Thu Feb 12 08:36:28 UTC 2026", "b": "2025-09-03 04:05:52.0", "c": "2025-09-03T04:05:52.000Z"}


def test_ids_that_spell_a_constant_stay(tmp_path):
    spelled = base64.b32encode(b"USER_ADMIN").decode().rstrip("=")
    body = {"id": spelled, "type": "USER_ADMIN"}
    got = distilled(tmp_path, exchange(body, uri=f"{HOST.format('acme')}/roles/{spelled}"))[0]
    assert got.response.json == body and got.request.path.endswith(spelled)


def test_markup_in_documents_stays_well_formed(tmp_path):
    page = "<!DOCTYPE html><html><body style='x'><p>Gwendolyn of Zorbax ${a.b}</p></body></html>"
    got = distilled(tmp_path, exchange({"body": page}))[0].response.json["body"]
    assert got.startswith("<!DOCTYPE html><html><body style='x'><p>") and got.endswith(" ${a.b}</p></body></html>")
    assert "Zorbax" not in got
