"""What yt-dlp's messages mean: one table, read from top to bottom, the first match counts.

Most sentences are YouTube's own and pass through yt-dlp unchanged; `source` names words that stand
in yt-dlp's code, so that a test notices when an update says it in others. Rows above others are
there because their words contain the others': a rate limit reads like a removal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from footnoted.fetch.web.addresses import REFUSED_PHRASE
from footnoted.fetch.ytdlp.words import shown

_LEAD = re.compile(r"^(?P<level>ERROR|WARNING):\s*(?:\[[^\]]+\]\s*)?(?:[@\w-]{1,64}:\s+)?")
_TAG = re.compile(r"^\[[\w:+]+\]\s*")


class FaultKind(StrEnum):
    """What is in the way, by what can be done about it."""

    REMOVED = "removed"
    PRIVATE = "private"
    MEMBERS_ONLY = "members_only"
    PAID = "paid"
    AGE_RESTRICTED = "age_restricted"
    REGION_BLOCKED = "region_blocked"
    LOGIN_REQUIRED = "login_required"
    DRM_PROTECTED = "drm_protected"
    UPCOMING = "upcoming"
    LIVE = "live"
    UNAVAILABLE = "unavailable"
    PLACE_GONE = "place_gone"
    PLACE_EMPTY = "place_empty"
    UNSUPPORTED_URL = "unsupported_url"
    NO_SUCH_FORMAT = "no_such_format"
    TOO_LARGE = "too_large"
    BOT_CHECK = "bot_check"
    RATE_LIMITED = "rate_limited"
    IP_BLOCKED = "ip_blocked"
    FORBIDDEN = "forbidden"
    SERVER_ERROR = "server_error"
    NETWORK_AWAY = "network_away"
    COOKIES_EXPIRED = "cookies_expired"
    COOKIES_UNREADABLE = "cookies_unreadable"
    NO_JAVASCRIPT = "no_javascript"
    DISK_FULL = "disk_full"
    OPTION_UNKNOWN = "option_unknown"


HOST_KINDS = frozenset(
    {
        FaultKind.BOT_CHECK,
        FaultKind.RATE_LIMITED,
        FaultKind.IP_BLOCKED,
        FaultKind.FORBIDDEN,
        FaultKind.SERVER_ERROR,
        FaultKind.NETWORK_AWAY,
    }
)
"""Kinds that say nothing of the item: the host, or the way to it, is in the way."""

MACHINE_KINDS = frozenset(
    {
        FaultKind.COOKIES_EXPIRED,
        FaultKind.COOKIES_UNREADABLE,
        FaultKind.NO_JAVASCRIPT,
        FaultKind.DISK_FULL,
        FaultKind.OPTION_UNKNOWN,
    }
)
"""Kinds that a person must put right on this machine; no item is to blame."""

_BEHIND_A_LOGIN = frozenset(
    {
        FaultKind.PRIVATE,
        FaultKind.MEMBERS_ONLY,
        FaultKind.PAID,
        FaultKind.AGE_RESTRICTED,
        FaultKind.LOGIN_REQUIRED,
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One meaning: `pattern` is searched in a message, `source` stands in yt-dlp's own code."""

    kind: FaultKind
    pattern: re.Pattern[str]
    source: str | None = None


class Fault(NamedTuple):
    """What is in the way, and in whose words."""

    kind: FaultKind
    message: str


@dataclass(frozen=True, slots=True)
class Said:
    """What yt-dlp said: its errors and its warnings in order, each without its lead."""

    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    others: tuple[str, ...] = field(default=(), repr=False)

    @property
    def last_words(self) -> str:
        """Return what it said last that a person may want to read."""
        for lines in (self.errors, self.others, self.warnings):
            if lines:
                return shown(lines[-1])
        return "it said nothing"


def _row(kind: FaultKind, pattern: str, source: str | None = None) -> Row:
    return Row(kind, re.compile(pattern, re.IGNORECASE), source)


