"""Moments asked for in parts of a topic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from footnoted.llm.tasks import ExtractAnswer, ExtractedMoment, ExtractTask
from footnoted.model.topic import Topic
from footnoted.model.transcript import Cue
from footnoted.profiles.techniques.extract import ExtractStage
from footnoted.profiles.techniques.moment_question import moment_question, moment_tokens
from footnoted.profiles.techniques.types import ExtractInput, ExtractOutput
from footnoted.prompting import parse_prompt
from footnoted.stages.answer_size import STREAMING_TOKENS
from footnoted.stages.port import StageContext
from footnoted.stages.taxonomy import read_taxonomy
from tests.fakes.asker import FakeAsker

if TYPE_CHECKING:
    from footnoted.llm.port import Division

TAXONOMY = read_taxonomy([Path(__file__).parents[4] / "prompts"], "techniques")
PROMPT = parse_prompt(
    "extract", "S\n=== user ===\n{{language}} {{topic}} {{content_types}} {{transcript}}"
)
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty")


def _cues(count: int) -> tuple[Cue, ...]:
    """Return cues that each say something else."""
    return tuple(
        Cue(
            n,
            n * 4_000,
            n * 4_000 + 4_000,
            f"the {NUMBERS[n % 11]} chisel gets {NUMBERS[n // 11]} strokes on every stone",
        )
        for n in range(count)
    )


def _division(count: int) -> Division:
    task = ExtractTask(
        language="en", topic="T", cues=_cues(count), content_types=TAXONOMY.content_types
    )
    request = moment_question().request("topic-3", task, PROMPT, 2_000)
    assert request.divide is not None
    division = request.divide()
    assert division is not None
    return division


def _moment(first_cue: int, quote: str) -> ExtractedMoment:
    return ExtractedMoment(
        title="T",
        summary="S.",
        content_type="tip",
        quote=quote,
        first_cue=first_cue,
        last_cue=first_cue,
    )


async def _extract(cues: tuple[Cue, ...], asker: FakeAsker) -> ExtractOutput:
    topic = Topic(
        position=0, first_cue=0, last_cue=len(cues) - 1, title="T", start_ms=0, end_ms=None
    )
    given_input = ExtractInput(
        video_id=1, transcript_id=2, language="en", cues=cues, topics=(topic,)
    )
    stage = ExtractStage(TAXONOMY)
    return await stage.run(given_input, StageContext(asker, {"extract": PROMPT}))


def test_halves_ask_about_the_same_topic_with_their_own_cues() -> None:
    """Numbers are those of the transcript, so that citations need no translation."""
    first, second = _division(8).requests
    assert (first.label, second.label) == ("topic-3/1", "topic-3/2")
    assert "<topic>\nT\n</topic>" in second.prompt.user
    assert "[4-7]" in second.prompt.user
    assert "[0-3]" in first.prompt.user


def test_one_cue_is_not_cut() -> None:
    """There is nothing left to ask less about."""
    task = ExtractTask(language="en", topic="T", cues=_cues(1), content_types=("tip",))
    request = moment_question().request("topic-0", task, PROMPT, 2_000)
    assert request.divide is not None
    assert request.divide() is None


def test_moments_are_merged_in_order_and_one_found_twice_stands_once() -> None:
    """The same words cited elsewhere are another moment."""
    seam, elsewhere = _moment(3, "the last stroke"), _moment(5, "the last stroke")
    first = ExtractAnswer(moments=(_moment(0, "a"), seam))
    again = seam.model_copy(update={"quote": "The last  stroke", "title": "Again"})
    second = ExtractAnswer(moments=(again, elsewhere))
    assert _division(8).merge([first, second]) == ExtractAnswer(
        moments=(_moment(0, "a"), seam, elsewhere)
    )


@given(st.integers(1, 40), st.integers(1, 12))
async def test_no_moment_is_lost_or_doubled_by_asking_in_parts(count: int, limit: int) -> None:
    """The output is that of the whole answer, ids and counts included."""
    cues = _cues(count)
    asker = FakeAsker(is_too_long=lambda request: len(request.task.cues) > limit)
    assert await _extract(cues, asker) == await _extract(cues, FakeAsker())
    assert (count > limit) == bool(asker.parts)


def test_the_bound_follows_what_was_said() -> None:
    """A short topic has room for two moments; five minutes for three times the usual answer."""
    assert 1_536 < moment_tokens(_cues(1)) < 1_600
    five_minutes = [Cue(n, None, None, "word " * 10) for n in range(75)]
    assert 3_000 < moment_tokens(five_minutes) < 3_500
    assert moment_tokens([Cue(0, None, None, "word " * 90_000)]) < STREAMING_TOKENS
    hindi = [Cue(0, None, None, "नमस्ते दोस्तों आज हम बात करेंगे " * 40)]
    english = [Cue(0, None, None, "hello friends today we talk about " * 40)]
    assert moment_tokens(hindi) > moment_tokens(english)
