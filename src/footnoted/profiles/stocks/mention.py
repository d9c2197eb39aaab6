"""segmented -> mentioned: what is said about which company, with the words that say it.

names looked up -> a request for each topic, asked together -> quotes bound, symbols checked
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from footnoted.errors import PermanentError
from footnoted.knowledge import store as knowledge
from footnoted.llm.stock_tasks import MentionAnswer, MentionTask
from footnoted.model.status import ItemKind, Resource
from footnoted.model.transcript import CueKind
from footnoted.profiles.stocks import store
from footnoted.profiles.stocks.binding import bind_mentions
from footnoted.profiles.stocks.documents import write_stock_documents
from footnoted.profiles.stocks.making import made_with
from footnoted.profiles.stocks.mention_question import mention_question, mention_tokens
from footnoted.profiles.stocks.spotting import Spotter
from footnoted.profiles.stocks.types import MentionInput, MentionOutput
from footnoted.stages.excerpt import moved, speech_of
from footnoted.stages.pinned import read_pinned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.llm.stock_tasks import NameHeard
    from footnoted.model.topic import Topic
    from footnoted.profiles.stocks.symbols import SymbolTable
    from footnoted.profiles.stocks.types import MadeBy
    from footnoted.stages.excerpt import Excerpt
    from footnoted.stages.port import StageContext

MENTIONED = "mentioned"
UNLABELLED = "unlabelled"
"""What a topic without a title is called in a prompt."""


class MentionStage:
    """Finds what is said about companies, and keeps only what was really said."""

    name: ClassVar[str] = "mention"
    version: ClassVar[int] = 4
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = MENTIONED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[MentionInput] = MentionInput

    def __init__(self, table: SymbolTable, made_by: MadeBy) -> None:
        """Resolve names by `table`; `made_by` stands on every row."""
        self._table = table
        self._made_by = made_by
        self._spotter = Spotter(table)

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the version of the symbol table."""
        return {"symbols": self._table.sha256}

    async def load(self, session: AsyncConnection, item_id: int) -> MentionInput:
        """Return the transcript with its topics.

        Raises PermanentError when something was said and no topics of it are stored.
        """
        pinned = await read_pinned(session, item_id)
        video = pinned.video
        topics: tuple[Topic, ...] = ()
        if video.transcript_id is not None:
            topics = await knowledge.read_topics(session, item_id, video.transcript_id)
        if not topics and any(cue.kind is CueKind.SPEECH for cue in pinned.cues):
            message = f"video {item_id} has a transcript that was not divided into topics"
            raise PermanentError(message, failure_code="topics_missing")
        return MentionInput(
            video_id=item_id,
            transcript_id=video.transcript_id,
            language=video.language,
            cues=pinned.cues,
            topics=topics,
        )

    async def run(self, given: MentionInput, context: StageContext) -> MentionOutput:
        """Return the mentions in the order they were said."""
        # Looking up and matching take seconds on a long transcript; the event loop has others.
        names = await asyncio.to_thread(self._spotter.names_in, given.cues)
        excerpts = [speech_of(topic, given.cues) for topic in given.topics]
        requests = [
            self._request(given, topic, (excerpt, names), context)
            for topic, excerpt in zip(given.topics, excerpts, strict=True)
        ]
        answers = await context.asker.ask_all(requests) if requests else []
        placed = [
            _placed(answer, excerpt.first_cue)
            for answer, excerpt in zip(answers, excerpts, strict=True)
        ]
        out = await asyncio.to_thread(bind_mentions, given, placed, names, self._table)
        return out.model_copy(update={"made_by": made_with(self._made_by, context, self.name)})

    async def save(self, session: AsyncConnection, item_id: int, out: MentionOutput) -> None:
        """Write mentions and evidence; mentions that left are superseded, and found no more."""
        await store.replace_mentions(session, item_id, out, out.made_by or self._made_by)
        await write_stock_documents(session, item_id)

    def _request(
        self,
        given: MentionInput,
        topic: Topic,
        heard: tuple[Excerpt, Sequence[NameHeard]],
        context: StageContext,
    ) -> ModelRequest[MentionAnswer]:
        (cues, first_cue), names = heard
        task = MentionTask(
            language=given.language,
            topic=topic.title or UNLABELLED,
            cues=cues,
            names=tuple(
                moved(name, -first_cue)
                for name in names
                if topic.first_cue <= name.first_cue <= topic.last_cue
            ),
        )
        return mention_question().request(
            f"topic-{topic.position}", task, context.prompt(self.name), mention_tokens(cues)
        )


def _placed(answer: MentionAnswer, by: int) -> MentionAnswer:
    return MentionAnswer(mentions=tuple(moved(mention, by) for mention in answer.mentions))
