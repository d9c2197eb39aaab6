"""Real meetings, with what people corrected in them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import GlossaryEntry, ImproveTask
from footnoted.llm.methods.meeting_words import improve
from footnoted.model.transcript import CueKind, TranscriptOrigin
from footnoted.profiles.brain.fixing import bind_fixes
from footnoted.profiles.brain.overlay import Overlay
from footnoted.profiles.brain.profile import MOST_CHANGED
from footnoted.profiles.brain.types import ImproveInput
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from pathlib import Path

    from footnoted.model.transcript import Cue


def test_a_list_of_misheard_words_gives_what_people_corrected(shared_data: Path) -> None:
    """Nine of ten cues it changes are word for word as people have them; times stay as they were.

    The lists and the corrected captions are those of the meetings (ethereum/pm).
    """
    changed = as_people_have_it = 0
    for folder in sorted((shared_data / "captions-ethereum-pm").iterdir()):
        cues, glossary = _cues(folder / "transcript.vtt"), _glossary(folder)
        task = ImproveTask(language="en", cues=cues, glossary=glossary)
        given = ImproveInput(transcript_id=1, language="en", cues=cues, glossary=glossary)
        out = bind_fixes(given, [improve(task)], MOST_CHANGED)
        read = Overlay(cues, out.fixes).cues
        people = {cue.index: cue.text for cue in _cues(folder / "transcript_corrected.vtt")}
        ours = [new for old, new in zip(cues, read, strict=True) if old.text != new.text]
        changed += len(ours)
        as_people_have_it += sum(people.get(cue.index) == cue.text for cue in ours)
        assert [cue[:3] for cue in read] == [cue[:3] for cue in cues]
    assert changed > 150
    assert as_people_have_it >= 0.9 * changed


def _cues(path: Path) -> tuple[Cue, ...]:
    said = read_transcript(path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED)
    return tuple(cue for cue in said.cues if cue.kind is CueKind.SPEECH)


def _glossary(folder: Path) -> tuple[GlossaryEntry, ...]:
    """Return the list of a meeting; a form that is listed for two things counts for the first."""
    written: dict[str, str] = {}
    with (folder / "transcript_changelog.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["original"] and row["corrected"]:
                written.setdefault(row["original"].casefold(), row["corrected"])
    return tuple(GlossaryEntry(written=name, heard=(heard,)) for heard, name in written.items())
