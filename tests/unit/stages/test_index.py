"""The stage that makes transcripts findable."""

from __future__ import annotations

from datetime import timedelta

from footnoted.model.outcome import Waiting
from footnoted.model.transcript import Cue
from footnoted.model.video import VideoFacts
from footnoted.stages.index import IndexInput, IndexOutput, IndexStage
from footnoted.stages.port import StageContext
from tests.fakes.asker import FakeAsker
from tests.fakes.clock import FakeClock
from tests.fakes.search import FakeIndex

VIDEO = VideoFacts(
    id=3,
    profile="techniques",
    creator_id=1,
    creator="Ada",
    source_id=None,
    title="Bread",
    url="https://video.example/watch?v=1",
    published_at=None,
    language="en",
    transcript_id=9,
    tags=("baking",),
    chapters=(),
)
GIVEN = IndexInput(video=VIDEO, cues=(Cue(0, 0, 4000, "Let the bread rise."),))
CONTEXT = StageContext(FakeAsker(), {})


async def test_speech_becomes_windows_that_know_their_video() -> None:
    """Title, creator and tags come along for the filters."""
    out = await IndexStage(FakeIndex(), FakeClock()).run(GIVEN, CONTEXT)
    assert isinstance(out, IndexOutput)
    (window,) = out.documents
    assert (window.text, window.creator, window.tags) == (
        "Let the bread rise.",
        "Ada",
        ("baking",),
    )


async def test_an_index_that_is_away_is_a_wait_and_no_failure() -> None:
    """The video is looked at again in a minute, under the reason `index`."""
    index, clock = FakeIndex(), FakeClock()
    index.go_away()
    out = await IndexStage(index, clock).run(GIVEN, CONTEXT)
    assert isinstance(out, Waiting)
    assert (out.reason, out.until) == ("index", clock.now() + timedelta(seconds=60))
