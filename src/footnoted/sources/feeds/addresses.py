"""Web addresses as feeds write them: made absolute, and reduced to what identifies a recording.

The same file is offered under addresses that rotate: signed for an hour, tagged for a campaign,
sent through servers that count downloads (complaint 14). `normal_url` keeps what stays.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urljoin, urlsplit

from footnoted.sources.feeds.feed import MAX_URL_CHARS
from footnoted.sources.sidecar import url_of

_COUNTERS = {  # hosts whose addresses hold the real one behind a prefix
    *("podtrac.com", "chtbl.com", "chrt.fm", "pdst.fm", "pdcn.co", "op3.dev", "mgln.ai"),
    *("pscrb.fm", "podscribe.com", "claritaspod.com", "clrtpod.com", "arttrk.com", "swap.fm"),
    *("prfx.byspotify.com", "media.blubrry.com", "growx.podkite.com", "gum.fm", "podsights.com"),
    *("vpixl.com", "veritonicmetrics.com", "adbarker.com", "podderapp.com", "pdrl.fm"),
    *("backtracks.fm", "advenuemedia.co", "podroll.fm"),
}
_MAX_PREFIXES = 10
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?", re.IGNORECASE)
_FILE = re.compile(r"[^/]*\.(?:mp[34]|m4[abv]|ogg|aac|wav|php|html?)", re.IGNORECASE)
_SCHEME = re.compile(r"https?:/{1,2}", re.IGNORECASE)

_PASSING = re.compile(  # parameters that say who asks, from where, until when; never which file
    r"(?:utm_.*|x-(?:amz|goog|oss|cos)-.*|aw(?:s)?(?:accesskeyid|collectionid|episodeid)"
    r"|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|si|ref|referrer|src|source|feature|from|via"
    r"|(?:access_?|auth_?|download_?|security-?)?token|auth|authorization|sig|signature|hmac|policy"
    r"|expir(?:es|y|ation)|exp|expires_?in|expires_?at|validto|validfrom|key-pair-id|googleaccessid"
    r"|hdn(?:ea|ts)|__gda__|ts|timestamp|nonce|rand|random|cb|cachebust(?:er)?|nocache|_"
    r"|session(?:_?id)?|listeningsessionid|sid|uid|user(?:_?id)?|client(?:_?id)?|ip|dest-id"
    r"|updated|modified|dl|download|app|played_on)",
    re.IGNORECASE,
)
_AZURE = re.compile(r"s[veprtks]|ss|srt|spr|se|sip|skoid|sktid|skt|ske|sks|skv", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def absolute_url(base: str, raw: object) -> str | None:
    """Return `raw` as an http or https address seen from `base`; None when it is none."""
    if not isinstance(raw, str) or len(raw) > MAX_URL_CHARS:
        return None
    text = "".join(raw.split("\n")).strip().replace(" ", "%20").replace("\r", "").replace("\t", "")
    try:
        return url_of(urljoin(base, text)) if text else None
    except ValueError:
        return None


def normal_url(url: str) -> str | None:
    """Return what identifies the file or page at `url`, without its scheme; None when nothing does.

    The front page of a site identifies nothing: feeds without pages of their own link to it.
    """
    try:
        parts = _unwrapped(urlsplit(url))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    query = _lasting(parts.query)
    path = re.sub(r"/{2,}", "/", unquote(parts.path, errors="replace"))
    if not host or (path in {"", "/"} and not query):
        return None
    place = host.removeprefix("www.")
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        place = f"{place}:{port}"
    return f"{place}{path}{f'?{query}' if query else ''}"


def _unwrapped(parts: SplitResult) -> SplitResult:
    """Return the address behind the prefixes of download counters."""
    for _ in range(_MAX_PREFIXES):
        host = (parts.hostname or "").lower()
        if not any(host == name or host.endswith(f".{name}") for name in _COUNTERS):
            break
        inner = _inner(parts)
        if inner is None:
            break
        parts = inner
    return parts


def _inner(parts: SplitResult) -> SplitResult | None:
    """Return the address that a counter's path holds: after a scheme, or from a host's name on."""
    path = unquote(parts.path, errors="replace")
    query = f"?{parts.query}" if parts.query else ""
    scheme = _SCHEME.search(path)
    if scheme is not None:
        return urlsplit(f"https://{path[scheme.end() :]}{query}")
    segments = path.split("/")
    for at, segment in enumerate(segments[:-1]):
        if _HOST.fullmatch(segment) and not _FILE.fullmatch(segment):
            return urlsplit(f"https://{'/'.join(segments[at:])}{query}")
    return None


def _lasting(query: str) -> str:
    """Return the parameters that stay, in one order."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=100)
    except ValueError:
        return query
    is_azure = any(name.lower() == "sig" for name, _ in pairs)
    kept = [
        (name, value)
        for name, value in pairs
        if not _PASSING.fullmatch(name) and not (is_azure and _AZURE.fullmatch(name))
    ]
    return urlencode(sorted(kept))
