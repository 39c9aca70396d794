"""What the official SDK sends is understood, and what comes back is what it expects."""

import io
import json
from urllib.parse import urlsplit

import pytest

httplib2 = pytest.importorskip("httplib2")
from googleapiclient.discovery import build_from_document  # noqa: E402 - only where the SDK is installed
from googleapiclient.errors import HttpError  # noqa: E402
from googleapiclient.http import MediaIoBaseDownload, MediaIoBaseUpload  # noqa: E402

from conformance.twinkit.asgi import encode_reply  # noqa: E402
from conformance.twinkit.service import TwinRequest  # noqa: E402
from conformance.twinkit.twin import Twin, parse_query  # noqa: E402
from targets.google import schemas  # noqa: E402
from targets.google.drive.twin.service import SERVICE  # noqa: E402
from targets.google.state import FOLDER, SPREADSHEET  # noqa: E402

BASE = "http://twin.test"


class InProcess:
    """An ``httplib2.Http`` that asks the twin without a socket."""

    redirect_codes = frozenset()

    def __init__(self, twin):
        self.twin = twin

    def request(self, uri, method="GET", body=None, headers=None, **_):
        parts = urlsplit(uri)
        content = body.read() if hasattr(body, "read") else body or b""
        request = TwinRequest(
            method,
            parts.path,
            query=parse_query(parts.query),
            headers={name.lower(): str(value) for name, value in (headers or {}).items()},
            body=content.encode() if isinstance(content, str) else content,
            base_url=BASE,
        )
        start, answer = encode_reply(self.twin.handle(request).reply)
        lines = {name.decode(): value.decode() for name, value in start["headers"]}
        return httplib2.Response({**lines, "status": str(start["status"])}), answer

    def close(self):
        pass


@pytest.fixture
def twin():
    return Twin([SERVICE])


@pytest.fixture
def drive(twin):
    document = json.loads(json.dumps({**schemas.document("drive"), "rootUrl": BASE + "/"}))
    document.pop("mtlsRootUrl", None)
    return build_from_document(document, http=InProcess(twin))


def upload_of(content, mime_type="text/plain", **options):
    return MediaIoBaseUpload(io.BytesIO(content), mime_type, **options)


def downloaded(request, chunk=1 << 20):
    out = io.BytesIO()
    loader = MediaIoBaseDownload(out, request, chunksize=chunk)
    done = False
    while not done:
        _, done = loader.next_chunk()
    return out.getvalue()


def test_multipart_upload_and_download(drive):
    media = upload_of(b"line\r\n\r\n--x\nline", "text/plain")
    made = drive.files().create(body={"name": "a.tar.gz"}, media_body=media, fields="*").execute()
    assert (made["name"], made["mimeType"], made["size"]) == ("a.tar.gz", "text/plain", "16")
    assert (made["fileExtension"], made["fullFileExtension"]) == ("gz", "tar.gz")
    assert drive.files().get_media(fileId=made["id"]).execute() == b"line\r\n\r\n--x\nline"


def test_upload_without_metadata(drive):
    made = drive.files().create(media_body=upload_of(b"x", "image/png")).execute()
    assert (made["name"], made["mimeType"]) == ("Untitled", "image/png")


def test_resumable_upload_in_pieces(drive, twin):
    content = bytes(range(256)) * 3000
    media = upload_of(content, "application/pdf", chunksize=256 * 1024, resumable=True)
    request = drive.files().create(body={"name": "big"}, media_body=media, fields="id,size")
    seen = []
    made = None
    while made is None:
        status, made = request.next_chunk()
        seen.append(status.resumable_progress if status else None)
    assert seen == [256 * 1024, 512 * 1024, None]
    assert made["size"] == str(len(content))
    assert downloaded(drive.files().get_media(fileId=made["id"]), 100_000) == content
    assert not twin.store["google"].uploads


def test_new_content_for_a_file(drive):
    made = drive.files().create(body={"name": "n"}, media_body=upload_of(b"one")).execute()
    changed = drive.files().update(fileId=made["id"], media_body=upload_of(b"two!"), fields="size,modifiedTime")
    assert changed.execute()["size"] == "4"
    revisions = drive.revisions().list(fileId=made["id"]).execute()["revisions"]
    assert [set(revision) for revision in revisions] == [{"kind", "id", "mimeType", "modifiedTime"}] * 2


def test_empty_content_is_downloaded_as_such(drive):
    made = drive.files().create(body={"name": "n"}, media_body=upload_of(b"")).execute()
    assert downloaded(drive.files().get_media(fileId=made["id"])) == b""


def test_googles_own_files_are_not_downloadable(drive):
    made = drive.files().create(body={"name": "s", "mimeType": SPREADSHEET}).execute()
    with pytest.raises(HttpError) as caught:
        drive.files().get_media(fileId=made["id"]).execute()
    assert (caught.value.status_code, caught.value.error_details[0]["reason"]) == (403, "fileNotDownloadable")


def test_pages_are_followed_to_the_end(drive):
    for number in range(7):
        drive.files().create(body={"name": f"f{number}", "mimeType": FOLDER}).execute()
    request = drive.files().list(pageSize=3, orderBy="name")
    names, pages = [], 0
    while request is not None:
        answer = request.execute()
        names += [file["name"] for file in answer["files"]]
        pages += 1
        request = drive.files().list_next(request, answer)
    assert (names, pages) == ([f"f{number}" for number in range(7)], 3)


def test_a_missing_file_is_an_http_error(drive):
    with pytest.raises(HttpError) as caught:
        drive.files().get(fileId="nowhere").execute()
    assert caught.value.reason == "File not found: nowhere."
    assert caught.value.error_details == [
        {
            "message": "File not found: nowhere.",
            "domain": "global",
            "reason": "notFound",
            "location": "fileId",
            "locationType": "parameter",
        }
    ]


def test_deleting_answers_nothing(drive):
    made = drive.files().create(body={"name": "f", "mimeType": FOLDER}).execute()
    assert drive.files().delete(fileId=made["id"]).execute() == ""


def test_a_query_too_long_for_a_uri(drive):
    drive.files().create(body={"name": "f", "mimeType": FOLDER}).execute()
    query = " or ".join(f"name = '{'x' * 100}{number}'" for number in range(30)) + " or name = 'f'"
    assert [file["name"] for file in drive.files().list(q=query).execute()["files"]] == ["f"]


def test_times_of_the_callers_own(drive):
    body = {"name": "f", "modifiedTime": "2020-01-01T02:00:00+02:00"}
    made = drive.files().create(body=body, media_body=upload_of(b"x"), fields="id,modifiedTime").execute()
    assert made["modifiedTime"] == "2020-01-01T00:00:00.000Z"
    body = {"modifiedTime": "2021-01-01T00:00:00Z"}
    changed = drive.files().update(fileId=made["id"], body=body, media_body=upload_of(b"y"), fields="modifiedTime")
    assert changed.execute() == {"modifiedTime": "2021-01-01T00:00:00.000Z"}
