"""What yt-dlp's messages mean: the table against sentences, recorded answers, and its source."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from footnoted.fetch.ytdlp.faults import (
    HOST_KINDS,
    MACHINE_KINDS,
    TABLE,
    FaultKind,
    Said,
    classify,
    read,
)

K = FaultKind

SENTENCES: tuple[tuple[str, FaultKind], ...] = (
    (
        (
            "ERROR: [generic] x: Unable to download webpage: ('Unable to connect to proxy',"
            " OSError('Tunnel connection failed: 403 address refused by footnoted'))"
        ),
        K.UNSUPPORTED_URL,
    ),
    (
        (
            "ERROR: [youtube] abc: Video unavailable. This content isn't available, try again"
            " later. The current session has been rate-limited by YouTube for up to an hour."
        ),
        K.RATE_LIMITED,
    ),
    ("ERROR: [youtube] abc: Your account has been rate-limited by YouTube", K.RATE_LIMITED),
    (
        "ERROR: Unable to download video subtitles for 'en': HTTP Error 429: Too Many Requests",
        K.RATE_LIMITED,
    ),
    (
        (
            "ERROR: [youtube] abc: Sign in to confirm you\u2019re not a bot. Use"
            " --cookies-from-browser or --cookies for the authentication."
        ),
        K.BOT_CHECK,
    ),
    (
        "ERROR: [youtube] abc: Playback. YouTube is requiring a captcha challenge before playback",
        K.BOT_CHECK,
    ),
    ("ERROR: Our systems have detected unusual traffic from your computer network", K.BOT_CHECK),
    (
        (
            "ERROR: [youtube] abc: All player responses are invalid."
            " Your IP is likely being blocked by Youtube"
        ),
        K.IP_BLOCKED,
    ),
    (
        (
            "ERROR: [youtube] abc: Join this channel to get access to members-only content like"
            " this video, and other exclusive perks."
        ),
        K.MEMBERS_ONLY,
    ),
    (
        (
            "ERROR: [youtube] abc: This video is available to this channel's members on level:"
            " Friend (or any higher level)."
        ),
        K.MEMBERS_ONLY,
    ),
    (
        (
            "ERROR: [youtube] abc: Sign in to confirm your age. This video may be inappropriate for"
            " some users."
        ),
        K.AGE_RESTRICTED,
    ),
    ("ERROR: [youtube] abc: This video may be inappropriate for some users.", K.AGE_RESTRICTED),
    (
        "ERROR: [youtube] abc: Private video. Sign in if you've been granted access to this video",
        K.PRIVATE,
    ),
    ("ERROR: [youtube:tab] PLx: YouTube said: This playlist is private.", K.PRIVATE),
    (
        "ERROR: [youtube] abc: The uploader has not made this video available in your country",
        K.REGION_BLOCKED,
    ),
    (
        (
            "ERROR: [youtube] abc: Video unavailable. This video contains content from Them, who"
            " has blocked it in your country on copyright grounds"
        ),
        K.REGION_BLOCKED,
    ),
    (
        "ERROR: [vimeo] 1: This video is not available from your location due to geo restriction",
        K.REGION_BLOCKED,
    ),
    ("ERROR: [youtube] abc: This video requires payment to watch", K.PAID),
    ("ERROR: [site] 1: This video is DRM protected", K.DRM_PROTECTED),
    ("WARNING: [youtube] abc: This live event will begin in 5 hours.", K.UPCOMING),
    ("WARNING: [youtube] abc: Premieres in 6 hours", K.UPCOMING),
    ("ERROR: [youtube] abc: This live event is in progress", K.LIVE),
    (
        (
            "ERROR: [youtube] abc: Video unavailable. This video is no longer available because the"
            " YouTube account associated with this video has been terminated."
        ),
        K.REMOVED,
    ),
    (
        (
            "ERROR: [youtube] abc: This video has been removed for violating YouTube's Terms of"
            " Service"
        ),
        K.REMOVED,
    ),
    ("ERROR: [youtube] abc: This live stream recording is not available.", K.REMOVED),
    ("ERROR: [generic] Unable to download webpage: HTTP Error 404: Not Found", K.REMOVED),
    ("ERROR: [site] 1: This video is only available for registered users", K.LOGIN_REQUIRED),
    ("ERROR: [site] 1: Login details are needed to download this content", K.LOGIN_REQUIRED),
    ("ERROR: [youtube] abc: Please sign in", K.LOGIN_REQUIRED),
    ("ERROR: [youtube:tab] UCx: YouTube said: This channel does not exist.", K.PLACE_GONE),
    ("ERROR: [youtube:tab] PLx: YouTube said: The playlist does not exist.", K.PLACE_GONE),
    ("ERROR: [youtube:tab] x: Failed to resolve url (does the playlist exist?)", K.PLACE_GONE),
    ("ERROR: [youtube:tab] @x: This channel does not have a videos tab", K.PLACE_EMPTY),
    ("ERROR: [youtube:tab] @x: The channel is not currently live", K.PLACE_EMPTY),
    ("ERROR: Unsupported URL: https://example.com/", K.UNSUPPORTED_URL),
    ("ERROR: [generic] 'x' is not a valid URL", K.UNSUPPORTED_URL),
    (
        "ERROR: [youtube:truncated_id] x: Incomplete YouTube ID x. URL y looks truncated.",
        K.UNSUPPORTED_URL,
    ),
    (
        "[download] File is larger than max-filesize (4000 bytes > 1000 bytes). Aborting.",
        K.TOO_LARGE,
    ),
    ("ERROR: unable to write data: [Errno 27] File too large", K.TOO_LARGE),
    ("ERROR: unable to write data: [Errno 28] No space left on device", K.DISK_FULL),
    ("yt-dlp: error: no such option: --js-runtimes", K.OPTION_UNKNOWN),
    ("ERROR: Cookies file must be Netscape formatted, not JSON. See  x", K.COOKIES_UNREADABLE),
    (
        "http.cookiejar.LoadError: 'c' does not look like a Netscape format cookies file",
        K.COOKIES_UNREADABLE,
    ),
    ("ERROR: unable to download video data: HTTP Error 403: Forbidden", K.FORBIDDEN),
    ("ERROR: [youtube] abc: Unable to download API page: HTTP Error 503: x", K.SERVER_ERROR),
    (
        (
            "ERROR: [youtube] abc: Unable to download webpage: [Errno -3] Temporary failure in name"
            " resolution (caused by TransportError('...'))"
        ),
        K.NETWORK_AWAY,
    ),
    ("ERROR: [youtube] abc: Video unavailable", K.UNAVAILABLE),
    ("ERROR: [youtube] abc: This video is not available", K.UNAVAILABLE),
    (
        (
            "WARNING: [youtube] The provided YouTube account cookies are no longer valid. They have"
            " likely been rotated"
        ),
        K.COOKIES_EXPIRED,
    ),
    ("WARNING: [youtube] No supported JavaScript runtime could be found.", K.NO_JAVASCRIPT),
    ("WARNING: [youtube] abc: n challenge solving failed: Some formats", K.NO_JAVASCRIPT),
    ("ERROR: [youtube] abc: Requested format is not available. Use x", K.NO_SUCH_FORMAT),
    ("[info] There are no subtitles for the requested languages", K.NO_SUCH_FORMAT),
    ("ERROR: [generic] x: No video formats found!", K.NO_SUCH_FORMAT),
)


@pytest.mark.parametrize(("sentence", "kind"), SENTENCES)
def test_each_sentence_has_its_meaning(sentence: str, kind: FaultKind) -> None:
    """The whole line as it is printed, lead and all."""
    found = classify(read(sentence))
    assert (found.kind if found else None) == kind


def test_every_row_is_the_meaning_of_a_sentence() -> None:
    """A row that no sentence reaches is dead, or hidden by one above it."""
    reached = set()
    for sentence, _ in SENTENCES:
        said = read(sentence)
        for line in (*said.errors, *said.warnings, *said.others):
            reached.add(next(i for i, row in enumerate(TABLE) if row.pattern.search(line)))
    dead = [TABLE[i].pattern.pattern for i in range(len(TABLE)) if i not in reached]
    assert dead == []


def test_every_kind_can_be_told() -> None:
    """No kind stands in the code that no message means."""
    assert {row.kind for row in TABLE} == set(FaultKind)
    assert not HOST_KINDS & MACHINE_KINDS


def test_words_of_yt_dlps_own_stand_in_its_source() -> None:
    """An update that says it otherwise fails here, and not at a user's."""
    root = Path(str(distribution("yt-dlp").locate_file("yt_dlp")))
    parts = ("extractor/common.py", "extractor/generic.py", "YoutubeDL.py", "cookies.py")
    parts += ("utils/_utils.py", "networking/exceptions.py", "downloader/http.py")
    files = [root / part for part in parts] + sorted((root / "extractor/youtube").glob("*.py"))
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert [row.source for row in TABLE if row.source and row.source not in source] == []


