"""What a model says of the market, against what was said."""

from __future__ import annotations

from footnoted.llm.stock_tasks import OutlookAnswer, OutlookPoint
from footnoted.profiles.stocks.outlook_binding import bind_outlook
from footnoted.profiles.stocks.types import OutlookInput, OutlookOutput, PointKind
from tests.unit.profiles.stocks.tables import cues_of

LINES = (
    "I do not think this is a crash because earnings grow by ten percent",
    "what I worry about is credit spreads and nothing else",
)
GIVEN = OutlookInput(
    video_id=1,
    transcript_id=2,
    language="en",
    title="CRASH?",
    cues=cues_of(*LINES, speaker="Ada"),
)
REASON = OutlookPoint(
    text="Earnings grow.", quote="earnings grow by ten percent", first_cue=0, last_cue=0
)
RISK = OutlookPoint(
    text="Credit spreads.", quote="what I worry about is credit spreads", first_cue=1, last_cue=1
)
ANSWER = OutlookAnswer(
    direction="bullish", reasoning=(REASON,), themes=(), risks=(RISK,), summary=()
)


def _bind(**changes: object) -> OutlookOutput:
    return bind_outlook(GIVEN, [ANSWER.model_copy(update=changes)])


def test_an_outlook_stands_with_the_words_of_each_statement() -> None:
    """And with who was heard by name."""
    out = _bind()
    assert (out.direction, out.speakers) == ("bullish", ("Ada",))
    assert [(point.kind, point.text) for point in out.points] == [
        (PointKind.REASON, "Earnings grow."),
        (PointKind.RISK, "Credit spreads."),
    ]
    assert out.counts == {"points": 2, "evidence_exact": 2}


def test_an_unknown_direction_is_rejected_and_counted() -> None:
    """It is never turned into a known one; the reasons stay."""
    out = _bind(direction="moon")
    assert (out.direction, out.counts["rejected_direction"], len(out.points)) == (None, 1, 2)


def test_a_direction_needs_a_reason_that_was_said() -> None:
    """An invented reason takes the direction with it."""
    invented = REASON.model_copy(update={"quote": "the president promised me a rally by Easter"})
    out = _bind(reasoning=(invented,))
    assert (out.direction, out.counts["direction_without_reason"]) == (None, 1)


def test_a_recording_without_speech_has_an_outlook_that_says_nothing() -> None:
    """So that it counts as looked through."""
    out = bind_outlook(GIVEN.model_copy(update={"cues": (), "transcript_id": None}), [])
    assert (out.direction, out.points, out.counts) == (None, (), {"points": 0})
