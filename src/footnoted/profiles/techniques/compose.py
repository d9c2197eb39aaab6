"""stale -> current: the pages of one creator in one category, from all live moments there.

moments -> chunks, asked together -> drafts -> claims with moments -> pages of one slug united
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from footnoted.knowledge.groups.store import finish_group, read_group
from footnoted.knowledge.pages.composed import unite_equal_slugs
from footnoted.knowledge.pages.store import find_missing_evidence, publish
from footnoted.knowledge.versions import Provenance
from footnoted.llm.tasks import SynthesisMoment, SynthesizeTask
from footnoted.model.status import GROUP_CURRENT, ItemKind, Resource
from footnoted.model.text import one_line
from footnoted.profiles.techniques import store
from footnoted.profiles.techniques.chunks import chunk_moments
from footnoted.profiles.techniques.drafts import DraftReader
from footnoted.profiles.techniques.page_question import page_question, page_tokens
from footnoted.profiles.techniques.types import ComposeInput, ComposeOutput
from footnoted.stages.page_documents import write_page_documents
from footnoted.stages.port import ItemGoneError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.llm.port import ModelRequest
    from footnoted.llm.tasks import SynthesizeAnswer
    from footnoted.profiles.techniques.types import StoredMoment
    from footnoted.stages.port import StageContext
    from footnoted.stages.profile import MadeBy


class ComposeStage:
    """Writes the pages of a group, every claim with the moments it rests on."""

    name: ClassVar[str] = "compose"
    version: ClassVar[int] = 2
    kind: ClassVar[ItemKind] = ItemKind.PAGE_GROUP
    gives: ClassVar[str] = GROUP_CURRENT
    resource: ClassVar[Resource] = Resource.MODEL
    asks: ClassVar[bool] = True
    time_limit_s: ClassVar[float] = 1_800.0
    given_type: type[ComposeInput] = ComposeInput

    def __init__(
        self,
        made_by: MadeBy,
        *,
        chunk_size: int = 40,
        excerpt_chars: int = 300,
    ) -> None:
        """Write up at most `chunk_size` moments at a time, showing `excerpt_chars` of each."""
        self._made_by = made_by
        self._chunk_size = chunk_size
        self._excerpt_chars = excerpt_chars

    @property
    def parts(self) -> Mapping[str, str]:
        """Return no further versions: the taxonomy has done its work before."""
        return {}

    async def load(self, session: AsyncConnection, item_id: int) -> ComposeInput:
        """Return the group with all its live moments, in canonical order."""
        # The group first: what is wanted after this is read may be missing from the moments.
        group = await read_group(session, item_id)
        if group is None:
            raise ItemGoneError(item_id)
        moments = await store.read_group_moments(session, group)
        return ComposeInput(group=group, moments=moments)

    async def run(self, given: ComposeInput, context: StageContext) -> ComposeOutput:
        """Return the pages; a group without moments has none."""
        chunks = chunk_moments(given.moments, self._chunk_size)
        requests = [
            self._request(given, number, chunk, context) for number, chunk in enumerate(chunks)
        ]
        answers = await context.asker.ask_all(requests) if requests else []
        reader = DraftReader()
        drafts = [
            page
            for chunk, answer in zip(chunks, answers, strict=True)
            for page in reader.read(answer, chunk)
        ]
        pages = unite_equal_slugs(drafts)
        covered = frozenset[object]().union(*(page.moment_ids for page in pages))
        counts = {
            "pages": len(pages),
            "claims": sum(len(page.claims) for page in pages),
            "uncovered_moments": sum(moment.id not in covered for moment in given.moments),
            **reader.counts,
        }
        return ComposeOutput(
            group=given.group, pages=pages, provenance=self._provenance(context), counts=counts
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

    def _request(
        self,
        given: ComposeInput,
        number: int,
        chunk: Sequence[StoredMoment],
        context: StageContext,
    ) -> ModelRequest[SynthesizeAnswer]:
        task = SynthesizeTask(
            language=_commonest_language(chunk),
            creator=given.group.creator,
            category=given.group.category,
            moments=tuple(self._material(index, moment) for index, moment in enumerate(chunk)),
        )
        return page_question().request(
            f"chunk-{number}", task, context.prompt(self.name), page_tokens(task.moments)
        )

    def _material(self, index: int, moment: StoredMoment) -> SynthesisMoment:
        return SynthesisMoment(
            index=index,
            title=moment.title,
            summary=moment.summary,
            content_type=moment.content_type,
            subtopic=moment.subtopic,
            tools=moment.tools,
            quote=one_line(moment.quote, self._excerpt_chars),
        )

    def _provenance(self, context: StageContext) -> Provenance:
        return Provenance(
            stage=self.name,
            stage_version=self.version,
            models=self._made_by.models,
            prompts={name: prompt.sha256 for name, prompt in sorted(context.prompts.items())},
            taxonomy=self._made_by.taxonomy_sha256,
            package_version=self._made_by.package_version,
            git_sha=self._made_by.git_sha,
        )


def _commonest_language(moments: Sequence[StoredMoment]) -> str | None:
    """Return the language of most moments, the first by name where several have as many."""
    counts = Counter(moment.language for moment in moments if moment.language)
    return min(counts, key=lambda name: (-counts[name], name), default=None)
