"""Whatever a twin or a recording says, reports keep their structure and show the text literally."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.reports.badge import badge_svg
from conformance.reports.document import schema
from conformance.reports.html import report_html
from conformance.reports.junit import junit_xml
from conformance.reports.markdown import summary_md
from conformance.reports.terminal import make_console, print_run
from conformance.reports.text import clean
from conformance.reports.write import report_json
from conformance.scoring.baseline import Baseline, gate
from scoring.factories import NOW, filled_with

HOSTILE = [
    "<script>alert(1)</script>",
    "</script></style></title><svg onload=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "{{ 7 * 7 }}{% raw %}",
    "]]><!--",
    "&amp;&lt;&#60;",
    "a\x00\x08\x0b\x1b[2J\x1b]0;title\x07\x7f\x9b31mb",
    "line\r\n| new | row |\n# heading\n```",
    "`code` | pipe \\| **bold** [link](http://x.example) ![i](x) <b>",
    "@someone #12 www.example.org http://example.org a@example.org",
    "[bold red]markup[/] [link=http://x]y[/link] :smile:",
    "\ud800 lone \ufffe\uffff",
    "\u202eright to left\u2066\u200b\u2028\u2029",
    "…" * 3000,
]
TEXTS = st.text(st.characters() | st.sampled_from("<>&\"'`|\\[]\n\r\x1b\x00\ud800"), min_size=1, max_size=30).filter(
    lambda text: text.strip(" ")
)

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e]")


class Elements(HTMLParser):
    """Tags with the names of their attributes, in order, and the text between them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_comment(self, data):
        self.tags.append(("comment", ()))

    def handle_data(self, data):
        self.text.append(data)


def markdown_tokens(text):
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for token in parser.parse(text):
        yield token.type, token.tag
        for child in token.children or ():
            yield child.type, child.content if child.type == "html_inline" else child.tag


def xml_tags(text):
    return [(element.tag, sorted(element.attrib)) for element in ElementTree.fromstring(text.encode()).iter()]


@pytest.fixture(scope="module")
def benign():
    return filled_with("benign")


def both(check):
    """Run ``check(text)`` on the chosen hostile texts."""
    return pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))(check)


@both
def test_html(text, benign):
    page = report_html(filled_with(text))
    elements = Elements(page)
    assert elements.tags == Elements(report_html(benign)).tags
    assert clean(text) in "".join(elements.text)
    assert not ILLEGAL.search(page)
    assert not any(name.startswith("on") for _, names in elements.tags for name in names)


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_html_keeps_its_structure_whatever_the_text(text):
    assert Elements(report_html(filled_with(text))).tags == Elements(report_html(filled_with("x"))).tags


@both
def test_junit(text, benign):
    document = junit_xml(filled_with(text))
    assert xml_tags(document) == xml_tags(junit_xml(benign))
    assert not ILLEGAL.search(document)
    failures = ElementTree.fromstring(document.encode()).findall(".//failure")
    assert any(clean(text) in (failure.text or "") for failure in failures)


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_junit_is_well_formed_whatever_the_text(text):
    assert xml_tags(junit_xml(filled_with(text))) == xml_tags(junit_xml(filled_with("x")))


@both
def test_markdown(text, benign):
    summary = summary_md(filled_with(text))
    assert not ILLEGAL.search(unescape(summary))
    tokens = list(markdown_tokens(summary))
    assert tokens == list(markdown_tokens(summary_md(benign)))


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_markdown_keeps_its_structure_whatever_the_text(text):
    assert list(markdown_tokens(summary_md(filled_with(text)))) == list(markdown_tokens(summary_md(filled_with("x"))))


def test_markdown_makes_no_links_or_mentions():
    summary = summary_md(filled_with("@someone #12 www.example.org http://example.org"))
    assert not re.search(r"[@]\w|#\d+ www|www\.|http:", summary.replace("&#", ""))


@both
def test_badge(text, benign):
    from dataclasses import replace

    run = filled_with(text)
    (target,) = run.targets
    named = replace(run, targets=(replace(target, facts=replace(target.facts, target=text)),))
    assert xml_tags(badge_svg(named)) == xml_tags(badge_svg(benign))


@both
@pytest.mark.parametrize("width", [40, 80, 120])
def test_terminal(text, width, capsys):
    run = filled_with(text)
    print_run(make_console(width=width), run, gate=gate(run, Baseline("", {"canal": frozenset({text})}), NOW.date()))
    printed = capsys.readouterr().out
    assert not ILLEGAL.search(printed)


def test_terminal_shows_markup_literally(capsys):
    print_run(make_console(width=120), filled_with("[bold]x[/bold]"))
    assert "[bold]x[/bold]" in capsys.readouterr().out


@both
def test_json(text):
    encoded = report_json(filled_with(text)).encode("utf-8", "backslashreplace")
    document = json.loads(encoded)
    jsonschema.validate(document, schema())
    assert document["targets"][0]["differences"][0]["expected"] == text
