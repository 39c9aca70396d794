"""Drive's twin, asked in-process."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.twinkit.service import TwinRequest
from conformance.twinkit.twin import Twin
from targets.google.drive.twin.contents import crc32c
from targets.google.drive.twin.service import SERVICE
from targets.google.sheets.twin.model import new_spreadsheet
from targets.google.state import DOCUMENT, FOLDER, SPREADSHEET

V3 = "/drive/v3/"


class Client:
    def __init__(self):
        self.twin = Twin([SERVICE])

    @property
    def state(self):
        return self.twin.store["google"]

    def ask(self, method, path, body=None, **query):
        content = b"" if body is None else json.dumps(body).encode()
        asked = {name: [str(value)] for name, value in query.items()}
        return self.twin.handle(TwinRequest(method, V3 + path, query=asked, body=content, base_url="http://t")).reply

    def get(self, path, **query):
        return self.good(self.ask("GET", path, **query))

    def post(self, path, body=None, **query):
        return self.good(self.ask("POST", path, body, **query))

    def patch(self, path, body=None, **query):
        return self.good(self.ask("PATCH", path, body, **query))

    def delete(self, path, **query):
        reply = self.ask("DELETE", path, **query)
        assert (reply.status, reply.body) == (204, None), reply.body

    def good(self, reply):
        assert reply.status == 200, reply.body
        return json.loads(json.dumps(reply.body))

    def error(self, method, path, body=None, **query):
        reply = self.ask(method, path, body, **query)
        error = reply.body["error"]
        assert error["code"] == reply.status
        assert error["message"] == error["errors"][0]["message"]
        return reply.status, error["errors"][0]["reason"], error["errors"][0].get("location")

    def seed(self, **facts):
        SERVICE.seed(self.state, facts)

    def make(self, name, mime_type=FOLDER, **more):
        return self.post("files", {"name": name, "mimeType": mime_type, **more})["id"]

    def names(self, **query):
        return [file["name"] for file in self.get("files", **query)["files"]]


@pytest.fixture
def drive():
    return Client()


def test_defaults_show_four_fields(drive):
    made = drive.post("files", {"name": "f", "mimeType": FOLDER})
    assert made == {"kind": "drive#file", "id": made["id"], "name": "f", "mimeType": FOLDER}
    assert drive.get(f"files/{made['id']}") == made
    assert drive.get("files") == {"kind": "drive#fileList", "incompleteSearch": False, "files": [made]}


def test_null_in_a_body_is_unset(drive):
    made = drive.post("files", {"name": None, "mimeType": FOLDER})
    assert made["name"] == "Untitled"


@pytest.mark.parametrize(("mime_type", "length"), [(SPREADSHEET, 44), (DOCUMENT, 44), (FOLDER, 33), ("text/css", 33)])
def test_ids_have_the_length_of_their_kind(drive, mime_type, length):
    assert re.fullmatch(rf"1[\w-]{{{length - 1}}}", drive.make("x", mime_type))


def test_a_whole_file(drive):
    file = drive.get(f"files/{drive.make('s', SPREADSHEET)}", fields="*")
    assert file["webViewLink"] == f"https://docs.google.com/spreadsheets/d/{file['id']}/edit?usp=drivesdk"
    assert file["parents"] == [drive.get("files/root", fields="id")["id"]]
    assert file["size"] == "1024"
    assert file["createdTime"] < file["modifiedTime"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", file["createdTime"])
    assert [owner["me"] for owner in file["owners"]] == [True]
    assert file["capabilities"]["canEdit"] is True
    assert (file["trashed"], file["starred"], file["shared"]) == (False, False, False)


def test_folders_have_no_size(drive):
    assert "size" not in drive.get(f"files/{drive.make('f')}", fields="*")


def test_masks_reach_inside(drive):
    drive.make("f")
    assert drive.get("files", fields="files(owners/me,name)") == {"files": [{"name": "f", "owners": [{"me": True}]}]}


@pytest.mark.parametrize("mask", ["bogus", "files(bogus)", "files(", ","])
def test_what_is_answered_to_a_bad_mask_is_not_known(drive, mask):
    assert drive.error("GET", "files", fields=mask)[0] == 501


@pytest.mark.parametrize("path", ["about", "files/root/comments", "files/root/comments/x"])
def test_some_answers_need_a_mask(drive, path):
    assert drive.error("GET", path) == (400, "required", "fields")


@pytest.mark.parametrize("query", ["name", "bogus = 'x'", "name = 'a' nor name = 'b'", "trashed = 'no'"])
def test_a_bad_query_is_refused(drive, query):
    assert drive.error("GET", "files", q=query) == (400, "invalid", "q")


@pytest.mark.parametrize(
    ("method", "path", "location"),
    [
        ("GET", "files/x", "fileId"),
        ("PATCH", "files/x", "fileId"),
        ("DELETE", "files/x", "fileId"),
        ("POST", "files/x/copy", "fileId"),
        ("GET", "files/x/permissions", "fileId"),
        ("GET", "files/root/permissions/x", "permissionId"),
        ("GET", "files/root/revisions/x", "revisionId"),
        ("GET", "drives/x", "driveId"),
    ],
)
def test_what_is_not_there(drive, method, path, location):
    assert drive.error(method, path) == (404, "notFound", location)


def test_lists_are_newest_first_and_searched(drive):
    one, two = drive.make("one"), drive.make("two", SPREADSHEET)
    drive.make("three", parents=[one])
    assert drive.names() == ["three", "two", "one"]
    assert drive.names(q=f"mimeType = '{SPREADSHEET}'") == ["two"]
    assert drive.names(q=f"'{one}' in parents") == ["three"]
    assert drive.names(q="'root' in parents") == ["two", "one"]
    assert drive.names(orderBy="folder,name desc") == ["three", "one", "two"]
    drive.patch(f"files/{two}", {"name": "zwei"})
    assert drive.names(q="name contains 'zw'") == ["zwei"]
    assert drive.names()[0] == "zwei"


@given(st.integers(1, 12), st.integers(1, 12))
def test_pages_give_everything_once(count, size):
    drive = Client()
    for number in range(count):
        drive.make(f"f{number}")
    names, token = [], ""
    while True:
        answer = drive.get("files", pageSize=size, pageToken=token)
        assert len(answer["files"]) <= size
        names += [file["name"] for file in answer["files"]]
        if "nextPageToken" not in answer:
            break
        token = answer["nextPageToken"]
    assert names == [f"f{number}" for number in reversed(range(count))]


def test_tokens_of_other_lists_are_refused(drive):
    for name in "abc":
        drive.make(name)
    token = drive.get("files", pageSize=1)["nextPageToken"]
    assert token.startswith("~!!~")
    for bad in ("abc", token[:-8], "3"):
        assert drive.error("GET", "files", pageToken=bad) == (400, "invalid", "pageToken")
    assert drive.error("GET", "files", pageToken=token, q="trashed = true") == (400, "invalid", "pageToken")


def test_update_merges_properties_and_moves_the_time(drive):
    file_id = drive.make("f")
    before = drive.get(f"files/{file_id}", fields="*")
    drive.patch(f"files/{file_id}", {"properties": {"a": "1", "b": "2"}, "description": "d"})
    after = drive.patch(f"files/{file_id}", {"properties": {"a": None}, "description": None}, fields="*")
    assert after["properties"] == {"b": "2"}
    assert "description" not in after
    assert after["modifiedTime"] > before["modifiedTime"]
    assert int(after["version"]) > int(before["version"])


def test_starring_does_not_move_the_time(drive):
    file_id = drive.make("f")
    before = drive.get(f"files/{file_id}", fields="modifiedTime")
    after = drive.patch(f"files/{file_id}", {"starred": True}, fields="modifiedTime,starred")
    assert after == {**before, "starred": True}


def test_moving(drive):
    folder, file_id = drive.make("folder"), drive.make("f")
    moved = drive.patch(f"files/{file_id}", addParents=folder, removeParents="root", fields="parents")
    assert moved == {"parents": [folder]}
    assert drive.names(q=f"'{folder}' in parents") == ["f"]


def test_trash_holds_what_is_below_and_is_emptied(drive):
    folder = drive.make("folder")
    inner = drive.make("inner", parents=[folder])
    drive.patch(f"files/{folder}", {"trashed": True})
    shown = drive.get(f"files/{inner}", fields="trashed,explicitlyTrashed")
    assert shown == {"trashed": True, "explicitlyTrashed": False}
    assert drive.names(q="trashed = false") == []
    drive.delete("files/trash")
    assert drive.error("GET", f"files/{inner}")[0] == 404
    assert drive.names() == []


def test_copies(drive):
    folder = drive.make("folder")
    source = drive.make("s", SPREADSHEET, parents=[folder])
    drive.state.spreadsheets[source].sheets[0].properties["title"] = "Changed"
    made = drive.post(f"files/{source}/copy", fields="id,name,parents,createdTime,modifiedTime")
    assert (made["name"], made["parents"]) == ("Copy of s", [folder])
    assert made["createdTime"] == made["modifiedTime"]
    copied = drive.state.spreadsheets[made["id"]]
    assert (copied.spreadsheet_id, copied.properties["title"]) == (made["id"], "Copy of s")
    assert copied.sheets[0].title == "Changed"
    assert drive.post(f"files/{source}/copy", {"name": "mine"})["name"] == "mine"


def test_a_file_and_its_spreadsheet_stay_together(drive):
    file_id = drive.make("s", SPREADSHEET)
    drive.patch(f"files/{file_id}", {"name": "renamed"})
    assert drive.state.spreadsheets[file_id].properties["title"] == "renamed"
    drive.delete(f"files/{file_id}")
    assert file_id not in drive.state.spreadsheets
    made = new_spreadsheet(drive.state.new_file_id(SPREADSHEET), "from the other side")
    drive.state.add_spreadsheet(made)
    assert drive.get(f"files/{made.spreadsheet_id}")["name"] == "from the other side"


def test_export_of_values(drive):
    file_id = drive.make("s", SPREADSHEET)
    sheet = drive.state.spreadsheets[file_id].sheets[0]
    sheet.enter(0, 0, 'say "hi"')
    sheet.enter(1, 1, 2)
    reply = drive.ask("GET", f"files/{file_id}/export", mimeType="text/csv")
    assert (reply.body, reply.headers["Content-Type"]) == (b'"say ""hi""",\r\n,2', "text/csv")