def test_what_nobody_listed_has_no_meaning() -> None:
    """So it becomes a counted attempt, and not a guess."""
    crash = "Traceback (most recent call last):\n  File \"x.py\"\nKeyError: 'contents'"
    assert classify(read(crash)) is None
    assert read(crash).last_words == "KeyError: 'contents'"
    assert classify(read("")) is None


def test_the_reason_wins_over_what_is_said_beside_it() -> None:
    """Without a JavaScript runtime every run warns; that is not why a video is private."""
    output = (
        "WARNING: [youtube] No supported JavaScript runtime could be found. Only deno\n"
        "WARNING: [youtube] abc: Private video. Sign in if you've been granted access\n"
        "WARNING: [youtube] abc: Requested format is not available\n"
    )
    found = classify(read(output))
    assert found is not None
    assert found == (K.PRIVATE, "Private video. Sign in if you've been granted access")


def test_an_error_wins_over_warnings() -> None:
    """A warning about one attempt does not explain how the run ended."""
    output = "WARNING: [youtube] HTTP Error 429\nERROR: [youtube] abc: Private video\n"
    found = classify(read(output))
    assert found is not None
    assert found.kind is K.PRIVATE


def test_a_closed_door_with_stale_cookies_is_the_cookies_fault() -> None:
    """Else a video of one's own membership would be given up because a browser rotated them."""
    stale = "The provided YouTube account cookies are no longer valid"
    said = Said(("Join this channel to get access to members-only content",), (stale,))
    found = classify(said)
    assert found is not None
    assert found.kind is K.COOKIES_EXPIRED
    assert "members-only" in found.message


