"""Answers that are no JSON: pages for people who lost their way, and those of the network in front of the service."""

from __future__ import annotations

import re

from conformance.twinkit.service import Reply

HTML = "text/html; charset=utf-8"

METHOD_NAME = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)*\Z")
"""What could be the name of a method; anything else is a path that does not exist."""

NOT_FOUND = Reply(
    b'<!DOCTYPE html><html lang="en-US" class=""><head><title>There\xe2\x80\x99s been a glitch\xe2\x80\xa6 | Slack'
    b"</title></head><body></body></html>",
    404,
    {"Content-Type": HTML},
)

CDN_REFUSAL = Reply(
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">\n'
    b"<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY>\n<H1>403 ERROR</H1>\n"
    b"<H2>The request could not be satisfied.</H2></BODY></HTML>\n",
    403,
    {"Content-Type": "text/html"},
)
"""A GET with a body does not get past the network."""
