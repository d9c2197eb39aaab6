"""What YouTube was recorded to answer, read by yt-dlp's own extractor, becomes a decision."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from footnoted.fetch.port import HostRestsError
from footnoted.fetch.ytdlp.faults import FaultKind
from footnoted.fetch.ytdlp.limits import RunLimits
from footnoted.fetch.ytdlp.program import Place, YtDlpProgram
from footnoted.sources.youtube.availability import Gone, Ready, Wait, decide
from footnoted.sources.youtube.item import probe
from footnoted.sources.youtube.locator import PlaceKind, YoutubePlace, YoutubeVideo
from footnoted.sources.youtube.timing import History, Policy
from tests.fakes.turns import FakeTurns
from tests.timeline import recorded

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def _program(command: str, folder: Path, turns: FakeTurns) -> YtDlpProgram:
    return YtDlpProgram(Place(folder, command), turns, RunLimits(timeout_s=60))


async def _answer(shared_data: Path, name: str) -> object:
    folder = shared_data / "youtube-feeds-and-metadata" / "innertube"
    return await asyncio.to_thread(recorded.read, folder / name)


@pytest.mark.parametrize(
    ("name", "video_id", "becomes"),
    [
        ("na-private-1.json", "8VajtrESJzA", "private"),
        ("na-age-restricted-1.json", "_PL2HJKxnOM", "region_blocked"),  # as it says itself
        ("yta-youtube_age_restricted.innertube.json", "Njp5uhTorCo", "age_restricted"),
        ("yta-youtube_video_unavailable.innertube.json", "aaaaaaaaaaa", "item_unavailable"),
    ],
)
async def test_an_item_behind_something_is_told_apart(
    shared_data: Path, tmp_path: Path, name: str, video_id: str, becomes: str
) -> None:
    """And no title is made up for it."""
    turns = FakeTurns()
    with recorded.answering(await _answer(shared_data, name)) as command:
        seen = await probe(_program(command, tmp_path, turns), YoutubeVideo(video_id).url)
    decision = decide(seen, History(NOW), NOW, Policy())
    assert isinstance(decision, Gone | Wait)
    name_of = decision.failure_code if isinstance(decision, Gone) else decision.wait_reason
    assert name_of == becomes
    assert turns.refusals == []
    title = seen.info.facts.title if seen.info else None
    assert title is None or not title.startswith("youtube")


async def test_a_bot_check_is_a_rest(shared_data: Path, tmp_path: Path) -> None:
    """It says nothing of the video."""
    turns = FakeTurns()
    answer = await _answer(shared_data, "yta-youtube_request_blocked.innertube.json")
    with recorded.answering(answer) as command, pytest.raises(HostRestsError, match="not a bot"):
        await probe(_program(command, tmp_path, turns), YoutubeVideo("aaaaaaaaaaa").url)
    assert [code for _, code, _ in turns.refusals] == ["bot_check"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("channel-notavailable-1.json", FaultKind.REMOVED),
        ("channel-notavailable-2.json", FaultKind.REMOVED),
        ("channel-notavailable-3.json", FaultKind.PLACE_GONE),
        ("channel-notavailable-5.json", FaultKind.REMOVED),
    ],
)
async def test_a_channel_that_is_gone_says_why(
    shared_data: Path, tmp_path: Path, name: str, kind: FaultKind
) -> None:
    """In YouTube's words."""
    place = YoutubePlace(PlaceKind.CHANNEL, "UCuAXFkgsw1L7xaCfnd5JJOw")
    with recorded.answering(await _answer(shared_data, name)) as command:
        program = _program(command, tmp_path, FakeTurns())
        answer = await program.listing(place.listing_url, 5)
    assert (answer.fault.kind if answer.fault else None) == kind


async def test_the_tracks_of_a_recorded_video_are_told_apart(
    shared_data: Path, tmp_path: Path
) -> None:
    """As yt-dlp lists them: people's, what the machine heard, and its translations."""
    answer = await _answer(shared_data, "yta-youtube.innertube.json")
    with recorded.answering(answer) as command:
        seen = await probe(_program(command, tmp_path, FakeTurns()), _url("GJLlxj_dtq8"))
    assert seen.info is not None
    assert (seen.fault, seen.info.original_language) == (None, "en")
    manual = {track.language for track in seen.info.tracks if not track.is_auto}
    assert manual == {"zh", "cs", "en", "de", "hi", "ja", "ko", "es"}
    heard = {track.key for track in seen.info.tracks if track.is_auto and track.is_original}
    assert heard == {"en", "en-orig"}
    assert sum(track.is_translated for track in seen.info.tracks) > 10
    decision = decide(seen, History(NOW), NOW, Policy())
    assert isinstance(decision, Ready)
    assert decision.choice is not None
    assert (decision.choice.track.key, decision.choice.track.is_auto) == ("en", False)


async def test_a_video_without_captions_waits_or_is_over(shared_data: Path, tmp_path: Path) -> None:
    """Its owner turned them off."""
    answer = await _answer(shared_data, "yta-youtube_transcripts_disabled.innertube.json")
    with recorded.answering(answer) as command:
        seen = await probe(_program(command, tmp_path, FakeTurns()), _url("dsMFmonKDD4"))
    assert seen.info is not None
    assert seen.info.tracks == ()
    decision = decide(seen, History(NOW - timedelta(days=4)), NOW, Policy())
    assert isinstance(decision, Gone)
    assert decision.failure_code == "no_captions"


def _url(video_id: str) -> str:
    return YoutubeVideo(video_id).url
