"""What `show` tells of a video that went through a profile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from footnoted.catalogue import reader_of
from footnoted.errors import UsageError
from footnoted.model.citation import MatchKind
from footnoted.pipeline.reports.videos.video import read_report, read_video_runs, read_words
from tests.fakes.workshop import Recording, transcript_of

if TYPE_CHECKING:
    from footnoted.pipeline.reports.videos.report import VideoReport
    from tests.fakes.workshop import Workshop

BREAD = Recording(
    "bread", ("Knead the bread dough for ten minutes", "Let the bread rise until it doubled")
)
NOW = datetime(2026, 3, 4, tzinfo=UTC)


async def report_of(workshop: Workshop, video: int) -> VideoReport:
    """Return what `show` tells, with the profile installed."""
    readers = {workshop.profile.name: reader_of(workshop.profile.name).shown}
    return await read_report(workshop.database, video, readers, NOW)


async def test_moments_come_with_their_words_and_links(workshop: Workshop) -> None:
    """In the order they were said; each link opens the second of its cue."""
    video = await workshop.add(BREAD)
    await workshop.process(video)
    await workshop.compose()
    report = await report_of(workshop, video)
    evidence = [line.evidence for line in report.moments or ()]
    assert [(one.quote, one.match, one.link) for one in evidence if one] == [
        (line, MatchKind.EXACT, f"https://video.example/watch?v=bread&t={4 * n}")
        for n, line in enumerate(BREAD.lines)
    ]
    assert [page.slug for page in report.pages] == ["bread-and-dough"]
    assert len(report.topics) == 1


async def test_the_version_in_use_is_marked(workshop: Workshop) -> None:
    """Newest first; the one that the video cites is `is_used`."""
    video = await workshop.add(BREAD)
    await workshop.transcribe(video, transcript_of(("Something else altogether",)))
    report = await report_of(workshop, video)
    versions = [(one.version, one.is_used, one.word_count) for one in report.transcripts]
    assert versions == [(2, True, 3), (1, False, 14)]
    words = (await read_words(workshop.database, video)).transcript
    assert [cue.text for cue in words.cues] == ["Something else altogether"]


async def test_a_profile_that_is_not_installed_shows_no_moments(workshop: Workshop) -> None:
    """None is not the same as nothing found."""
    video = await workshop.add(BREAD)
    report = await read_report(workshop.database, video, {}, NOW)
    assert report.moments is None
    assert (await report_of(workshop, video)).moments == ()


async def test_an_unknown_video_is_a_sentence(workshop: Workshop) -> None:
    """All three readers say the same."""
    for read in (
        report_of(workshop, 9),
        read_words(workshop.database, 9),
        read_video_runs(workshop.database, 9),
    ):
        with pytest.raises(UsageError, match="there is no video 9"):
            await read


async def test_words_before_there_are_any_are_a_sentence(workshop: Workshop) -> None:
    """It says where to look."""
    video = await workshop.add(BREAD)
    await workshop.rows("UPDATE videos SET transcript_id = NULL RETURNING 1")
    await workshop.rows("DELETE FROM transcripts RETURNING 1")
    with pytest.raises(UsageError, match=f"video {video} has no transcript yet"):
        await read_words(workshop.database, video)
