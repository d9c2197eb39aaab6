"""transcribed (or segmented) -> itemized: what a declared profile looks for, with its quotes.

topics, or stretches of the transcript -> a request each, asked together -> items bound to cues
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from footnoted.errors import PermanentError
from footnoted.knowledge import store as knowledge
from footnoted.llm.item_tasks import ItemsTask
from footnoted.model.status import ItemKind, Resource
from footnoted.model.transcript import CueKind
from footnoted.profiles.declared import store
from footnoted.profiles.declared.binding import bind_items
from footnoted.profiles.declared.documents import write_item_documents
from footnoted.profiles.declared.question import item_question, item_tokens, stretches
from footnoted.profiles.declared.types import ItemsInput, ItemsOutput
from footnoted.stages.excerpt import Excerpt, excerpt_of, speech_of
from footnoted.stages.pinned import read_pinned
from footnoted.stages.wording import AS_SPOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import JsonValue
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.model.topic import Topic
    from footnoted.profiles.declared.answers import DeclaredAnswer
    from footnoted.profiles.declared.declaration import Declaration
    from footnoted.stages.port import StageContext
    from footnoted.stages.wording import Wording

ITEMIZED = "itemized"


class _Piece(NamedTuple):
    """A part of a recording that one request is about."""

    label: str
    topic: str | None
    excerpt: Excerpt


class ItemsStage:
    """Finds the items of one declared profile, and keeps only what was really said."""

    name: ClassVar[str] = "items"
    version: ClassVar[int] = 3
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = ITEMIZED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[ItemsInput] = ItemsInput

    def __init__(
        self, declared: Declaration, wording: Wording = AS_SPOKEN, *, is_extractive: bool
    ) -> None:
        """Look for what is `declared`, and write it as `wording` says.

        `is_extractive` says that the built-in model is asked.
        """
        self._declared = declared
        self._wording = wording
        self._sha256 = declared.sha256(with_fillings=is_extractive)
        self._question = item_question(declared.schema, declared.taxonomy)

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the version of the schema."""
        return {"schema": self._sha256}

    async def load(self, session: AsyncConnection, item_id: int) -> ItemsInput:
        """Return the transcript, with its topics where the profile has them.

        Raises PermanentError when something was said and no topics of it are stored.
        """
        pinned = await read_pinned(session, item_id)
        video = pinned.video
        topics: tuple[Topic, ...] = ()
        if "segment" in self._declared.stages and video.transcript_id is not None:
            topics = await knowledge.read_topics(session, item_id, video.transcript_id)
            if not topics and any(cue.kind is CueKind.SPEECH for cue in pinned.cues):
                message = f"video {item_id} has a transcript that was not divided into topics"
                raise PermanentError(message, failure_code="topics_missing")
        return ItemsInput(
            video_id=item_id,
            transcript_id=video.transcript_id,
            recording=video.title,
            language=video.language,
            output_language=self._wording.language(video.output_language, video.language),
            cues=pinned.cues,
            topics=topics,
        )

    async def run(self, given: ItemsInput, context: StageContext) -> ItemsOutput:
        """Return the items in the order they were said."""
        pieces = list(_pieces(given))
        requests = [self._request(given, piece, context) for piece in pieces]
        answers = await context.asker.ask_all(requests) if requests else []
        values = [
            self._placed(item, piece.excerpt.first_cue)
            for piece, answer in zip(pieces, answers, strict=True)
            for item in answer.values()
        ]
        # Matching takes seconds on a long transcript; the event loop has others to serve.
        return await asyncio.to_thread(bind_items, given, values, self._declared)

    async def save(self, session: AsyncConnection, item_id: int, out: ItemsOutput) -> None:
        """Write items and evidence, tell the page groups, and make the items findable."""
        declared = self._declared
        await store.replace_items(
            session, item_id, out, profile=declared.name, has_pages=declared.template is not None
        )
        await write_item_documents(session, item_id)

    def _request(
        self, given: ItemsInput, piece: _Piece, context: StageContext
    ) -> ModelRequest[DeclaredAnswer]:
        cues = piece.excerpt.cues
        task = ItemsTask(
            language=given.language,
            output_language=given.output_language,
            recording=given.recording,
            topic=piece.topic,
            cues=cues,
            fields=self._declared.schema.fields,
            marks=self._declared.marks,
            subject=self._declared.subject,
        )
        prompt = context.prompt(self.name, given.output_language)
        return self._question.request(piece.label, task, prompt, item_tokens(cues))

    def _placed(self, values: Mapping[str, JsonValue], by: int) -> dict[str, JsonValue]:
        """Return an item citing the cues of the recording, of which its piece begins `by` on."""
        marks = self._declared.marks
        cited = {
            name: number + by
            for name in (marks.first_cue, marks.last_cue)
            if isinstance(number := values[name], int)
        }
        return {**values, **cited}


def _pieces(given: ItemsInput) -> Iterator[_Piece]:
    """Yield each part that is asked about."""
    for topic in given.topics:
        excerpt = speech_of(topic, given.cues)
        if excerpt.cues:
            yield _Piece(f"topic-{topic.position}", topic.title, excerpt)
    if not given.topics:
        parts = stretches(tuple(cue for cue in given.cues if cue.kind is CueKind.SPEECH))
        for number, cues in enumerate(parts):
            title = f"part {number + 1} of {len(parts)}" if len(parts) > 1 else None
            yield _Piece(f"part-{number}", title, excerpt_of(cues))
