"""The answer to `improve`: what the glossary proves to be misheard, and not a letter more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from footnoted.llm.brain_tasks import ImproveAnswer, WordFix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from footnoted.llm.brain_tasks import ImproveTask
    from footnoted.model.transcript import Cue


def improve(task: ImproveTask) -> ImproveAnswer:
    """Return a correction for each form that the glossary lists as misheard."""
    written = {
        " ".join(heard.casefold().split()): entry.written
        for entry in task.glossary
        for heard in entry.heard
    }
    if not written:
        return ImproveAnswer(fixes=())
    longest = sorted(written, key=lambda form: (-len(form), form))
    words = "|".join(r"\s+".join(map(re.escape, form.split())) for form in longest)
    pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    return ImproveAnswer(
        fixes=tuple(fix for cue in task.cues for fix in _fixes(cue, pattern, written))
    )


def _fixes(cue: Cue, pattern: re.Pattern[str], written: dict[str, str]) -> Iterator[WordFix]:
    seen: set[str] = set()
    for match in pattern.finditer(cue.text):
        before = match.group()
        after = written[" ".join(before.casefold().split())]
        if before != after and before not in seen:
            seen.add(before)
            yield WordFix(cue=cue.index, before=before, after=after, reason="glossary")
