"""What the SDK's sources say, in both generations."""

import subprocess
import sys
import textwrap

import pytest

from targets.okta import TARGET, classic, generated
from targets.okta.surface import Parameter, surface

GENERATED = """
class ThingApi(ApiClient):
    async def list_things(
        self,
        kind: ThingKind,
        limit: Annotated[Optional[Annotated[int, Field(le=200)]], Field(description="how many")] = None,
        fresh: Optional[StrictBool] = None,
        expand: Annotated[Optional[List[StrictStr]], Field(description="more")] = None,
        show: Optional[List[StrictStr]] = None,
        if_match: Optional[StrictStr] = None,
        _headers: Optional[Dict[StrictStr, Any]] = None,
    ) -> List[Thing]:
        _response_types_map: Dict[str, Optional[str]] = {"200": "List[Thing]", "403": "Error"}

    def _list_things_serialize(self, kind, limit, fresh, expand, show, if_match, _headers):
        _collection_formats: Dict[str, str] = {"expand": "csv", "show": "multi"}
        if kind is not None:
            _path_params["thingKind"] = kind.value
        if limit is not None:
            _query_params.append(("limit", limit))
        if fresh is not None:
            _query_params.append(("isFresh", fresh))
        if expand is not None:
            _query_params.append(("expand", expand))
        if show is not None:
            _query_params.append(("show", show))
        if if_match is not None:
            _header_params["If-Match"] = if_match
        _header_params["Accept"] = self.select_header_accept(["application/json"])
        return self.param_serialize(method="GET", resource_path="/api/v1/{thingKind}/things")

    async def change_things(self, changes: Annotated[Optional[List[Change]], Field(description="d")] = None) -> None:
        _response_types_map: Dict[str, Optional[str]] = {"204": None}

    def _change_things_serialize(self, changes):
        if changes is not None:
            _body_params = changes
        return self.param_serialize(method="PATCH", resource_path="/api/v1/things")

    async def helper(self):
        pass
"""

CLASSIC = '''
class ThingClient(APIClient):
    async def list_things(self, kindId, query_params={}, keep_empty_params=False):
        """
        Args:
            kind_id {str}
            [query_params.limit] {str}
            [query_params.after] {str}
        """
        http_method = "get".upper()
        api_url = format_url(f"""
            {self._base_url}
            /api/v1/kinds/{kindId}/things
            """)
        response, error = await self._request_executor\\
            .execute(request, Thing)

    async def expire(self, kindId, keep_empty_params=False):
        """Fixed query."""
        http_method = "post".upper()
        api_url = format_url(f"""
            {self._base_url}
            /api/v1/kinds/{kindId}/expire?now=true
            """)

    async def forget(self, keep_empty_params=False):
        """Without a body."""
        http_method = "post".upper()
        api_url = format_url(f"""{self._base_url}/api/v1/forget""")

    async def forget_this(self, thing, keep_empty_params=False):
        """With a body, at the same place."""
        http_method = "post".upper()
        api_url = format_url(f"""{self._base_url}/api/v1/forget""")
'''


def endpoints(reader, tmp_path, folder, name, source):
    (tmp_path / folder).mkdir()
    (tmp_path / folder / name).write_text(textwrap.dedent(source))
    return {endpoint.sdk_call: endpoint for endpoint in reader.endpoints(tmp_path)}


def test_generated_classes_are_read(tmp_path):
    found = endpoints(generated, tmp_path, "api", "thing_api.py", GENERATED)
    assert set(found) == {"list_things", "change_things"}
    listing = found["list_things"]
    assert listing.operation == "GET /api/v1/{thingKind}/things"
    assert listing.answer == "List[Thing]" and listing.body is None
    assert listing.by_name == {
        "thingKind": Parameter("thingKind", "kind", "path", required=True),
        "limit": Parameter("limit", "limit", "query", "integer"),
        "isFresh": Parameter("isFresh", "fresh", "query", "boolean"),
        "expand": Parameter("expand", "expand", "query", "list"),
        "show": Parameter("show", "show", "query", "list", repeated=True),
        "If-Match": Parameter("If-Match", "if_match", "header"),
    }
    change = found["change_things"].body
    assert (change.python, change.model, change.listed, change.required) == ("changes", "Change", True, False)


def test_classic_clients_are_read(tmp_path):
    found = endpoints(classic, tmp_path, "resource_clients", "thing_client.py", CLASSIC)
    listing = found["list_things"]
    assert listing.operation == "GET /api/v1/kinds/{kindId}/things"
    assert [(p.name, p.place) for p in listing.parameters] == [
        ("kindId", "path"), ("limit", "query"), ("after", "query"),
    ]  # fmt: skip
    assert listing.answer == "Thing"
    assert found["expire"].fixed_query == (("now", "true"),)
    assert found["expire"].operation == "POST /api/v1/kinds/{kindId}/expire?now=true"
    assert found["forget_this"].body.python == "thing"
    assert "forget" not in found


def test_arguments_go_out_as_the_sdk_writes_them(tmp_path):
    listing = endpoints(generated, tmp_path, "api", "thing_api.py", GENERATED)["list_things"]
    arguments = {"thingKind": "a/b c", "limit": 5, "isFresh": True, "expand": ["x", "y"], "show": ["x", "y"]}
    assert listing.path(arguments) == "/api/v1/a%2Fb%20c/things"
    assert listing.query(arguments) == [
        ("limit", "5"), ("isFresh", "true"), ("expand", "x,y"), ("show", "x"), ("show", "y"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [("integer", "1_0"), ("integer", " 7"), ("boolean", "yes"), ("number", "xy")]
)
def test_what_the_sdk_cannot_send_is_no_argument(kind, text):
    with pytest.raises(ValueError, match=r"."):
        Parameter("p", "p", "query", kind).parse(text)


def test_the_whole_sdk_is_read():
    found = surface()
    counts = {"3.4.6": 699, "2.9.13": 341}
    assert len(found.endpoints) == counts.get(TARGET.sdk().version, len(found.endpoints))
    for endpoint in found.endpoints.values():
        in_path = [parameter.name for parameter in endpoint.parameters if parameter.place == "path"]
        assert all(f"{{{name}}}" in endpoint.template for name in in_path)
        assert endpoint.template.count("{") == len(in_path), endpoint.operation


def test_the_sdk_is_not_imported_to_say_what_it_can_do():
    program = (
        "import sys; from targets.okta import TARGET; TARGET.surface(); print(any(m == 'okta' for m in sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
