"""How programs of Google's APIs are written out for google-api-python-client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from conformance.programs.model import Call
from conformance.programs.writing import CallText, Raw, header_claim, refusal_lines
from targets.google.media import media_content

IMPORTS = """\
import io
import json
import httplib2
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload
"""

CLIENT = '''\
class Signed(httplib2.Http):
    """Sends the twin's token; Google's own credentials would try to renew one that is refused."""

    def request(self, uri, method="GET", body=None, headers=None, *rest, **more):
        signed = {**(headers or {}), "authorization": "Bearer " + os.environ.get("CONFORMANCE_TWIN_TOKEN", "twin")}
        return super().request(uri, method, body, signed, *rest, **more)


def client(name, version):
    """Google's client library, talking to the twin."""
    document = json.loads(get_static_doc(name, version))
    document["rootUrl"] = f"{TWIN}/"
    document.pop("mtlsRootUrl", None)
    return build_from_document(document, http=Signed())
'''

FIXTURE = """\
@pytest.fixture
def {name}():
    return client("{name}", "{version}")
"""


def preamble(name: str, version: str) -> tuple[str, str]:
    """Import lines, and the text of the client's fixture."""
    return IMPORTS, f"{CLIENT}\n\n{FIXTURE.format(name=name, version=version)}"


def written(api: str, call: Call) -> CallText | None:
    """``drive.files().get(fileId=…).execute()``; None for paths that the SDK does not know."""
    if call.sent_path is not None:
        return None
    resource, _, method = call.sdk_call.rpartition(".")
    chain = "".join(f".{part}()" for part in resource.split("."))
    amend = (f'request.uri += "&{urlencode(call.extra_query)}"',) if call.extra_query else ()
    return CallText(f"{api}{chain}.{method}", _arguments(call.arguments), ".execute()", amend)


def _arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _upload(value) if name == "media_body" else value for name, value in arguments.items()}


def _upload(media: Mapping[str, Any]) -> Raw:
    rest = "".join(f", {name}={media[name]!r}" for name in ("resumable", "chunksize") if name in media)
    content = media_content(media)
    return Raw(f"MediaIoBaseUpload(io.BytesIO({content!r}), mimetype={media['mimetype']!r}{rest})")


def refusal(call: str, status: int, answer: str) -> list[str]:
    """A call that must be refused."""
    return refusal_lines(call, "HttpError", f"status_code == {status}", answer, "json.loads(refused.value.content)")


def header(call: str, name: str, value: str) -> list[str]:
    """A header of an answer: the media type of ``content-type``, of others only that they are there."""
    lines = [f"request = {call}", "request.postproc = lambda response, content: response"]
    return [*lines, header_claim("request.execute()", name, value)]
