"""Answers that are no captions: web pages and error messages saved under a caption's name."""

from __future__ import annotations

import re

_HTML = re.compile(
    r"^\s*(?>(?><!--.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_MESSAGES = (
    "could not retrieve a transcript for the video",
    "sign in to confirm you",
    "too many requests",
    "blocking requests from your ip",
    "access denied",
    "enable javascript",
    "404 not found",
    "403 forbidden",
    "502 bad gateway",
    "503 service unavailable",
    "internal server error",
    "subtitles are disabled for this video",
    "this video is unavailable",
    "our systems have detected unusual traffic",
    "<code>accessdenied</code>",
    "<code>nosuchkey</code>",
)
_MAX_MESSAGE_CHARS = 6_000


def error_page_message(text: str) -> str | None:
    """Return which error a short text or a web page reports, or None for anything else.

    A long text that merely speaks of an error is a transcript.
    """
    if _HTML.match(text[:2_000]):
        return "a web page"
    if len(text) > _MAX_MESSAGE_CHARS:
        return None
    folded = " ".join(text.lower().replace("\u2019", "'").split())
    return next((message for message in _MESSAGES if message in folded[:1_500]), None)
