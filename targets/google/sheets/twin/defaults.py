"""Format and theme of a new spreadsheet."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _rgb(red: float = 0, green: float = 0, blue: float = 0) -> Json:
    """A Color document; the vendor leaves out what is 0."""
    return {name: part for name, part in (("red", red), ("green", green), ("blue", blue)) if part}


WHITE = _rgb(1, 1, 1)

DEFAULT_FORMAT: Json = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}
"""The format of a new spreadsheet's cells."""

DEFAULT_THEME: Json = {
    "primaryFontFamily": "Arial",
    "themeColors": [
        {"colorType": name, "color": {"rgbColor": color}}
        for name, color in (
            ("TEXT", _rgb()),
            ("BACKGROUND", WHITE),
            ("ACCENT1", _rgb(0.25882354, 0.52156866, 0.95686275)),
            ("ACCENT2", _rgb(0.91764706, 0.2627451, 0.20784314)),
            ("ACCENT3", _rgb(0.9843137, 0.7372549, 0.015686275)),
            ("ACCENT4", _rgb(0.20392157, 0.65882355, 0.3254902)),
            ("ACCENT5", _rgb(1, 0.42745098, 0.003921569)),
            ("ACCENT6", _rgb(0.27450982, 0.7411765, 0.7764706)),
            ("LINK", _rgb(0.06666667, 0.33333334, 0.8)),
        )
    ],
}
"""The theme of a new spreadsheet."""
