"""XML as a tree."""

from __future__ import annotations

import pytest

from conformance.recordings.markup import DEEPEST, LONGEST, xml_tree
from conformance.recordings.model import Response

SHELVES = b"""<?xml version="1.0"?>
<l:library xmlns:l="urn:library" l:open="true">
  <l:shelf name="a"><l:book>One</l:book><l:book lang="de">Zwei &amp; drei</l:book></l:shelf>
  <x:map xmlns:x="urn:maps"/>
</l:library>"""

TREE = {
    "library": {
        "@xmlns": "urn:library",
        "@open": "true",
        "shelf": [{"@name": "a", "book": ["One", {"@lang": "de", "#text": "Zwei & drei"}]}],
        "map": [{"@xmlns": "urn:maps"}],
    }
}


def test_tree() -> None:
    assert xml_tree(SHELVES) == TREE


def test_prefixes_and_space_between_elements_mean_nothing() -> None:
    assert xml_tree(SHELVES.replace(b"l:", b"k:").replace(b":l=", b":k=").replace(b"\n  ", b"")) == TREE


def test_mixed_text_is_kept() -> None:
    assert xml_tree(b"<p>one <b>two</b> three</p>") == {"p": {"#text": "one  three", "b": ["two"]}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain text",
        b"<p>not closed",
        b"<p>&unknown;</p>",
        b'<!DOCTYPE p [<!ENTITY a "aaaa">]><p>&a;</p>',
        b"<!DOCTYPE html><html></html>",
        b"<a>" * (DEEPEST + 2) + b"</a>" * (DEEPEST + 2),
        b"<a>" + b" " * LONGEST + b"</a>",
        b"\xff\xfe<\x00",
    ],
)
def test_what_is_not_read(body: bytes) -> None:
    assert xml_tree(body) is None


def test_document_is_json_or_xml() -> None:
    assert Response(200, body=b'{"a": 1}').document == {"a": 1}
    assert Response(200, body=b"<a>1</a>").document == {"a": "1"}
    assert Response(200, body=b"neither").document is None
