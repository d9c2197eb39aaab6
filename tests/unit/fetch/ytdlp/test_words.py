"""How the messages of yt-dlp are shown; they are its own (2026.10), as it printed them here."""

from __future__ import annotations

import pytest

from footnoted.fetch.ytdlp.faults import FaultKind, classify, read
from footnoted.fetch.ytdlp.words import LONGEST, shown

REPORT = (
    "; please report this issue on  https://github.com/yt-dlp/yt-dlp/issues?q= , filling out the"
    " appropriate issue template. Confirm you are on the latest version using  yt-dlp -U"
)
PROXY = (
    "Unable to download API page: ('Unable to connect to proxy', NewConnectionError("
    "\"HTTPSConnection(host='127.0.0.1', port=9): Failed to establish a new connection: [Errno 111]"
    " Connection refused\")) (caused by ProxyError('(\\'Unable to connect to proxy\\',"
    " NewConnectionError(\"HTTPSConnection(host=\\'127.0.0.1\\', port=9): Failed to establish a new"
    " connection: [Errno 111] Connection refused\"))'))"
)
AWAY = "HTTPSConnection(host='www.youtube.com', port=443): Failed to resolve 'www.youtube.com'"
REFUSED = "Tunnel connection failed: 403 Forbidden"
CAUSES = "127.0.0.1:9: Failed to establish a new connection: [Errno 111] Connection refused"
FAILED = "Unable to download API page: Unable to connect to proxy"
TABLE = [
    (PROXY + REPORT, f"{FAILED}: {CAUSES}"),
    (
        f"Unable to download API page: ('Unable to connect to proxy', OSError('{REFUSED}'))",
        f"{FAILED}: {REFUSED}",
    ),
    (
        f'Unable to download webpage: {AWAY} (caused by TransportError("{AWAY}"))',
        "Unable to download webpage: www.youtube.com:443: Failed to resolve 'www.youtube.com'",
    ),
    (
        f"HTTP Error 500: Server (caused by <HTTPError 500: Server>){REPORT}",
        "HTTP Error 500: Server",
    ),
    (
        f"An extractor error has occurred. (caused by KeyError('contents')){REPORT}",
        "An extractor error has occurred. (caused by KeyError('contents'))",
    ),
    ("Video unavailable (by its owner)", "Video unavailable (by its owner)"),
    ("x" * 10_000, "x" * LONGEST),
]


@pytest.mark.parametrize(("said", "expected"), TABLE)
def test_a_message_is_shown_with_its_cause_once(said: str, expected: str) -> None:
    """What is for the makers of yt-dlp goes; what caused it stays, where nothing else says it."""
    assert shown(said) == expected


def test_what_is_shown_of_a_fault_is_short() -> None:
    """The host that rests over it, and its alert, say the same words."""
    fault = classify(read(f"ERROR: [youtube:tab] @ch: {PROXY}{REPORT}"))
    assert fault is not None
    assert fault == (FaultKind.NETWORK_AWAY, TABLE[0][1])
    assert read(f"ERROR: [x] {PROXY}{REPORT}").last_words == TABLE[0][1]
