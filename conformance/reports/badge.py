"""``badge.svg``: one pill per target, coloured by its percentage."""

from __future__ import annotations

from html import escape

from conformance.reports.text import clean, percent_text
from conformance.scoring.model import RunScore, TargetScore

_HEIGHT = 20
_GAP = 6
_CHARACTER = 6.2
"""Mean width of a character in pixels, in Verdana at 11 px; ``textLength`` makes the text fit exactly."""
_PADDING = 12

_COLOURS = ((100, "#1a7f37"), (90, "#4c9a2a"), (75, "#9a7d0a"), (50, "#b35900"), (0, "#b42318"))
"""From which percentage on; all dark enough for white text (contrast of at least 4)."""
_UNKNOWN = "#6e7781"


def badge_svg(run: RunScore) -> str:
    """The text of ``badge.svg``."""
    pills, x = [], 0
    for target in run.targets:
        pill, width = _pill(target, x)
        pills.append(pill)
        x += width + _GAP
    width = max(1, x - _GAP)
    title = escape(", ".join(_words(target) for target in run.targets) or "nothing measured", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        f'<g font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" fill="#fff">{"".join(pills)}</g></svg>\n'
    )


def colour(percent: float | None) -> str:
    """Colour for a percentage; grey where nothing was measured."""
    if percent is None:
        return _UNKNOWN
    return next(shade for least, shade in _COLOURS if percent >= least)


def _words(target: TargetScore) -> str:
    return f"{clean(target.name)}: {percent_text(target.compatibility)} compatible"


def _pill(target: TargetScore, x: int) -> tuple[str, int]:
    name, value = clean(target.name), percent_text(target.compatibility)
    left, right = _width(name), _width(value)
    parts = (
        f'<rect x="{x}" width="{left + right}" height="{_HEIGHT}" rx="4" fill="{colour(target.compatibility)}"/>',
        f'<path d="M{x + 4} 0h{left - 4}v{_HEIGHT}h{4 - left}a4 4 0 0 1-4-4v-12a4 4 0 0 1 4-4z" fill="#444c56"/>',
        _label(x, left, name),
        _label(x + left, right, value),
    )
    return "".join(parts), left + right


def _width(text: str) -> int:
    return round(len(text) * _CHARACTER) + _PADDING


def _label(x: int, width: int, text: str) -> str:
    length = width - _PADDING
    return f'<text x="{x + _PADDING // 2}" y="14" textLength="{length}">{escape(text)}</text>'
