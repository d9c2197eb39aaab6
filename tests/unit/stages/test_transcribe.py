"""The run of `transcribe` and `poll`, without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from footnoted.errors import PermanentError
from footnoted.fetch.port import HostUnreachableError
from footnoted.model.outcome import Stopped, Waiting
from footnoted.model.transcript import Cue, Transcript, TranscriptFormat, TranscriptOrigin
from footnoted.sources.choosing.choice import Wishes
from footnoted.sources.choosing.look import Chosen, length_told
from footnoted.sources.items import Place
from footnoted.sources.options import options_of_source
from footnoted.sources.port import Scan, ScanRequest, SourceUnreachableError
from footnoted.stages.poll import Looking, PollInput, PollOutput, PollStage
from footnoted.stages.transcribe import TranscribeInput, TranscribeOutput, TranscribeStage
from footnoted.transcripts.choose import Candidate
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from footnoted.sources.items import Poll
    from footnoted.stages.port import StageContext

NO_CONTEXT = cast("StageContext", None)
GOOD = (
    "we start with the plane iron and flatten its back on the coarse stone",
    "then you move to the fine stone and work until the scratches are gone",
    "after that the bevel gets the same care and you strop it on leather",
)
BAD = ("the the the the the the the the",) * 40


def read(
    data: bytes, file_name: str, *, origin: TranscriptOrigin, language_hint: str | None = None
) -> Transcript:
    """Read files that say what they hold: `good`, `bad`, `broken` or `odd`."""
    if data == b"broken":
        message = f"{file_name}: it is broken"
        raise PermanentError(message, failure_code="transcript_malformed")
    lines = BAD if data == b"bad" else GOOD
    if data == b"odd":
        lines = ("\ud800",)
    cues = tuple(Cue(n, n * 5_000, n * 5_000 + 5_000, line) for n, line in enumerate(lines))
    return Transcript(format=TranscriptFormat.SRT, origin=origin, language=language_hint, cues=cues)


def candidate(path: Path, content: str, **fields: Any) -> Candidate:
    """Return a file that holds `content`."""
    path.write_text(content)
    values: dict[str, Any] = {
        "origin": TranscriptOrigin.IMPORTED,
        "language": "en",
        "is_original": False,
        "is_timed": True,
        "is_copy": False,
        "modified_ns": 0,
    }
    return Candidate(path=str(path), sha256=content, **{**values, **fields})


def given(*candidates: Candidate, **fields: Any) -> TranscribeInput:
    """Return the input of a recording with these files."""
    values: dict[str, Any] = {
        "title": "A talk",
        "language": None,
        "duration_ms": None,
        "quality_accepted": False,
        "has_sound": False,
        "read_before": frozenset(),
    }
    return TranscribeInput(candidates=candidates, **{**values, **fields})


async def run(value: TranscribeInput) -> TranscribeOutput | Waiting | Stopped:
    """Run the stage."""
    return await TranscribeStage(read, FakeClock()).run(value, NO_CONTEXT)


async def test_the_best_good_file_is_used_and_the_others_told(tmp_path: Path) -> None:
    """Files that are broken, bad or gone are passed over, in the order they were tried."""
    broken = candidate(tmp_path / "a.srt", "broken")
    bad = candidate(tmp_path / "b.srt", "bad")
    gone = candidate(tmp_path / "c.srt", "good")
    good = candidate(tmp_path / "d.srt", "good")
    (tmp_path / "c.srt").unlink()
    out = await run(given(good, gone, bad, broken))
    assert isinstance(out, TranscribeOutput)
    assert out.path == good.path
    assert out.counts == {"cues": 3, "words": 42}
    assert [item.path for item in out.passed_over] == [broken.path, bad.path, gone.path]


async def test_a_file_read_before_is_not_read_again(tmp_path: Path) -> None:
    """Its version is shared."""
    known = candidate(tmp_path / "a.srt", "broken")
    out = await run(given(known, read_before=frozenset({"broken"})))
    assert isinstance(out, TranscribeOutput)
    assert (out.file_sha256, out.transcript, out.counts) == ("broken", None, {"shared": 1})


async def test_the_best_file_s_fault_is_the_reason(tmp_path: Path) -> None:
    """Also when worse ones have other faults."""
    bad = candidate(tmp_path / "a.srt", "bad")
    broken = candidate(tmp_path / "b.srt", "broken")
    out = await run(given(bad, broken))
    assert isinstance(out, Stopped)
    assert out.status == "quarantined"
    assert out.detail.startswith(bad.path)
    with pytest.raises(PermanentError, match=r"a\.srt: it is broken"):
        await run(given(candidate(tmp_path / "a.srt", "broken")))


async def test_a_person_may_accept_a_bad_one(tmp_path: Path) -> None:
    """The verdict is kept with the version."""
    bad = candidate(tmp_path / "a.srt", "bad")
    out = await run(given(bad, quality_accepted=True))
    assert isinstance(out, TranscribeOutput)
    assert out.quality is not None
    assert not out.quality.passed


async def test_what_cannot_be_stored_shows_as_replaced(tmp_path: Path) -> None:
    """JSON can spell a lone surrogate, which has no UTF-8 form."""
    out = await run(given(candidate(tmp_path / "a.srt", "odd"), quality_accepted=True))
    assert isinstance(out, TranscribeOutput)
    assert out.transcript is not None
    assert [cue.text for cue in out.transcript.cues] == ["\ufffd"]


async def test_a_language_nobody_names_is_told_by_the_words(tmp_path: Path) -> None:
    """The version carries it."""
    out = await run(given(candidate(tmp_path / "a.srt", "good", language=None)))
    assert isinstance(out, TranscribeOutput)
    assert out.transcript is not None
    assert out.transcript.language == "en"


async def test_without_words_a_recording_waits_and_says_for_what(tmp_path: Path) -> None:
    """For speech recognition when there is sound, else for its files."""
    gone = candidate(tmp_path / "a.srt", "good")
    (tmp_path / "a.srt").unlink()
    waits = [
        await run(given(has_sound=True)),
        await run(given(gone, has_sound=True)),
        await run(given(gone)),
        await run(given()),
    ]
    assert [wait.reason for wait in waits if isinstance(wait, Waiting)] == [
        "speech_recognition",
        "speech_recognition",
        "transcript_missing",
        "transcript_missing",
    ]
    thirty_days_on = FakeClock().now() + timedelta(days=30)
    assert [wait.deadline for wait in waits if isinstance(wait, Waiting)] == [thirty_days_on] * 4


WHOLE = options_of_source("folder", {})


class FakeScanner:
    """Sees what it was told to see."""

    def __init__(self, answer: Scan | SourceUnreachableError) -> None:
        """Answer every look the same."""
        self.answer = answer
        self.requests: list[ScanRequest] = []

    def scan(self, request: ScanRequest) -> Scan:
        """Return or raise the answer."""
        self.requests.append(request)
        if isinstance(self.answer, SourceUnreachableError):
            raise self.answer
        return self.answer

    def gone(self, paths: Sequence[str]) -> list[str]:
        """Return that all are there."""
        del paths
        return []


def source(**fields: Any) -> PollInput:
    """Return a followed folder of which nothing is known."""
    values: dict[str, Any] = {
        "source_id": 1,
        "kind": "folder",
        "locator": r"/x/caf\xe9",
        "poll_interval_s": 300,
        "known": {},
        "wishes": Wishes(options=WHOLE, followed_since=FakeClock().now()),
    }
    return PollInput(**{**values, **fields})


async def test_a_poll_looks_at_the_real_path_and_stops_its_thread() -> None:
    """The stored locator is turned back; the look is told to end when nobody waits for it."""
    scanner = FakeScanner(Scan(unchanged=3))
    out = await PollStage(Looking(scanner, length_told, {}), FakeClock()).run(source(), NO_CONTEXT)
    (request,) = scanner.requests
    assert out == PollOutput(chosen=Chosen(scan=Scan(unchanged=3)), options=WHOLE)
    assert list(request.targets) == ["/x/caf\udce9"]
    assert request.is_stopped()


async def test_a_source_that_is_away_waits_a_minute_at_most() -> None:
    """It is told by name and keeps following."""
    clock = FakeClock()
    scanner = FakeScanner(SourceUnreachableError("/x", "the folder is not there"))
    stage = PollStage(Looking(scanner, length_told, {}), clock)
    assert await stage.run(source(poll_interval_s=20), NO_CONTEXT) == Waiting(
        clock.now() + timedelta(seconds=20), "source_unreachable", "/x: the folder is not there"
    )


async def test_a_kind_of_source_nobody_knows_fails_by_name() -> None:
    """It was made by another release."""
    stage = PollStage(Looking(FakeScanner(Scan()), length_told, {}), FakeClock())
    with pytest.raises(PermanentError, match="'feed' are not known"):
        await stage.run(source(kind="feed"), NO_CONTEXT)


class Away:
    """A follower of places that are not there."""

    def __init__(self, error: Exception) -> None:
        """Raise `error` at every look."""
        self._error = error

    async def look(self, place: Place, now: datetime) -> Poll:
        """Fail."""
        del place, now
        raise self._error


@pytest.mark.parametrize(
    ("error", "reason", "days"),
    [
        (SourceUnreachableError("https://x.example/f", "404"), "source_unreachable", 14),
        (HostUnreachableError("x.example", "no answer"), "host_unreachable", 90),
    ],
)
async def test_a_place_on_the_net_that_is_away_is_given_time(
    error: Exception, reason: str, days: int
) -> None:
    """Feeds of living channels break for days; a host that is silent may be our own line."""
    clock = FakeClock()
    stage = PollStage(Looking(FakeScanner(Scan()), length_told, {"feed": Away(error)}), clock)
    place = Place(source_id=1, locator="https://x.example/f")
    waiting = await stage.run(source(kind="feed", place=place), NO_CONTEXT)
    assert isinstance(waiting, Waiting)
    assert (waiting.reason, waiting.deadline) == (reason, clock.now() + timedelta(days=days))