_K = FaultKind

TABLE: tuple[Row, ...] = (
    # Limits: worded like removals, so they come first.
    _row(_K.RATE_LIMITED, r"content isn't available, try again later", "try again later"),
    _row(_K.RATE_LIMITED, r"has been rate-limited by YouTube", "has been rate-limited by YouTube"),
    _row(_K.RATE_LIMITED, r"HTTP Error 429|Too Many Requests", "HTTP Error {response.status}"),
    _row(_K.BOT_CHECK, r"confirm (?:that )?you(?:'re| are) not a bot"),
    _row(_K.BOT_CHECK, r"requiring a captcha challenge", "requiring a captcha challenge"),
    _row(_K.BOT_CHECK, r"unusual traffic from your computer network"),
    _row(_K.IP_BLOCKED, r"IP is likely being blocked", "Your IP is likely being blocked"),
    # What an item is.
    _row(_K.MEMBERS_ONLY, r"members-only content|available to this channel's members"),
    _row(_K.AGE_RESTRICTED, r"confirm your age|age-restricted", "confirm your age"),
    _row(_K.AGE_RESTRICTED, r"may be inappropriate for some users", "inappropriate"),
    _row(_K.PRIVATE, r"private video|(?:video|playlist) is private|been granted access to this"),
    _row(
        _K.REGION_BLOCKED,
        r"available in your (?:country|location|region)|blocked it (?:on .+ )?in your country"
        r"|not available from your location",
        "is not available from your location due to geo restriction",
    ),
    _row(_K.PAID, r"requires payment|rental|only available to (?:Music )?Premium members"),
    _row(_K.DRM_PROTECTED, r"DRM protected", "This video is DRM protected"),
    _row(
        _K.UPCOMING,
        r"live event will begin|premieres? (?:in|will begin|on)|Offline\.? Waiting for"
        r"|live stream is offline",
    ),
    _row(_K.LIVE, r"live event is (?:currently )?in progress"),
    _row(
        _K.REMOVED,
        r"has been removed|was removed|account (?:associated with this video )?has been terminated"
        r"|(?:is )?no longer available|video (?:does not|doesn't) exist"
        r"|live stream recording is not available|has been deleted|(?:was|been) taken down"
        r"|blocked it on copyright grounds",
    ),
    _row(
        _K.LOGIN_REQUIRED, r"only available for registered", "only available for registered users"
    ),
    _row(_K.LOGIN_REQUIRED, r"Login details are needed", "Login details are needed"),
    _row(_K.LOGIN_REQUIRED, r"Please sign in|Sign in to view"),
    # What a place is.
    _row(
        _K.PLACE_GONE,
        r"(?:channel|playlist|account) (?:does not|doesn't) exist|channel/playlist does not exist",
        "The channel/playlist does not exist",
    ),
    _row(_K.PLACE_GONE, r"does the playlist exist", "Failed to resolve url (does the playlist"),
    _row(_K.PLACE_EMPTY, r"channel does not have an? .* tab", "This channel does not have a"),
    _row(_K.PLACE_EMPTY, r"channel is not currently live", "The channel is not currently live"),
    # What the address is.
    _row(_K.UNSUPPORTED_URL, REFUSED_PHRASE),
    _row(_K.UNSUPPORTED_URL, r"Unsupported URL", "Unsupported URL: "),
    _row(_K.UNSUPPORTED_URL, r"is not a valid URL", "is not a valid URL"),
    _row(_K.UNSUPPORTED_URL, r"looks truncated|Incomplete YouTube ID", "looks truncated"),
    _row(_K.TOO_LARGE, r"larger than max-filesize", "File is larger than max-filesize"),
    _row(_K.TOO_LARGE, r"\[Errno 27\]|File too large"),
    # The machine.
    _row(_K.DISK_FULL, r"No space left on device|\[Errno 28\]|Disk quota exceeded"),
    _row(_K.OPTION_UNKNOWN, r"error: no such option|error: ambiguous option|error: invalid "),
    _row(_K.COOKIES_UNREADABLE, r"must be Netscape formatted", "must be Netscape formatted"),
    _row(_K.COOKIES_UNREADABLE, r"does not look like a Netscape format"),
    # The way there. After the items: a message may quote how it was caused.
    _row(_K.FORBIDDEN, r"HTTP Error 403", "HTTP Error {response.status}"),
    _row(_K.SERVER_ERROR, r"HTTP Error 5\d\d", "HTTP Error {response.status}"),
    _row(_K.REMOVED, r"HTTP Error (?:404|410)", "HTTP Error {response.status}"),
    _row(
        _K.NETWORK_AWAY,
        r"name resolution|Failed to resolve|getaddrinfo|nodename nor servname"
        r"|Name or service not known|Connection (?:refused|reset|aborted)|timed out"
        r"|Network is unreachable|No route to host|closed connection|EOF occurred"
        r"|CERTIFICATE_VERIFY_FAILED|connect to proxy|bytes read, \d+ more expected",
        "more expected",
    ),
    # Said without a reason; everything that gives one stands above.
    _row(_K.UNAVAILABLE, r"video (?:is )?(?:unavailable|not available)|content isn't available"),
    # Said beside every other reason, so these are the reason only where nothing else is.
    _row(_K.COOKIES_EXPIRED, r"cookies are no longer valid", "cookies are no longer valid"),
    _row(_K.NO_JAVASCRIPT, r"No supported JavaScript runtime", "No supported JavaScript runtime"),
    _row(_K.NO_JAVASCRIPT, r"challenge solving failed", "challenge solving failed"),
    _row(_K.NO_SUCH_FORMAT, r"Requested format is not available", "Requested format is not av"),
    _row(_K.NO_SUCH_FORMAT, r"There are no subtitles for", "There are no subtitles for"),
    _row(_K.NO_SUCH_FORMAT, r"No video formats found", "No video formats found!"),
)