def test_ids_for_later(drive):
    first, _ = drive.get("files/generateIds", count=2)["ids"]
    assert drive.make("f", id=first) == first
    assert drive.ask("POST", "files", {"name": "again", "id": first}).status == 501


def test_sharing(drive):
    file_id = drive.make("f")
    listed = drive.get(f"files/{file_id}/permissions")["permissions"]
    mine = drive.get("about", fields="user")["user"]["permissionId"]
    assert listed == [{"kind": "drive#permission", "id": mine, "type": "user", "role": "owner"}]
    link = drive.post(f"files/{file_id}/permissions", {"type": "anyone", "role": "reader"})
    assert (link["id"], link["allowFileDiscovery"]) == ("anyoneWithLink", False)
    body = {"type": "user", "role": "writer", "emailAddress": "pal@example.com"}
    pal = drive.post(f"files/{file_id}/permissions", body)
    assert re.fullmatch(r"\d{20}", pal["id"])
    assert "emailAddress" not in pal
    assert drive.names(q="'pal@example.com' in writers and visibility = 'anyoneWithLink'") == ["f"]
    changed = drive.patch(f"files/{file_id}/permissions/{pal['id']}", {"role": "reader"}, fields="*")
    assert (changed["role"], changed["emailAddress"]) == ("reader", "pal@example.com")
    other = drive.post(f"files/{drive.make('g')}/permissions", body)
    assert other["id"] == pal["id"]
    drive.delete(f"files/{file_id}/permissions/{pal['id']}")
    assert drive.error("GET", f"files/{file_id}/permissions/{pal['id']}") == (404, "notFound", "permissionId")
    assert drive.get(f"files/{file_id}", fields="shared") == {"shared": True}


