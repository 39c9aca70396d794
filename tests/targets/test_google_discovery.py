"""What the discovery documents say: surface, spelling of values, types of answers."""

import subprocess
import sys
from importlib import metadata

import pytest

from conformance.errors import BadConfiguration
from targets.google import discovery
from targets.google.drive import TARGET as DRIVE
from targets.google.sheets import TARGET as SHEETS


def test_every_operation_has_the_name_by_which_the_sdk_knows_it():
    surface = {**DRIVE.surface(), **SHEETS.surface()}
    assert surface["GET /drive/v3/files/{fileId}"].sdk_call == "files.get"
    assert surface["PUT /v4/spreadsheets/{spreadsheetId}/values/{range}"].sdk_call == "spreadsheets.values.update"
    assert surface["POST /v4/spreadsheets/{spreadsheetId}:batchUpdate"].sdk_call == "spreadsheets.batchUpdate"
    assert all(name == operation.name for name, operation in surface.items())


def test_surface_is_that_of_the_installed_sdk():
    assert len(SHEETS.surface()) == 17
    assert len(DRIVE.surface()) == len({operation.sdk_call for operation in DRIVE.surface().values()}) >= 48


def test_importing_a_target_does_not_import_the_sdk():
    code = "import targets.google.drive, targets.google.sheets, sys; sys.exit('googleapiclient' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_sdk_is_one_clear_sentence(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(BadConfiguration, match=r"pip install 'sdk-conformance\[google\]'"):
        DRIVE.sdk()


@pytest.mark.parametrize(
    ("name", "spelled", "canonical"),
    [
        ("supportsAllDrives", "True", "true"),
        ("supportsAllDrives", "FALSE", "false"),
        ("supportsAllDrives", "1", "1"),
        ("pageSize", "007", "7"),
        ("pageSize", "many", "many"),
        ("q", "True", "True"),
        ("nobodyKnowsThis", "True", "True"),
    ],
)
def test_values_are_compared_by_their_declared_type(name, spelled, canonical):
    parameter = discovery.api("drive").methods["GET /drive/v3/files"].parameters.get(name)
    assert (parameter.canonical(spelled) if parameter else spelled) == canonical


@pytest.mark.parametrize(
    ("target", "operation", "path", "owner"),
    [
        (DRIVE, "GET /drive/v3/files/{fileId}", ("owners", 0, "displayName"), "User.displayName"),
        (DRIVE, "GET /drive/v3/files", ("files", 3, "parents", 0), "File.parents"),
        (DRIVE, "GET /drive/v3/files/{fileId}", ("capabilities", "canEdit"), "File.capabilities.canEdit"),
        (DRIVE, "GET /drive/v3/files/{fileId}", ("exportLinks", "text/csv"), "File.exportLinks.*"),
        (SHEETS, "GET /v4/spreadsheets/{spreadsheetId}", ("sheets", 0, "properties", "title"), "SheetProperties.title"),
        (SHEETS, "GET /v4/spreadsheets/{spreadsheetId}/values/{range}", ("values", 0, 1), "ValueRange.values"),
        (DRIVE, "DELETE /drive/v3/files/{fileId}", ("id",), ""),
        (DRIVE, "GET /drive/v3/files/{fileId}", ("error", "message"), ""),
        (DRIVE, "GET /nowhere", ("id",), ""),
    ],
)
def test_leaf_types_are_read_off_the_schema_of_the_answer(target, operation, path, owner):
    assert target.leaf_type(operation, path) == owner
