"""transcribed -> improved: misheard words, each listed; what was heard stays as it was.

cues -> a request for each stretch -> corrections held to their bounds -> fixes laid over cues
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from footnoted.llm.brain_tasks import GlossaryEntry, ImproveTask
from footnoted.model.status import ItemKind, Resource
from footnoted.model.text import one_line
from footnoted.model.transcript import CueKind
from footnoted.profiles.brain import store
from footnoted.profiles.brain.fixing import bind_fixes
from footnoted.profiles.brain.improve_question import improve_question, improve_tokens, stretches
from footnoted.profiles.brain.naming import is_anonymous
from footnoted.profiles.brain.types import ImproveInput, ImproveOutput
from footnoted.stages.pinned import read_pinned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.profiles.brain.glossary import Glossary
    from footnoted.stages.pinned import PinnedVideo
    from footnoted.stages.port import StageContext

IMPROVED = "improved"
_LONGEST = 100


class ImproveStage:
    """Finds words that were misheard, and keeps what corrections may be."""

    name: ClassVar[str] = "improve"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = IMPROVED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[ImproveInput] = ImproveInput

    def __init__(self, glossary: Glossary, most_changed: float) -> None:
        """Know how things are written; change at most this share of the letters of a cue."""
        self._glossary = glossary
        self._most_changed = most_changed

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the glossary's version, and the bound."""
        return {"glossary": self._glossary.sha256, "most_changed": str(self._most_changed)}

    async def load(self, session: AsyncConnection, item_id: int) -> ImproveInput:
        """Return the speech as it was heard, and how the names around it are written."""
        pinned = await read_pinned(session, item_id)
        cues = tuple(cue for cue in pinned.cues if cue.kind is CueKind.SPEECH)
        known = {entry.written.casefold() for entry in self._glossary.entries}
        told = (name for name in _told(pinned) if name.casefold() not in known)
        return ImproveInput(
            transcript_id=pinned.video.transcript_id,
            language=pinned.video.language,
            cues=cues,
            glossary=(
                *self._glossary.entries,
                *(GlossaryEntry(written=name) for name in dict.fromkeys(told)),
            ),
        )

    async def run(self, given: ImproveInput, context: StageContext) -> ImproveOutput:
        """Return every correction, in the order of the words."""
        prompt = context.prompt(self.name)
        requests = [
            improve_question().request(
                f"part-{number}",
                ImproveTask(language=given.language, cues=cues, glossary=given.glossary),
                prompt,
                improve_tokens(cues),
            )
            for number, cues in enumerate(stretches(given.cues))
        ]
        answers = await context.asker.ask_all(requests) if requests else []
        return await asyncio.to_thread(bind_fixes, given, answers, self._most_changed)

    async def save(self, session: AsyncConnection, item_id: int, out: ImproveOutput) -> None:
        """Write the corrections; what rests on others is not done any more."""
        await store.replace_fixes(session, item_id, out)


def _told(pinned: PinnedVideo) -> Iterator[str]:
    """Yield how names are written that the publisher and the speakers' labels give."""
    yield one_line(pinned.video.creator, _LONGEST)
    yield from (one_line(tag, _LONGEST) for tag in pinned.video.tags)
    labels = {cue.speaker for cue in pinned.cues if cue.speaker}
    yield from sorted(one_line(label, _LONGEST) for label in labels if not is_anonymous(label))