def test_discussion(drive):
    where = f"files/{drive.make('s', SPREADSHEET)}/comments"
    first = drive.post(where, {"content": "a < b"}, fields="*")
    assert (first["htmlContent"], first["replies"], first["deleted"]) == ("a &lt; b", [], False)
    assert re.fullmatch(r"AAAB[\w-]{7}", first["id"])
    assert set(first["author"]) == {"kind", "displayName", "me", "photoLink"}
    second = drive.post(where, {"content": "second"}, fields="id")
    assert [c["id"] for c in drive.get(where, fields="comments/id")["comments"]] == [second["id"], first["id"]]
    reply = drive.post(f"{where}/{first['id']}/replies", {"content": "yes", "action": "resolve"}, fields="id,action")
    shown = drive.get(f"{where}/{first['id']}", fields="resolved,replies(id,content)")
    assert shown == {"resolved": True, "replies": [{"id": reply["id"], "content": "yes"}]}
    drive.delete(f"{where}/{first['id']}/replies/{reply['id']}")
    assert drive.get(f"{where}/{first['id']}", fields="replies") == {"replies": []}
    drive.delete(f"{where}/{first['id']}")
    assert drive.error("GET", f"{where}/{first['id']}", fields="id") == (404, "notFound", "commentId")
    gone = drive.get(f"{where}/{first['id']}", fields="deleted,content", includeDeleted="true")
    assert gone == {"deleted": True}


