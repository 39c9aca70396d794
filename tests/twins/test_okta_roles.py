"""Administrator roles, custom roles, resource sets: what is assigned, limited, listed and refused."""

import base64

import pytest
from okta_calls import call, ok, okta, seed


@pytest.fixture
def org():
    twin = okta()
    seed(twin, "users", "00u1", {"id": "00u1", "status": "ACTIVE", "profile": {"login": "ann@example.com"}})
    return twin


@pytest.fixture
def group(org):
    return ok(org, "POST /api/v1/groups", {"profile": {"name": "admins"}})["id"]


def assign(org, role, owner="users/00u1"):
    reply = call(org, f"POST /api/v1/{owner}/roles", {"type": role})
    assert reply.status == 201
    return reply.body


def test_a_role_that_can_be_limited_is_known_by_its_name(org):
    made = assign(org, "APP_ADMIN")
    assert made["id"] == base64.b32encode(b"APP_ADMIN").decode().rstrip("=")
    assert made["assignmentType"] == "USER" and made["_links"]["assignee"]["href"].endswith("/users/00u1")
    assert assign(org, "SUPER_ADMIN")["id"].startswith("ra1")


def test_roles_are_listed_by_type_and_taken_away(org):
    assign(org, "SUPER_ADMIN")
    app_admin = assign(org, "APP_ADMIN")["id"]
    assert [one["type"] for one in ok(org, "GET /api/v1/users/00u1/roles")] == ["APP_ADMIN", "SUPER_ADMIN"]
    assert call(org, f"DELETE /api/v1/users/00u1/roles/{app_admin}").status == 204
    refused = call(org, f"DELETE /api/v1/users/00u1/roles/{app_admin}")
    assert refused.status == 404 and refused.body["errorSummary"].endswith("(RoleAssignment)")


def test_a_group_that_is_not_there_has_no_roles(org):
    assert call(org, "GET /api/v1/groups/00gnone/roles").body["errorSummary"].endswith("00gnone (UserGroup)")


def test_a_role_is_limited_to_groups(org, group):
    role = assign(org, "USER_ADMIN")
    here = f"/api/v1/users/00u1/roles/{role['id']}"
    assert call(org, f"PUT {here}/targets/groups/{group}").status == 204
    limited = ok(org, f"GET {here}")
    assert limited["created"] > role["created"]
    assert [one["id"] for one in ok(org, f"GET {here}/targets/groups")] == [group]
    assert call(org, f"PUT {here}/targets/groups/00gnone").status == 404
    assert call(org, f"DELETE {here}/targets/groups/{group}").status == 204
    assert ok(org, f"GET {here}/targets/groups") == []


def test_a_role_is_limited_to_applications_of_the_catalogue_and_to_instances(org):
    seed(org, "apps", "0oa1", {"id": "0oa1", "name": "bookmark", "label": "Home", "status": "ACTIVE"})
    here = f"/api/v1/users/00u1/roles/{assign(org, 'APP_ADMIN')['id']}/targets/catalog/apps"
    assert call(org, f"PUT {here}/oidc_client").status == 204
    assert call(org, f"PUT {here}/bookmark/0oa1").status == 204
    instance, of_catalogue = ok(org, f"GET {here}")
    assert (instance["id"], instance["name"], of_catalogue["name"]) == ("0oa1", "Home", "oidc_client")
    assert call(org, f"PUT {here}/bookmark/0oanone").status == 404
    assert call(org, f"PUT {here}/never_recorded").status == 204  # nobody is told what the catalogue says of it
    assert call(org, f"GET {here}").status == 501
    assert call(org, f"DELETE {here}/never_recorded").status == 204
    assert call(org, f"GET {here}").status == 200


def test_a_custom_role_is_found_by_its_label_and_its_label_is_its_own(org):
    body = {"label": "Readers", "description": "read", "permissions": ["okta.users.read", "okta.apps.read"]}
    role = ok(org, "POST /api/v1/iam/roles", body)
    assert role["isCloneable"] is False and "permissions" not in role
    assert ok(org, "GET /api/v1/iam/roles/Readers")["id"] == role["id"]
    refused = call(org, "POST /api/v1/iam/roles", body)
    assert refused.status == 400 and refused.body["errorSummary"] == "Api validation failed: label"
    permissions = ok(org, f"GET /api/v1/iam/roles/{role['id']}/permissions")["permissions"]
    assert [one["label"] for one in permissions] == ["okta.apps.read", "okta.users.read"]
    assert call(org, f"DELETE /api/v1/iam/roles/{role['id']}").status == 204
    assert call(org, "GET /api/v1/iam/roles/Readers").status == 404
    assert call(org, "POST /api/v1/iam/roles", body).status == 200


def test_a_role_is_changed_and_keeps_what_is_not_its_body(org):
    role = ok(org, "POST /api/v1/iam/roles", {"label": "A", "description": "a", "permissions": ["okta.users.read"]})
    changed = ok(org, f"PUT /api/v1/iam/roles/{role['id']}", {"label": "B", "description": "b"})
    assert (changed["label"], changed["created"]) == ("B", role["created"]) and changed["lastUpdated"] > role[
        "lastUpdated"
    ]
    assert len(ok(org, f"GET /api/v1/iam/roles/{role['id']}/permissions")["permissions"]) == 1


def test_a_resource_set_has_members_by_orn(org):
    orn = "orn:okta:idp:00o1:apps:bookmark:0oa{}"
    made = ok(org, "POST /api/v1/iam/resource-sets", {"label": "S", "description": "d", "resources": [orn.format(1)]})
    here = f"/api/v1/iam/resource-sets/{made['id']}"
    ok(org, f"PATCH {here}/resources", {"additions": [orn.format(2)]})
    members = ok(org, f"GET {here}/resources")["resources"]
    assert [one["orn"] for one in members] == [orn.format(1), orn.format(2)]
    assert members[0]["_links"]["self"]["href"].endswith("/api/v1/apps/0oa1")
    assert call(org, f"DELETE {here}/resources/{members[0]['id']}").status == 204
    assert len(ok(org, f"GET {here}/resources")["resources"]) == 1
    assert call(org, f"POST {here}/bindings", {"role": "none"}).body["errorSummary"].endswith("none (CustomRole)")


def test_everything_about_access_says_where_it_is(org):
    reply = call(org, "POST /api/v1/iam/roles", {"label": "L", "description": "d", "permissions": []})
    assert reply.headers["link"] == f'<{reply.body["_links"]["self"]["href"]}>; rel="self"'


def test_who_has_roles(org, group):
    assign(org, "APP_ADMIN")
    assign(org, "APP_ADMIN", f"groups/{group}")
    assert [one["id"] for one in ok(org, "GET /api/v1/iam/assignees/users")["value"]] == ["00u1"]
