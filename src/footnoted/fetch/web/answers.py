"""Whether what came is what was asked for: its declared type, its size, its first bytes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.fetch.port import WebRefusedError
from footnoted.fetch.web.kinds import HTML, JSON, XML, Kind, sniff

if TYPE_CHECKING:
    from collections.abc import Sequence

_VAGUE = frozenset(
    {"application/octet-stream", "binary/octet-stream", "application/x-download", "text/plain"}
)
_XML_TYPES = ("text/xml", "application/xml", "application/rss", "application/atom")
_TEXT_KINDS = (HTML, XML, JSON)
_LONGEST_LENGTH = 18  # digits
ANSWER_WRONG_TYPE = "answer_wrong_type"
ANSWER_TOO_LARGE = "answer_too_large"


def require_kind(host: str, accepts: Sequence[str], declared: str | None, head: bytes) -> None:
    """Return when an answer may be of an accepted type; `accepts` are beginnings of types.

    What the first bytes show counts more than what is declared: feeds and recordings are often
    declared as something else, and error pages as what was asked for. Raises WebRefusedError.
    """
    if not accepts:
        return
    found, said = sniff(head), _bare(declared)
    if found is not None and _is_asked_for(found, accepts):
        return
    if found in _TEXT_KINDS and (found == HTML or all(map(_is_media, accepts))):
        seen = "a web page" if found == HTML else f"{found.content_type}"
        raise _wrong_type(host, accepts, f"it sent {seen}, declared as {said or 'nothing'}")
    if any(said.startswith(accepted) for accepted in accepts):
        return
    if (not said or said in _VAGUE) and found is None:
        return
    shown = found.content_type if found else said
    raise _wrong_type(host, accepts, f"it sent {shown}")


def require_length(host: str, declared: str | None, max_bytes: int) -> None:
    """Return when an answer's declared length is within the limit. Raises WebRefusedError."""
    digits = (declared or "").strip()
    if not digits.isdecimal():
        return
    if len(digits) > _LONGEST_LENGTH:
        raise too_large(host, max_bytes)
    if int(digits) > max_bytes:
        raise too_large(host, max_bytes, f"{int(digits):,} bytes")


def too_large(host: str, max_bytes: int, found: str = "more") -> WebRefusedError:
    """Return the error of an answer that brings more than it may."""
    message = f"{host}: the answer has {found}, and {max_bytes:,} bytes is the most that is taken"
    return WebRefusedError(message, failure_code=ANSWER_TOO_LARGE)


def _is_asked_for(found: Kind, accepts: Sequence[str]) -> bool:
    if found == XML:
        return any(accepted.startswith(_XML_TYPES) or "+xml" in accepted for accepted in accepts)
    if found == JSON:
        return any("json" in accepted for accepted in accepts)
    if found == HTML:
        return any("html" in accepted for accepted in accepts)
    if found.is_media:
        return any(map(_is_media, accepts))
    return any(found.content_type.startswith(accepted) for accepted in accepts)


def _is_media(accepted: str) -> bool:
    return accepted.startswith(("audio", "video"))


def _bare(declared: str | None) -> str:
    return (declared or "").partition(";")[0].strip().lower()


def _wrong_type(host: str, accepts: Sequence[str], what: str) -> WebRefusedError:
    message = f"{host}: {what}, and {' or '.join(accepts)} was asked for"
    return WebRefusedError(message, failure_code=ANSWER_WRONG_TYPE)
