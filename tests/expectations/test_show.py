import json

import pytest

from conformance.commands import show
from conformance.errors import BadConfiguration
from expectations.factories import HOST, life


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    home = tmp_path / "recordings"
    home.mkdir()
    for number in range(9):
        (home / f"life{number}.json").write_text(json.dumps(cassette(life(number))), "utf-8")
    return home


def cassette(known):
    return {
        "version": 1,
        "provenance": {"service": "barges", "source": known.provenance.source, "recorded": ["2025-03-01"]},
        "interactions": [
            {
                "request": {
                    "method": i.request.method,
                    "uri": i.request.uri,
                    "body": i.request.body.decode(),
                    "headers": {},
                },
                "response": {
                    "status": {"code": i.response.status, "message": ""},
                    "headers": {name: list(lines) for name, lines in i.response.headers.items()},
                    "body": {"string": i.response.body.decode()},
                },
            }
            for i in known.interactions
        ],
    }


def test_an_operation_is_explained_with_its_evidence(folder, capsys):
    assert show.execute("GET /v1/barges/{bargesId}", [folder]) == 0
    text = capsys.readouterr().out
    assert "→ 200: seen in 9 recordings, 9 of them independent, 2025-03" in text
    assert "Always there: changed (9), created (9)" in text
    assert "→ 404 NO_BARGE" in text
    assert "life0.json (2025-03-01)" in text
    assert HOST not in text


def test_an_ambiguous_name_lists_what_it_could_mean(folder, capsys):
    assert show.execute("barges", [folder]) == 0
    text = capsys.readouterr().out
    assert "name one of them" in text
    assert "barges: POST /v1/barges → 200" in text


def test_no_name_lists_everything(folder, capsys):
    assert show.execute("", [folder]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_an_unknown_name_says_what_is_close(folder):
    with pytest.raises(BadConfiguration, match="did you mean"):
        show.execute("POST /v1/bargs", [folder])
