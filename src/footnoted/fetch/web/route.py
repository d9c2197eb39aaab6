"""Where a request goes, hop by hop: addresses read strictly, and what moved for good."""

from __future__ import annotations

import re

import httpx

from footnoted.fetch.port import WebRefusedError

MALFORMED = "address_malformed"
_LARGEST_PORT = 65_535
_LONGEST_PATH = 120
_WORD = re.compile(r"[A-Za-z0-9+=]+")
_NAMED = re.compile(r"[a-zA-Z]*\d*|\d+[a-zA-Z]+")
_SHORTEST_SECRET, _LONGEST_WORD = 6, 20
_FOR_GOOD = frozenset({301, 308})
_REDIRECTS = _FOR_GOOD | {302, 303, 307}


def parse_address(text: str) -> httpx.URL:
    """Return an address that may be asked, without its fragment. Raises WebRefusedError.

    Messages never repeat an address as it is: the one of a private feed is a secret.
    """
    try:
        url = httpx.URL(text.strip())
        fault = _fault(url)
    except (httpx.InvalidURL, ValueError):
        url, fault = httpx.URL(), "the address is malformed"
    if fault is not None:
        raise WebRefusedError(fault, failure_code=MALFORMED)
    return url.copy_with(fragment=None)


def shown_address(url: httpx.URL) -> str:
    """Return an address as a sentence may name it: its host and path, without what may be a secret.

    Parameters and words in the path that look as if nobody had chosen them are left out; what is
    long is cut.
    """
    path = _WORD.sub(_readable, "".join(filter(str.isprintable, url.path)))
    if len(path) > _LONGEST_PATH:
        path = f"{path[:_LONGEST_PATH]}\N{HORIZONTAL ELLIPSIS}"
    query = "?\N{HORIZONTAL ELLIPSIS}" if url.query else ""
    return f"{url.netloc.decode('ascii', 'replace')}{'' if path == '/' else path}{query}"


def _readable(found: re.Match[str]) -> str:
    """Return a word of a path, unless it may be a secret: mixed of letters and digits, or long."""
    word = found[0]
    is_named = len(word) < _SHORTEST_SECRET or _NAMED.fullmatch(word) is not None
    return word if is_named and len(word) <= _LONGEST_WORD else "\N{HORIZONTAL ELLIPSIS}"


def _fault(url: httpx.URL) -> str | None:
    """Return why an address is not asked, in words without it."""
    if url.scheme not in ("http", "https"):
        return f"the address begins with {url.scheme[:20]!r}, not with http or https"
    if not url.host or (url.port is not None and not 0 < url.port <= _LARGEST_PORT):
        return "the address names no host, or no possible port"
    if url.userinfo:
        return f"{url.host}: the address carries a name or password, which is not sent"
    return None


class Route:
    """The hops of one request. `moved_to` is where its first address moved to for good."""

    def __init__(self, address: str) -> None:
        """Begin at `address`. Raises WebRefusedError."""
        self.url = parse_address(address)
        self.moved_to: str | None = None
        self._is_for_good = True
        self._origin = _origin(self.url)

    @property
    def host(self) -> str:
        """Return the host that is asked now."""
        return self.url.host

    @property
    def is_elsewhere(self) -> bool:
        """Return whether another origin is asked than at first: secrets stay at home."""
        return _origin(self.url) != self._origin

    def follow(self, status: int, location: str | None) -> None:
        """Go where a redirect leads. Raises WebRefusedError.

        A move away from https is followed, and not remembered.
        """
        if not location:
            message = f"{self.host} redirects ({status}) to nowhere"
            raise WebRefusedError(message, failure_code="web_refused", status=status)
        try:
            target = str(self.url.join(location.strip()))
        except (httpx.InvalidURL, ValueError) as error:
            message = f"{self.host} redirects to a malformed address"
            raise WebRefusedError(message, failure_code=MALFORMED) from error
        before, self.url = self.url, parse_address(target)
        is_downgrade = before.scheme == "https" and self.url.scheme == "http"
        self._is_for_good = self._is_for_good and status in _FOR_GOOD and not is_downgrade
        if self._is_for_good:
            self.moved_to = str(self.url)


def is_redirect(status: int) -> bool:
    """Return whether an answer only says where to ask."""
    return status in _REDIRECTS


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
