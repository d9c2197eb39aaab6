"""The profile brain over fakes: its own stages, prompts and glossary, and meetings as lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.model.topic import Topic
from footnoted.model.transcript import Cue, Transcript, TranscriptFormat, TranscriptOrigin
from footnoted.profiles.brain.profile import brain_profile
from footnoted.profiles.brain.types import EntitiesInput, Fix, ImproveInput
from footnoted.stages.index import IndexStage
from footnoted.stages.profile import Build, Profile, SharedStages
from tests.fakes.clock import FakeClock
from tests.fakes.search import FakeIndex
from tests.fakes.stages import FakeStage
from tests.fakes.workshop import CUE_MS, Recording

if TYPE_CHECKING:
    from footnoted.llm.brain_tasks import GlossaryEntry

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"


def make_profile(model: str = "extractive", roots: tuple[Path, ...] = ()) -> Profile:
    """Return the profile with an index that is always there; `roots` come before ours."""
    shared = SharedStages(
        transcribe=FakeStage("transcribe", "transcribed"),
        index=IndexStage(FakeIndex(), FakeClock()),
    )
    build = Build(lambda _stage, _profile: model, "0.0.0", "unknown")
    return brain_profile([*roots, PROMPTS], shared, build)


def cues_of(*lines: str) -> tuple[Cue, ...]:
    """Return a cue of four seconds for each line `Speaker: words`, or of words alone."""
    return tuple(_cue(index, line) for index, line in enumerate(lines))


def meeting(name: str, *lines: str, day: int = 0) -> Recording:
    """Return a recording of these lines."""
    said = Transcript(
        format=TranscriptFormat.WEBVTT,
        origin=TranscriptOrigin.CAPTIONS_MANUAL,
        language="en",
        cues=cues_of(*lines),
    )
    return Recording(name, (), day=day, transcript=said)


def given_entities(*lines: str, fixes: tuple[Fix, ...] = ()) -> EntitiesInput:
    """Return what the stage that finds names is given: all lines, one topic."""
    cues = cues_of(*lines)
    end_ms = len(cues) * CUE_MS
    topic = Topic(
        position=0,
        first_cue=0,
        last_cue=len(cues) - 1,
        title="All of it",
        start_ms=0,
        end_ms=end_ms,
    )
    return EntitiesInput(
        video_id=1, transcript_id=1, language="en", cues=cues, fixes=fixes, topics=(topic,)
    )


def given_words(*lines: str, glossary: tuple[GlossaryEntry, ...] = ()) -> ImproveInput:
    """Return what the stage that corrects words is given."""
    return ImproveInput(transcript_id=1, language="en", cues=cues_of(*lines), glossary=glossary)


def _cue(index: int, line: str) -> Cue:
    speaker, colon, words = line.partition(": ")
    span = (index, index * CUE_MS, (index + 1) * CUE_MS)
    return Cue(*span, words, speaker) if colon else Cue(*span, line)
