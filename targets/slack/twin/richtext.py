"""The block of rich text that the service makes of a message's text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.recordings.model import Json
from targets.slack.twin.emoji import UNICODE
from targets.slack.twin.texts import CONTROL, unescaped

BROADCASTS = ("here", "channel", "everyone")
STYLES = {"*": "bold", "_": "italic", "~": "strike", "`": "code"}

_FENCED = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_QUOTED = re.compile(r"^&gt; ?", re.MULTILINE)
_STYLED = re.compile(r"(?<![\w*_~`])([*_~`])(?=\S)([^\n]*?\S)\1(?![\w*_~`])")
_EMOJI = re.compile(r":([a-z0-9_+'\-]+):")


def rich_text(text: str, block_id: str) -> Json:
    """The block that shows a message's text."""
    return {"type": "rich_text", "block_id": block_id, "elements": list(_parts(text))}


def _parts(text: str) -> Iterator[Json]:
    """Fenced parts, quotes, and what lies between them."""
    end = 0
    for fence in _FENCED.finditer(text):
        yield from _paragraphs(text[end : fence.start()].rstrip("\n"))
        yield {"type": "rich_text_preformatted", "elements": list(_elements(fence.group(1), {})), "border": 0}
        end = fence.end()
    yield from _paragraphs(text[end:].lstrip("\n") if end else text)


def _paragraphs(text: str) -> Iterator[Json]:
    """Lines that are quoted, and lines that are not, in turns."""
    run: list[str] = []
    quoted = False
    for line in text.split("\n") if text else ():
        if run and bool(_QUOTED.match(line)) is not quoted:
            yield _paragraph(run, quoted)
            run = []
        quoted = bool(_QUOTED.match(line))
        run.append(_QUOTED.sub("", line))
    if run:
        yield _paragraph(run, quoted)


def _paragraph(lines: list[str], quoted: bool) -> Json:
    kind = "rich_text_quote" if quoted else "rich_text_section"
    return {"type": kind, "elements": list(_elements("\n".join(lines), {}))}


def _elements(text: str, style: Json) -> Iterator[Json]:
    """Mentions and links, and the words between them."""
    end = 0
    for control in CONTROL.finditer(text):
        yield from _words(text[end : control.start()], style)
        yield {**_control(control.group()[1:-1]), **_with(style)}
        end = control.end()
    yield from _words(text[end:], style)


def _words(text: str, style: Json) -> Iterator[Json]:
    """Styled words, and what lies between them."""
    end = 0
    for styled in _STYLED.finditer(text):
        yield from _plain(text[end : styled.start()], style)
        inner = {**style, STYLES[styled.group(1)]: True}
        yield from _plain(styled.group(2), inner) if "code" in inner else _words(styled.group(2), inner)
        end = styled.end()
    yield from _plain(text[end:], style)


def _plain(text: str, style: Json) -> Iterator[Json]:
    """Text and emoji, in order."""
    end = 0
    for emoji in () if "code" in style else _EMOJI.finditer(text):
        if emoji.start() > end:
            yield {"type": "text", "text": unescaped(text[end : emoji.start()]), **_with(style)}
        name = emoji.group(1)
        yield {"type": "emoji", "name": name, **({"unicode": UNICODE[name]} if name in UNICODE else {}), **_with(style)}
        end = emoji.end()
    if end < len(text):
        yield {"type": "text", "text": unescaped(text[end:]), **_with(style)}


def _with(style: Json) -> Json:
    return {"style": dict(style)} if style else {}


def _control(inside: str) -> Json:
    """A mention or a link, without its angle brackets."""
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.partition("^")[2]}
    if target.startswith("!"):
        word = target[1:]
        return {"type": "broadcast", "range": word} if word in BROADCASTS else {"type": "text", "text": f"<{inside}>"}
    return {"type": "link", "url": unescaped(target), **({"text": unescaped(label)} if label else {})}
