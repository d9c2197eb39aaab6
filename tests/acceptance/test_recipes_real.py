"""The recipes profile on real captions: nothing is cooked in them, so nothing is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.extractive import answer_task
from footnoted.llm.item_tasks import ItemsAnswer, ItemsTask
from footnoted.model.transcript import CueKind, TranscriptOrigin
from footnoted.profiles.declared.declaration import read_declaration
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ("captions-3b1b/**/english.captions.srt", "captions-virtualcoffee/**/*.*")
MOST = 20


def test_talks_about_something_else_hold_no_recipes(shared_data: Path, project_root: Path) -> None:
    """People say mix, put, because and never about anything (3Blue1Brown, Virtual Coffee)."""
    declared = read_declaration(project_root / "prompts" / "recipes" / "profile.toml")
    paths = [path for folder in FOLDERS for path in sorted(shared_data.glob(folder))[:MOST]]
    found: dict[str, int] = {}
    for path in paths:
        said = read_transcript(path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED)
        task = ItemsTask(
            language=said.language,
            recording=path.stem,
            topic=None,
            cues=tuple(cue for cue in said.cues if cue.kind is CueKind.SPEECH),
            fields=declared.schema.fields,
            marks=declared.marks,
            subject=declared.subject,
        )
        without = answer_task(task.model_copy(update={"subject": None}))
        answer = answer_task(task)
        assert isinstance(answer, ItemsAnswer)
        assert isinstance(without, ItemsAnswer)
        found[path.name] = len(answer.items)
        found["without a subject"] = found.get("without a subject", 0) + len(without.items)
    assert found.pop("without a subject") > len(paths), "else the subject would be for nothing"
    assert {name: count for name, count in found.items() if count} == {}
