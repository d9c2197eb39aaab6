"""The shared last stage: classified -> indexed. Makes what was said findable, window by window.

It writes documents, never the index: the outbox brings those there. It waits while the index is
away, so that `indexed` is never said of something that cannot be searched soon.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from footnoted.errors import TransientError
from footnoted.knowledge.library.store import pages_resting_on
from footnoted.model.outcome import Waiting
from footnoted.model.status import INDEXED, ItemKind, Resource
from footnoted.model.transcript import Cue
from footnoted.model.video import VideoFacts
from footnoted.search.documents import transcript_windows
from footnoted.search.port import Document, DocumentKind
from footnoted.search.store import Owner, replace_documents
from footnoted.stages.page_documents import write_page_documents
from footnoted.stages.pinned import read_pinned
from footnoted.stages.searchable import search_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.clock import Clock
    from footnoted.stages.port import StageContext

INDEX_AWAY = "index"
"""The reason a video waits for while the index does not answer."""


class IndexState(Protocol):
    """What knows whether the index answers; every search index does."""

    async def ensure_ready(self) -> None:
        """Return when the index answers; raise TransientError while it is away."""
        ...


class IndexInput(BaseModel):
    """A video with everything that is heard in it."""

    model_config = ConfigDict(frozen=True)

    video: VideoFacts
    cues: tuple[Cue, ...]


class IndexOutput(BaseModel):
    """The windows of its transcript, in order."""

    model_config = ConfigDict(frozen=True)

    documents: tuple[Document, ...]
    counts: dict[str, int]


class IndexStage:
    """Writes the transcript windows of a video."""

    name: ClassVar[str] = "index"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = INDEXED
    resource: ClassVar[Resource] = Resource.INDEX
    asks: ClassVar[bool] = False
    time_limit_s: ClassVar[float] = 300.0
    given_type: type[IndexInput] = IndexInput

    def __init__(self, index: IndexState, clock: Clock, *, retry_s: float = 60.0) -> None:
        """Ask `index` whether it is there, and again after `retry_s` when it is not."""
        self._index = index
        self._clock = clock
        self._retry_s = retry_s

    @property
    def parts(self) -> Mapping[str, str]:
        """Return no further versions."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> IndexInput:
        """Return the video with its cues."""
        pinned = await read_pinned(session, item_id)
        return IndexInput(video=pinned.video, cues=pinned.cues)

    async def run(self, given: IndexInput, context: StageContext) -> IndexOutput | Waiting:
        """Return the windows, or the wait for an index that is away."""
        del context
        try:
            await self._index.ensure_ready()
        except TransientError as error:
            pause = timedelta(seconds=error.retry_after_s or self._retry_s)
            return Waiting(self._clock.now() + pause, INDEX_AWAY, error.message)
        facts = search_facts(given.video)
        windows = await asyncio.to_thread(transcript_windows, facts, given.cues)
        return IndexOutput(documents=tuple(windows), counts={"windows": len(windows)})

    async def save(self, session: AsyncConnection, item_id: int, out: IndexOutput) -> None:
        """Make these windows all that can be found of the transcript.

        Pages that cite the video are found by its date and language, which may be others now.
        """
        owner = Owner(video_id=item_id)
        await replace_documents(session, out.documents, owner=owner, kind=DocumentKind.WINDOW)
        await write_page_documents(session, await pages_resting_on(session, item_id))
