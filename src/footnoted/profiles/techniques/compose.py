"""stale -> current: the pages of one creator in one category, from all live moments there.

moments -> runs of one recording, asked together -> drafts -> pairs of drafts that may say the same,
asked together -> pages: claims, each with everybody who made it
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from footnoted.knowledge.groups.store import finish_group, read_group
from footnoted.knowledge.origins.store import read_origins
from footnoted.knowledge.pages.store import find_missing_evidence, publish
from footnoted.knowledge.versions import Provenance
from footnoted.llm.tasks import SynthesizeTask
from footnoted.model.status import GROUP_CURRENT, ItemKind, Resource
from footnoted.profiles.techniques import store
from footnoted.profiles.techniques.chunks import chunk_moments
from footnoted.profiles.techniques.drafts import Draft, DraftReader
from footnoted.profiles.techniques.judging import judge
from footnoted.profiles.techniques.kinship import comparisons, read_drafts
from footnoted.profiles.techniques.merge_question import merge_question, merge_task, merge_tokens
from footnoted.profiles.techniques.page_question import material_of, page_question, page_tokens
from footnoted.profiles.techniques.types import ComposeInput, ComposeOutput
from footnoted.profiles.techniques.union import unite
from footnoted.stages.call_labels import label_of
from footnoted.stages.page_documents import write_page_documents
from footnoted.stages.port import ItemGoneError
from footnoted.stages.wording import AS_SPOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.pages.composed import ComposedPage
    from footnoted.llm.port import ModelRequest
    from footnoted.llm.tasks import MergeAnswer, SynthesizeAnswer
    from footnoted.profiles.techniques.chunks import Run
    from footnoted.profiles.techniques.kinship import Comparison, Read
    from footnoted.profiles.techniques.types import StoredMoment
    from footnoted.stages.port import StageContext
    from footnoted.stages.profile import MadeBy
    from footnoted.stages.wording import Wording

MERGE = "merge"
"""The prompt of the second step."""


class ComposeStage:
    """Writes the pages of a group, every claim with the moments it rests on."""

    name: ClassVar[str] = "compose"
    version: ClassVar[int] = 4
    kind: ClassVar[ItemKind] = ItemKind.PAGE_GROUP
    gives: ClassVar[str] = GROUP_CURRENT
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[ComposeInput] = ComposeInput

    def __init__(
        self,
        made_by: MadeBy,
        merge_sha256: str,
        wording: Wording = AS_SPOKEN,
        *,
        chunk_size: int = 40,
        excerpt_chars: int = 300,
    ) -> None:
        """Write up at most `chunk_size` moments at a time, showing `excerpt_chars` of each.

        `merge_sha256` is the version of the second step's prompt; `wording` says in which language
        pages are written.
        """
        self._made_by = made_by
        self._merge_sha256 = merge_sha256
        self._wording = wording
        self._chunk_size = chunk_size
        self._excerpt_chars = excerpt_chars

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the version of the second step's prompt; the taxonomy has done its work before."""
        return {"prompt_merge": self._merge_sha256}

    async def load(self, session: AsyncConnection, item_id: int) -> ComposeInput:
        """Return the group with all its live moments, in canonical order."""
        # The group first: what is wanted after this is read may be missing from the moments.
        group = await read_group(session, item_id)
        if group is None:
            raise ItemGoneError(item_id)
        moments = await store.read_group_moments(session, group)
        videos = {moment.video_id for moment in moments}
        return ComposeInput(
            group=group,
            moments=tuple(map(self._worded, moments)),
            origins=await read_origins(session, videos, self._made_by.stages),
        )

    async def run(self, given: ComposeInput, context: StageContext) -> ComposeOutput:
        """Return the pages; a group without moments has none."""
        counts: Counter[str] = Counter()
        drafts = await self._drafts(given, context, counts)
        # Comparing hundreds of drafts takes a while; the event loop has others to serve.
        reads = await asyncio.to_thread(read_drafts, drafts)
        asked = await asyncio.to_thread(comparisons, reads)
        requests = [self._comparison(given, reads, each, context) for each in asked]
        answers = await context.asker.ask_all(requests) if requests else []
        found = await asyncio.to_thread(judge, reads, asked, answers)
        pages = await asyncio.to_thread(unite, reads, found)
        counts.update(found.counts)
        return ComposeOutput(
            group=given.group,
            pages=pages,
            provenance=self._provenance(given, context),
            counts={**_tally(given, pages), **dict(sorted(counts.items()))},
        )

    async def save(self, session: AsyncConnection, item_id: int, out: ComposeOutput) -> None:
        """Publish the pages.

        Raises MissingEvidenceError for a claim without resolving evidence, unless the evidence
        went because the group changed meanwhile: then it is composed again, and nothing is written.
        """
        is_overtaken = await finish_group(session, item_id, out.group.wanted)
        if is_overtaken and await find_missing_evidence(session, out.pages):
            return
        published = await publish(session, out.group, out.pages, out.provenance)
        await store.drop_retired(session, out.group)
        await write_page_documents(session, (*published.changed, *published.retired))

    async def _drafts(
        self, given: ComposeInput, context: StageContext, counts: Counter[str]
    ) -> list[Draft]:
        """Return what is written of each recording by itself, in canonical order."""
        runs = chunk_moments(given.moments, self._chunk_size)
        numbers: Counter[int] = Counter()
        requests: list[ModelRequest[SynthesizeAnswer]] = []
        for run in runs:
            requests.append(self._writing(given, run, numbers[run[0].video_id], context))
            numbers[run[0].video_id] += 1
        answers = await context.asker.ask_all(requests) if requests else []
        reader, drafts = DraftReader(), list[Draft]()
        written: Counter[int] = Counter()
        for at, (run, answer) in enumerate(zip(runs, answers, strict=True)):
            video_id, language = run[0].video_id, run[0].output_language or run[0].language
            for page in reader.read(answer, run):
                drafts.append(Draft(page, video_id, language, at, written[video_id]))
                written[video_id] += 1
        counts.update(reader.counts)
        return drafts

    def _writing(
        self, given: ComposeInput, run: Run, number: int, context: StageContext
    ) -> ModelRequest[SynthesizeAnswer]:
        task = SynthesizeTask(
            language=run[0].language,
            output_language=run[0].output_language,
            category=given.group.category,
            moments=tuple(
                material_of(index, moment, self._excerpt_chars) for index, moment in enumerate(run)
            ),
        )
        label = label_of([run[0].video_id], str(number))
        prompt = context.prompt(self.name, task.output_language)
        return page_question().request(label, task, prompt, page_tokens(task.moments))

    def _comparison(
        self, given: ComposeInput, reads: Sequence[Read], asked: Comparison, context: StageContext
    ) -> ModelRequest[MergeAnswer]:
        first, second = reads[asked.first].draft, reads[asked.second].draft
        part = f"{first.number}-{second.number}-{asked.part}"
        label = label_of([first.video_id, second.video_id], f"{MERGE}-{part}")
        task = merge_task(reads, asked, given.group.category)
        return merge_question().request(label, task, context.prompt(MERGE), merge_tokens(task))

    def _worded(self, moment: StoredMoment) -> StoredMoment:
        """Return the moment with the language to write it up in."""
        language = self._wording.language(moment.output_language, moment.language)
        return moment.model_copy(update={"output_language": language})

    def _provenance(self, given: ComposeInput, context: StageContext) -> Provenance:
        models = ", ".join(sorted(context.asker.answered_by))
        own = {name: context.prompts[name].sha256 for name in (self.name, MERGE)}
        languages = {moment.output_language for moment in given.moments}
        return Provenance(
            stage=self.name,
            stage_version=self.version,
            models={self.name: models} if models else {},
            prompts=own,
            taxonomy=self._made_by.taxonomy_sha256,
            package_version=self._made_by.package_version,
            git_sha=self._made_by.git_sha,
            output_languages=tuple(sorted(filter(None, languages))),
            origins=given.origins,
        )


def _tally(given: ComposeInput, pages: Sequence[ComposedPage]) -> dict[str, int]:
    covered = frozenset[object]().union(*(page.moment_ids for page in pages))
    return {
        "pages": len(pages),
        "claims": sum(len(page.claims) for page in pages),
        "uncovered_moments": sum(moment.id not in covered for moment in given.moments),
    }