def test_shared_drives(drive):
    made = drive.post("drives", {"name": "Team"}, requestId="r1")
    assert made == {"kind": "drive#drive", "id": made["id"], "name": "Team"}
    assert re.fullmatch(r"0A[\w-]{11}Uk9PVA", made["id"])
    file_id = drive.make("f", parents=[made["id"]])
    assert drive.get(f"files/{file_id}", supportsAllDrives="true")["driveId"] == made["id"]
    assert drive.names() == []
    assert drive.names(includeItemsFromAllDrives="true", supportsAllDrives="true") == ["f"]
    assert drive.names(corpora="drive", driveId=made["id"], includeItemsFromAllDrives="true") == ["f"]
    drive.post(f"drives/{made['id']}/hide")
    assert drive.get(f"drives/{made['id']}", fields="hidden") == {"hidden": True}
    drive.post(f"drives/{made['id']}/unhide")
    assert drive.get("drives", q="name contains 'te' and hidden = false")["drives"] == [made]
    drive.delete(f"files/{file_id}")
    drive.delete(f"drives/{made['id']}")
    assert drive.error("GET", f"drives/{made['id']}") == (404, "notFound", "driveId")


def test_drives_come_ten_at_a_time(drive):
    for number in range(11):
        drive.post("drives", {"name": f"d{number:02}"}, requestId=f"r{number}")
    first = drive.get("drives")
    rest = drive.get("drives", pageToken=first["nextPageToken"])
    assert [d["name"] for d in first["drives"] + rest["drives"]] == [f"d{number:02}" for number in range(11)]


def test_changes_show_what_changed_since(drive):
    kept = drive.make("kept")
    token = drive.get("changes/startPageToken")["startPageToken"]
    assert drive.get("changes", pageToken=token) == {
        "kind": "drive#changeList",
        "changes": [],
        "newStartPageToken": token,
    }
    gone = drive.make("gone")
    drive.patch(f"files/{kept}", {"name": "k"})
    drive.patch(f"files/{kept}", {"name": "kk"})
    drive.delete(f"files/{gone}")
    shown = drive.get("changes", pageToken=token)
    assert [(c["fileId"], c["removed"]) for c in shown["changes"]] == [(kept, False), (gone, True)]
    assert shown["changes"][0]["file"]["name"] == "kk"
    assert shown["newStartPageToken"] == drive.get("changes/startPageToken")["startPageToken"]
    first = drive.get("changes", pageToken=token, pageSize=1)
    assert "newStartPageToken" not in first
    assert drive.get("changes", pageToken=first["nextPageToken"])["changes"] == shown["changes"][1:]
    assert len(drive.get("changes", pageToken=token, includeRemoved="false")["changes"]) == 1


def test_revisions_of_an_editors_file(drive):
    file_id = drive.make("s", SPREADSHEET)
    drive.patch(f"files/{file_id}", {"name": "a new name makes no revision"})
    shown = drive.get(f"files/{file_id}/revisions", fields="revisions(id,keepForever,published)")
    assert shown == {"revisions": [{"id": "1", "published": False}, {"id": "2", "published": False}]}


def test_operations_without_evidence_say_so(drive):
    assert drive.error("GET", "apps")[:2] == (501, "notImplemented")
    assert drive.error("GET", "no/such/path")[:2] == (501, "notImplemented")


def test_seeds_keep_ids_order_and_times(drive):
    drive.seed(rootFolderId="0A" + "r" * 11 + "Uk9PVA")
    drive.seed(files=[{"id": "first", "name": "newest"}, {"id": "second", "name": "older"}])
    drive.seed(files=[{"id": "third", "name": "oldest", "mimeType": "text/plain", "size": "3", "parents": ["first"]}])
    assert drive.names() == ["newest", "older", "oldest"]
    assert drive.get("files/root")["id"] == "0A" + "r" * 11 + "Uk9PVA"
    assert drive.get("files/second", fields="parents")["parents"] == ["0A" + "r" * 11 + "Uk9PVA"]
    assert drive.get("files/third", fields="size") == {"size": "3"}
    drive.make("made")
    assert drive.names()[0] == "made"


def test_what_is_made_is_newer_than_what_was_there(drive):
    drive.seed(files=[{"id": "x", "name": "was there", "modifiedTime": "2031-01-01T00:00:00.000Z"}])
    drive.make("made")
    assert drive.names() == ["made", "was there"]
    assert drive.get("files/x", fields="modifiedTime") == {"modifiedTime": "2031-01-01T00:00:00.000Z"}


