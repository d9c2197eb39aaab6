"""What yt-dlp says, as a person reads it: nothing that is for its makers, each thing once. Pure.

What its libraries put into a message are reprs of errors in errors; the innermost words tell why.
"""

from __future__ import annotations

import re

LONGEST = 500
"""Characters of a message that are shown."""
_READ = 8 * LONGEST

_HINT = re.compile(r"\s*Use --cookies-from-browser.*$|\s*Use --cookies,.*$", re.DOTALL)
_REPORT = re.compile(r"[;.]?\s*(?:please report this issue on|Confirm you are on the latest).*$")
_CAUSE = re.compile(r"\s*\(caused by (?P<cause>.+)\)$")
_TYPE = re.compile(r"^<?\w+[ (]")
_CONNECTION = re.compile(
    r"\bHTTPS?Connection(?:Pool)?\(host='(?P<host>[^']*)', port=(?P<port>\d+)\)"
)
_ERROR = re.compile(
    r"(?<!caused by )\b\w+(?:Error|Exception)\((?P<quote>[\"'])(?P<words>.+?)(?P=quote)\)"
)
_PAIR = re.compile(r"(?:^|(?<=: ))\((?P<quote>[\"'])(?P<what>.+?)(?P=quote), (?P<why>.+)\)$")
_DEEPEST = 5


def shown(message: str) -> str:
    """Return a message in short: what it says of what to do with yt-dlp left out, causes kept."""
    text = _without_known_cause(_REPORT.sub("", _HINT.sub("", message[:_READ])))
    text = _CONNECTION.sub(r"\g<host>:\g<port>", text)
    for _ in range(_DEEPEST):
        text = _ERROR.sub(r"\g<words>", text)
    return _PAIR.sub(r"\g<what>: \g<why>", text).strip()[:LONGEST]


def _without_known_cause(text: str) -> str:
    """Return a message without the cause at its end where the rest of it says the same."""
    found = _CAUSE.search(text)
    if found is None:
        return text
    rest, cause = text[: found.start()], _TYPE.sub("", found["cause"])
    return rest if _letters(cause) in _letters(rest) else text


def _letters(text: str) -> str:
    """Return the letters and digits of a text, which no quoting changes."""
    return "".join(filter(str.isalnum, text))