def read(output: str) -> Said:
    """Return what the lines of yt-dlp's output say."""
    errors: list[str] = []
    warnings: list[str] = []
    others: list[str] = []
    for line in output.replace("\r", "\n").splitlines():
        lead = _LEAD.match(line)
        if lead is None:
            if line.strip():
                others.append(_plain(_TAG.sub("", line)))
            continue
        said = errors if lead["level"] == "ERROR" else warnings
        said.append(_plain(line[lead.end() :]))
    return Said(tuple(errors), tuple(warnings), tuple(others))


def classify(said: Said) -> Fault | None:
    """Return what is in the way, or None when no row knows: errors first, then the rest.

    A door behind which only an account comes is the cookies' fault when they are known to be stale.
    """
    for lines in (said.errors, said.warnings, said.others):
        found = _first(lines)
        if found is None:
            continue
        stale = _first_of(said.warnings, frozenset({FaultKind.COOKIES_EXPIRED}))
        if found.kind in _BEHIND_A_LOGIN and stale is not None:
            return Fault(FaultKind.COOKIES_EXPIRED, f"{found.message} ({stale.message})")
        return found
    return None


def has(said: Said, kind: FaultKind) -> bool:
    """Return whether any message is of `kind`, whatever else was said."""
    return _first_of((*said.errors, *said.warnings, *said.others), frozenset({kind})) is not None


def _first(lines: tuple[str, ...]) -> Fault | None:
    """Return the meaning of the lines: that of the row that stands highest in the table."""
    return _first_of(lines, frozenset(FaultKind))


def _first_of(lines: tuple[str, ...], kinds: frozenset[FaultKind]) -> Fault | None:
    for row in TABLE:
        if row.kind not in kinds:
            continue
        for line in lines:
            if row.pattern.search(line):
                return Fault(row.kind, shown(line))
    return None


def _plain(message: str) -> str:
    """Return a message on one line, with the apostrophe that keyboards have."""
    return " ".join(message.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
