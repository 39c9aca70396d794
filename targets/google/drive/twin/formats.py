"""Which formats Drive converts between: the service's own tables, as ``about`` gives them."""

from __future__ import annotations

from collections.abc import Mapping

from targets.google.state import GOOGLE_APPS

OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OLD_OPEN_DOCUMENT = "application/x-vnd.oasis.opendocument."

_EXPORTS: Mapping[str, tuple[str, ...]] = {
    "document": (
        "application/rtf",
        OPEN_DOCUMENT + "text",
        "text/html",
        "application/pdf",
        "text/x-markdown",
        "text/markdown",
        "application/epub+zip",
        "application/zip",
        OPEN_XML + "wordprocessingml.document",
        "text/plain",
    ),
    "vid": ("video/mp4",),
    "spreadsheet": (
        OLD_OPEN_DOCUMENT + "spreadsheet",
        "text/tab-separated-values",
        "application/pdf",
        OPEN_XML + "spreadsheetml.sheet",
        "text/csv",
        "application/zip",
        OPEN_DOCUMENT + "spreadsheet",
    ),
    "script": (GOOGLE_APPS + "script+json",),
    "presentation": (
        OPEN_DOCUMENT + "presentation",
        "application/pdf",
        OPEN_XML + "presentationml.presentation",
        "text/plain",
    ),
    "form": ("application/zip",),
    "drawing": ("image/svg+xml", "image/png", "application/pdf", "image/jpeg"),
    "site": ("text/plain",),
    "mail-layout": ("text/plain",),
}

EXPORT_FORMATS: Mapping[str, tuple[str, ...]] = {GOOGLE_APPS + kind: types for kind, types in _EXPORTS.items()}
"""Types to which files of Google's own types can be exported."""

EXPORT_NAMES: Mapping[str, str] = {
    "application/rtf": "rtf",
    "text/html": "html",
    "application/pdf": "pdf",
    "text/x-markdown": "markdown",
    "text/markdown": "markdown",
    "application/epub+zip": "epub",
    "application/zip": "zip",
    "text/plain": "txt",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpeg",
    OPEN_DOCUMENT + "text": "odt",
    OPEN_DOCUMENT + "spreadsheet": "ods",
    OLD_OPEN_DOCUMENT + "spreadsheet": "ods",
    OPEN_DOCUMENT + "presentation": "odp",
    OPEN_XML + "wordprocessingml.document": "docx",
    OPEN_XML + "spreadsheetml.sheet": "xlsx",
    OPEN_XML + "presentationml.presentation": "pptx",
}
"""What export links call the formats."""

_IMPORTS: Mapping[str, tuple[str, ...]] = {
    "presentation": (
        OPEN_DOCUMENT + "presentation",
        OLD_OPEN_DOCUMENT + "presentation",
        OPEN_XML + "presentationml.presentation",
        OPEN_XML + "presentationml.slideshow",
        OPEN_XML + "presentationml.template",
        "application/vnd.ms-powerpoint",
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
        "application/vnd.ms-powerpoint.template.macroenabled.12",
    ),
    "spreadsheet": (
        OPEN_DOCUMENT + "spreadsheet",
        OLD_OPEN_DOCUMENT + "spreadsheet",
        OPEN_XML + "spreadsheetml.sheet",
        OPEN_XML + "spreadsheetml.template",
        "application/vnd.ms-excel",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/vnd.ms-excel.template.macroenabled.12",
        "text/comma-separated-values",
        "text/csv",
        "text/tab-separated-values",
    ),
    "document": (
        OPEN_DOCUMENT + "text",
        OLD_OPEN_DOCUMENT + "text",
        OPEN_XML + "wordprocessingml.document",
        OPEN_XML + "wordprocessingml.template",
        "application/msword",
        "application/pdf",
        "application/rtf",
        "application/vnd.ms-word.document.macroenabled.12",
        "application/vnd.ms-word.template.macroenabled.12",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/jpg",
        "image/pjpeg",
        "image/png",
        "image/x-bmp",
        "image/x-png",
        "text/html",
        "text/markdown",
        "text/plain",
        "text/richtext",
        "text/rtf",
        "text/x-markdown",
    ),
    "vid": ("video/mp4", "video/ogg", "video/quicktime", "video/webm"),
    "drawing": ("application/x-msmetafile",),
    "script": (GOOGLE_APPS + "script+json", GOOGLE_APPS + "script+text/plain"),
}

IMPORT_FORMATS: Mapping[str, tuple[str, ...]] = {
    source: (GOOGLE_APPS + kind,) for kind, sources in _IMPORTS.items() for source in sources
}
"""Types from which files of Google's own types can be made."""

MAX_IMPORT_SIZES: Mapping[str, str] = {
    GOOGLE_APPS + "document": "10485760",
    GOOGLE_APPS + "spreadsheet": "104857600",
    GOOGLE_APPS + "presentation": "104857600",
    GOOGLE_APPS + "drawing": "2097152",
}
"""Bytes."""

MAX_UPLOAD_SIZE = "5242880000000"

_COLOURS = (
    "#ac725e #d06b64 #f83a22 #fa573c #ff7537 #ffad46 #fad165 #fbe983 #b3dc6c #7bd148 #16a765 #42d692 "
    "#92e1c0 #9fe1e7 #9fc6e7 #4986e7 #9a9cff #b99aff #a47ae2 #cd74e6 #f691b2 #cca6ac #cabdbf #8f8f8f"
)
FOLDER_COLOURS = tuple(_COLOURS.split())

_THEMES = (
    "abacus ea6100, blueprints 4285f4, bok_choy 689f38, books 4285f4, bread ef6c00, bubbles_color f06292, "
    "circuit 039be5, clams e91e63, clovers 689f38, cocktails db4437, concert ef6c00, desk 607d8b, "
    "donut_coffee f06292, fabric_rolls 78909c, flags 009688, flower_field e06055, flowers 689f38, glass 0f9d58, "
    "lighthouse 039be5, maps 8d6e63, mountains 5c6bc0, notebook 689f38, paper_colored 9c27b0, pencils 0097a7, "
    "roofing_metal 039be5, sticky_notes 0097a7, table 8d6e63, travel 039be5, waves ff5722, waves_blue 5c6bc0, "
    "wood 8d6e63"
)


def _theme(name: str, colour: str) -> Mapping[str, str]:
    link = f"https://ssl.gstatic.com/team_drive_themes/{name}_background.jpg"
    return {"id": name, "backgroundImageLink": link, "colorRgb": "#" + colour}


THEMES = tuple(_theme(*theme.split()) for theme in _THEMES.split(", "))
"""Themes of shared drives."""
