"""What a model says was said, against what was said."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnoted.llm.tasks import ExtractAnswer, ExtractedMoment
from footnoted.model.citation import MatchKind
from footnoted.model.topic import Topic
from footnoted.model.transcript import Cue
from footnoted.profiles.techniques.binding import bind_moments
from footnoted.profiles.techniques.types import ExtractInput, ExtractOutput
from footnoted.stages.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy([Path(__file__).parents[4] / "prompts"], "techniques")
LINES = (
    "so the first thing we do is to flatten the back of the chisel",
    "only the last two centimeters of it matter for the edge",
    "then the bevel gets an angle of thirty degrees on the stone",
    "use a guide because the angle must be the same every time",
)
TOPICS = (
    Topic(position=0, first_cue=0, last_cue=1, title="The back", start_ms=0, end_ms=8000),
    Topic(position=1, first_cue=2, last_cue=3, title=None, start_ms=8000, end_ms=16_000),
)
GIVEN = ExtractInput(
    video_id=1,
    transcript_id=2,
    language="en",
    cues=tuple(Cue(n, n * 4000, n * 4000 + 4000, line) for n, line in enumerate(LINES)),
    topics=TOPICS,
)
MOMENT = ExtractedMoment(
    title="Flatten the back",
    summary="Flatten the back of the chisel first.",
    content_type="technique",
    quote="flatten the back of the chisel",
    first_cue=0,
    last_cue=0,
)


def _bind(*moments: ExtractedMoment) -> ExtractOutput:
    return bind_moments(GIVEN, [ExtractAnswer(moments=moments)], TAXONOMY)


def test_a_quote_that_was_said_makes_a_moment_at_its_cues() -> None:
    """Times are those of the cues."""
    out = _bind(MOMENT)
    found = out.evidence[0].evidence
    assert (found.match, found.start_ms, found.end_ms) == (MatchKind.EXACT, 0, 4000)
    assert out.moments[0].evidence_id == out.evidence[0].id
    assert out.counts == {"moments": 1, "evidence_exact": 1}


def test_an_invented_quote_leaves_its_evidence_and_no_moment() -> None:
    """It is stored and counted, never published."""
    lie = MOMENT.model_copy(update={"quote": "polish the handle with a mixture of oil and wax"})
    out = _bind(lie)
    assert out.moments == ()
    assert [item.evidence.match for item in out.evidence] == [MatchKind.REJECTED]
    assert out.counts == {"moments": 0, "evidence_rejected": 1}


def test_a_wrong_citation_is_corrected_and_moves_the_topic() -> None:
    """The topic of a moment is the one in which its words were said."""
    cited = MOMENT.model_copy(update={"quote": LINES[3], "first_cue": 0, "last_cue": 40})
    out = _bind(cited)
    assert (out.moments[0].topic_position, out.moments[0].topic_title) == (1, None)
    assert out.counts == {"moments": 1, "evidence_relocated": 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"content_type": "trick"}, "rejected_content_type"),
        ({"title": " "}, "rejected_blank"),
        ({"summary": "\n"}, "rejected_blank"),
        ({"last_cue": 2**31}, "rejected_cues"),
    ],
)
def test_what_cannot_be_is_rejected_and_counted(change: dict[str, object], reason: str) -> None:
    """An unknown content type is never coerced into a known one."""
    out = _bind(MOMENT.model_copy(update=change))
    assert (out.moments, out.evidence, out.counts) == ((), (), {"moments": 0, reason: 1})


def test_a_content_type_is_stored_as_the_taxonomy_writes_it() -> None:
    """Case is not a difference."""
    out = _bind(MOMENT.model_copy(update={"content_type": "Technique"}))
    assert out.moments[0].content_type == "technique"


def test_a_moment_said_once_is_there_once() -> None:
    """The same words at the same place are one moment, whatever it is called."""
    again = MOMENT.model_copy(update={"title": "The back first", "last_cue": 1})
    out = _bind(MOMENT, again)
    assert [moment.title for moment in out.moments] == ["Flatten the back"]
    assert out.counts["duplicates"] == 1


def test_moments_are_in_the_order_they_were_said() -> None:
    """Not in the order they were found."""
    later = MOMENT.model_copy(update={"quote": LINES[2], "first_cue": 2, "last_cue": 2})
    out = _bind(later, MOMENT)
    assert [moment.topic_position for moment in out.moments] == [0, 1]


def test_the_id_follows_the_words_and_their_place() -> None:
    """A new title, summary or writing keeps the moment; another place or video does not."""
    first = _bind(MOMENT).moments[0].id
    shouted = MOMENT.model_copy(update={"title": "T", "quote": MOMENT.quote.upper() + "!"})
    other = bind_moments(
        GIVEN.model_copy(update={"video_id": 9}), [ExtractAnswer(moments=(MOMENT,))], TAXONOMY
    )
    assert _bind(shouted).moments[0].id == first
    assert other.moments[0].id != first


def test_tools_are_named_once_as_first_written() -> None:
    """Blank ones are none."""
    out = _bind(MOMENT.model_copy(update={"tools": ("Chisel", "stone", "CHISEL", " ")}))
    assert out.moments[0].tools == ("Chisel", "stone")
