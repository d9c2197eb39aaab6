"""mentioned -> outlined: how the recording sees the market, each statement with its words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from footnoted.llm.stock_tasks import OutlookTask
from footnoted.model.status import ItemKind, Resource
from footnoted.model.transcript import CueKind
from footnoted.profiles.stocks import store
from footnoted.profiles.stocks.documents import write_stock_documents
from footnoted.profiles.stocks.making import made_with
from footnoted.profiles.stocks.outlook_binding import bind_outlook
from footnoted.profiles.stocks.outlook_question import outlook_question, outlook_tokens
from footnoted.profiles.stocks.types import OutlookInput, OutlookOutput
from footnoted.stages.pinned import read_pinned
from footnoted.stages.wording import AS_SPOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.profiles.stocks.types import MadeBy
    from footnoted.stages.port import StageContext
    from footnoted.stages.wording import Wording

OUTLINED = "outlined"


class OutlookStage:
    """Finds where a recording sees the market go, and why."""

    name: ClassVar[str] = "outlook"
    version: ClassVar[int] = 3
    kind: ClassVar[ItemKind] = ItemKind.VIDEO
    gives: ClassVar[str] = OUTLINED
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_200.0
    given_type: type[OutlookInput] = OutlookInput

    def __init__(self, made_by: MadeBy, wording: Wording = AS_SPOKEN) -> None:
        """Put `made_by` on every row, and write statements as `wording` says."""
        self._made_by = made_by
        self._wording = wording

    @property
    def parts(self) -> Mapping[str, str]:
        """Return no further versions."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> OutlookInput:
        """Return what is heard in the recording, and its title."""
        pinned = await read_pinned(session, item_id)
        video = pinned.video
        return OutlookInput(
            video_id=item_id,
            transcript_id=video.transcript_id,
            language=video.language,
            output_language=self._wording.language(video.output_language, video.language),
            title=video.title,
            cues=pinned.cues,
        )

    async def run(self, given: OutlookInput, context: StageContext) -> OutlookOutput:
        """Return the outlook; no speech, no question and no statements."""
        spoken = tuple(cue for cue in given.cues if cue.kind is CueKind.SPEECH)
        answers = []
        if spoken:
            task = OutlookTask(
                language=given.language,
                output_language=given.output_language,
                title=given.title,
                cues=spoken,
            )
            prompt = context.prompt(self.name, given.output_language)
            request = outlook_question().request("outlook", task, prompt, outlook_tokens())
            answers = await context.asker.ask_all([request])
        out = await asyncio.to_thread(bind_outlook, given, answers)
        return out.model_copy(update={"made_by": made_with(self._made_by, context, self.name)})

    async def save(self, session: AsyncConnection, item_id: int, out: OutlookOutput) -> None:
        """Write the outlook; what is not said any more is superseded."""
        await store.replace_outlook(session, item_id, out, out.made_by or self._made_by)
        await write_stock_documents(session, item_id)
