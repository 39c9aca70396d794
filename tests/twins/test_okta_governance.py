"""Identity governance of the Okta twin."""

from __future__ import annotations

import pytest
from okta_calls import call, ok, okta, seed

from conformance.twinkit.twin import Twin

V1, V2 = "/governance/api/v1", "/governance/api/v2"
APP = {"externalId": "0oa1", "type": "APPLICATION"}


@pytest.fixture
def twin() -> Twin:
    return okta()


def test_a_campaign_knows_when_it_ends(twin: Twin) -> None:
    schedule = {"type": "ONE_OFF", "startDate": "2026-10-04T13:00:00Z", "durationInDays": 30, "timeZone": "UTC"}
    sent = {"name": "c", "scheduleSettings": {**schedule, "recurrence": {"interval": ""}}}
    made = ok(twin, f"POST {V1}/campaigns", sent)
    assert made["status"] == "SCHEDULED" and made["created"].endswith("Z") and "." not in made["created"]
    assert made["scheduleSettings"] == {
        **schedule,
        "startDate": "2026-10-04T13:00:00+00:00",
        "endDate": "2026-11-03T13:00:00+00:00",
    }
    assert ok(twin, f"GET {V1}/campaigns/{made['id']}") == made
    assert call(twin, f"DELETE {V1}/campaigns/{made['id']}").status == 204


def test_a_campaign_ends_at_the_same_time_of_day_when_summer_is_over(twin: Twin) -> None:
    schedule = {"startDate": "2026-10-04T13:00:00Z", "durationInDays": 30, "timeZone": "America/Vancouver"}
    shown = ok(twin, f"POST {V1}/campaigns", {"scheduleSettings": schedule})["scheduleSettings"]
    assert (shown["startDate"], shown["endDate"]) == ("2026-10-04T06:00:00-07:00", "2026-11-03T06:00:00-08:00")


def test_readers_of_a_bundle_see_the_values_that_were_chosen(twin: Twin) -> None:
    values = [{"name": name, "externalValue": name} for name in ("a", "b")]
    entitlement = ok(twin, f"POST {V1}/entitlements", {"name": "e", "parent": APP, "values": values})
    assert entitlement["metadata"] == {"total": 2} and entitlement["parentResourceOrn"].endswith(":0oa1")
    chosen = [{"id": entitlement["id"], "values": [{"id": entitlement["values"][1]["id"]}]}]
    made = ok(twin, f"POST {V1}/entitlement-bundles", {"name": "b", "target": APP, "entitlements": chosen})
    assert made["entitlements"] == chosen
    read = call(twin, f"GET {V1}/entitlement-bundles/{made['id']}")
    assert read.body["entitlements"][0]["values"] == [entitlement["values"][1]]
    assert str(read.headers["link"]).endswith(f'{made["id"]}>; rel="self"')


def test_a_request_condition_is_switched_on(twin: Twin) -> None:
    path = f"{V2}/resources/0oa1/request-conditions"
    made = ok(twin, f"POST {path}", {"name": "c"})
    assert (made["status"], made["priority"]) == ("INACTIVE", 0)
    assert ok(twin, f"POST {path}/{made['id']}/activate")["status"] == "ACTIVE"
    changed = ok(twin, f"PATCH {path}/{made['id']}", {"name": "d"})
    assert (changed["name"], changed["status"], changed["createdBy"]) == ("d", "ACTIVE", made["createdBy"])


def test_settings_lose_what_is_set_to_null(twin: Twin) -> None:
    path = f"{V2}/resources/0oa1/request-settings"
    risk = {"defaultSetting": {"requestSubmissionType": "ALLOWED_WITH_OVERRIDES", "accessDurationSettings": None}}
    changed = ok(twin, f"PATCH {path}", {"requestOnBehalfOfSettings": {"allowed": True}, "riskSettings": risk})
    assert changed["riskSettings"]["defaultSetting"] == {"requestSubmissionType": "ALLOWED_WITH_OVERRIDES"}
    ok(twin, f"PATCH {path}", {"requestOnBehalfOfSettings": None})
    assert "requestOnBehalfOfSettings" not in ok(twin, f"GET {path}")
    assert ok(twin, f"GET {V2}/request-settings")["provisioningStatus"] == "PROVISIONED"


def test_what_was_there_before_can_be_read(twin: Twin) -> None:
    seed(twin, "governance/api/v1/reviews", "icr1", {"id": "icr1", "decision": "UNREVIEWED"})
    assert ok(twin, f"GET {V1}/reviews/icr1")["decision"] == "UNREVIEWED"
    assert call(twin, f"GET {V1}/reviews/none").status == 404


def test_requests_for_entries_of_the_catalogue_are_taken(twin: Twin) -> None:
    path = f"{V2}/my/catalogs/default/entries/cen1/requests"
    made = call(twin, f"POST {path}", {"requesterFieldValues": []})
    assert (made.status, made.body["status"], made.body["requested"]) == (202, "SUBMITTED", {"entryId": "cen1"})
    assert ok(twin, f"GET {path}/{made.body['id']}") == made.body