def _texts(found: object) -> list[str]:
    """Return the reasons and alerts of a recorded answer of YouTube's, in yt-dlp's composition."""
    texts: list[str] = []
    match found:
        case {"playabilityStatus": dict(status), **rest}:
            screen: Any = status.get("errorScreen") or {}
            error = screen.get("playerErrorMessageRenderer") or {}
            runs = (error.get("subreason") or {}).get("runs") or []
            sub = "".join(run["text"] for run in runs)
            texts += [f"{status['reason']}. {sub}"] if status.get("reason") else []
            texts += _texts(rest)
        case {"alertRenderer": {"type": "ERROR", "text": {"simpleText": str(text)}}}:
            texts.append(f"YouTube said: {text}")
        case dict():
            texts += [text for value in found.values() for text in _texts(value)]
        case list():
            texts += [text for value in found for text in _texts(value)]
        case str() if found.startswith("{"):
            texts += _texts(json.loads(found))
        case _:
            pass
    return texts


RECORDED = {
    "yta-youtube_request_blocked.innertube.json": K.BOT_CHECK,
    "yta-youtube_age_restricted.innertube.json": K.AGE_RESTRICTED,
    "yta-youtube_video_unavailable.innertube.json": K.UNAVAILABLE,
    "na-private-1.json": K.PRIVATE,
    "na-age-restricted-1.json": K.REGION_BLOCKED,  # so it is named; it says "in your country"
    "channel-notavailable-1.json": K.REMOVED,
    "channel-notavailable-2.json": K.REMOVED,
    "channel-notavailable-3.json": K.PLACE_GONE,
    "channel-notavailable-4.json": K.REMOVED,
    "channel-notavailable-5.json": K.REMOVED,
    "channel-notavailable-6.json": K.REMOVED,
}


@pytest.mark.parametrize(("name", "kind"), RECORDED.items())
def test_recorded_answers_have_their_meaning(shared_data: Path, name: str, kind: FaultKind) -> None:
    """What YouTube really said passes through yt-dlp and is told apart."""
    path = shared_data / "youtube-feeds-and-metadata" / "innertube" / name
    texts = _texts(json.loads(path.read_text(encoding="utf-8")))
    assert texts != []
    found = classify(read("\n".join(f"ERROR: [youtube] abc: {text}" for text in texts)))
    assert (found.kind if found else None) == kind