def test_seeds_of_what_hangs_on_files(drive):
    drive.seed(about={"user": {"permissionId": "7", "displayName": "Pat"}}, startPageToken="55")
    drive.seed(files=[{"id": "f", "mimeType": SPREADSHEET, "name": "s"}], contents={})
    drive.seed(permissions={"f": [{"id": "7", "role": "owner"}, {"id": "8", "role": "reader"}]})
    drive.seed(comments={"f": [{"id": "c", "content": "hello"}]}, replies={"f": {"c": [{"id": "r"}]}})
    drive.seed(revisions={"f": [{"id": "4"}]})
    drive.seed(revisions={"f": [{"id": "9"}]}, drives=[{"id": "d", "name": "Team"}])
    assert [p["id"] for p in drive.get("files/f/permissions")["permissions"]] == ["7", "8"]
    assert drive.get("files/f/comments", fields="comments(content,replies/id,author/displayName)") == {
        "comments": [{"content": "hello", "replies": [{"id": "r"}], "author": {"displayName": "Pat"}}]
    }
    assert [r["id"] for r in drive.get("files/f/revisions")["revisions"]] == ["4", "9"]
    assert drive.get("drives/d")["name"] == "Team"
    assert drive.get("changes/startPageToken")["startPageToken"] == "55"
    assert drive.state.spreadsheets["f"].properties["title"] == "s"


def test_a_dump_can_be_seeded(drive):
    file_id = drive.make("f")
    drive.post(f"files/{file_id}/comments", {"content": "c"}, fields="id")
    facts = json.loads(json.dumps(SERVICE.dump(drive.state)))
    other = Client()
    other.seed(**facts)
    assert other.names() == ["f"]
    assert SERVICE.dump(other.state)["comments"] == facts["comments"]


def test_robots_get_a_page(drive):
    drive.twin.faults.add({"kind": "automated_queries", "service": "drive"})
    reply = drive.ask("GET", "files")
    assert (reply.status, reply.headers["Content-Type"]) == (429, "text/html; charset=UTF-8")
    assert drive.ask("GET", "files").status == 200


def test_a_snapshot_brings_back_everything(drive):
    drive.make("kept")
    before = SERVICE.dump(drive.state)
    name = drive.twin.store.snapshot()
    drive.make("lost")
    drive.twin.store.reset(name)
    assert SERVICE.dump(drive.state) == before


def test_crc32c_of_the_check_value():
    assert crc32c(b"123456789") == "4waSgw=="


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text(max_size=5), inside, max_size=2),
    max_leaves=5,
)
NAMES = ["name", "mimeType", "parents", "properties", "modifiedTime", "trashed", "content", "type", "role", "action"]
BODIES = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=3) | JSON
QUERIES = st.dictionaries(
    st.sampled_from(["fields", "pageSize", "pageToken", "orderBy", "addParents", "removeParents", "count", "q"]),
    st.text(max_size=6) | st.sampled_from(["root", "*", "1", "name desc", "files(id)"]),
    max_size=3,
)


@given(st.sampled_from(sorted(SERVICE.routes)), BODIES, QUERIES)
def test_whatever_is_sent_is_answered(operation, body, query):
    drive = Client()
    drive.seed(files=[{"id": "f", "name": "s", "mimeType": SPREADSHEET}], drives=[{"id": "d", "name": "D"}])
    drive.seed(comments={"f": [{"id": "c", "replies": [{"id": "r"}]}]}, permissions={"f": [{"id": "p"}]})
    ids = {"fileId": "f", "driveId": "d", "commentId": "c", "replyId": "r", "permissionId": "p", "revisionId": "1"}
    method, _, template = operation.partition(" ")
    path = re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], template)
    asked = {name: [value] for name, value in query.items()}
    reply = drive.twin.handle(TwinRequest(method, path, query=asked, body=json.dumps(body).encode())).reply
    assert reply.status in (200, 204, 308, 400, 403, 404, 501)
    assert reply.status < 400 or reply.body["error"]["code"] == reply.status


def test_a_folder_does_not_go_into_itself(drive):
    outer = drive.make("outer")
    inner = drive.make("inner", parents=[outer])
    assert drive.ask("PATCH", f"files/{outer}", addParents=inner, removeParents="root").status == 501
    assert drive.get(f"files/{inner}", fields="parents") == {"parents": [outer]}


def test_deleting_a_folder_deletes_what_is_below(drive):
    outer = drive.make("outer")
    inner = drive.make("inner", parents=[outer])
    leaf = drive.make("leaf", SPREADSHEET, parents=[inner])
    drive.delete(f"files/{outer}")
    assert [drive.error("GET", f"files/{gone}")[0] for gone in (outer, inner, leaf)] == [404, 404, 404]
    assert leaf not in drive.state.spreadsheets
