"""Whether a person's words mean something on the net or a file here; a guess is never made.

What is there as a file is that file. `www.` and the hosts of YouTube need no `https://`; other
words that only look like an address end in a sentence that says how to write the one or the other.
"""

from __future__ import annotations

import os
import re

from footnoted.errors import UsageError
from footnoted.sources.names import MEDIA_EXTENSIONS, TRANSCRIPT_EXTENSIONS
from footnoted.sources.youtube.locator import is_youtube_host, youtube_locator

_WEB = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_HOST = re.compile(r"((?:[a-z0-9-]+\.)+([a-z]{2,24}))(?::\d{1,5})?(?=[/?#]|$)", re.IGNORECASE)
_FILES = MEDIA_EXTENSIONS | TRANSCRIPT_EXTENSIONS | {"opml", "csv", "zip", "pdf", "html", "htm"}


def address_of(text: str) -> str | None:
    """Return the address that `text` means; None where it means a file, a folder or a glob.

    Raises UsageError for addresses of other kinds than the web's, for what may be either, and for
    nothing at all, which would mean the folder one happens to be in.
    """
    if not text.strip():
        message = "an empty word names no place; write a dot (.) for the folder you are in"
        raise UsageError(message)
    if _WEB.match(text):
        return text
    if os.path.lexists(os.path.expanduser(text)):  # noqa: PTH111 - odd names
        return None
    scheme = _SCHEME.match(text)
    if scheme is not None:
        message = f"{text}: only http and https are followed, not {scheme[1].lower()}"
        raise UsageError(message)
    host = _HOST.match(text)
    if youtube_locator(text) is not None:
        return text
    if host is None or (host.end() == len(text) and host[2].lower() in _FILES):
        return None
    if host[1].lower().startswith("www.") or is_youtube_host(host[1]):
        return f"https://{text}"
    message = f"{text}: there is no such file or folder; write https://{text} for the address"
    raise UsageError(message)
