"""stale -> current: the pages of one creator in one category, by template and without a model.

items -> by title -> a claim for each line and item -> claims that say the same united
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from footnoted.knowledge.groups.store import finish_group, read_group
from footnoted.knowledge.origins.store import read_origins
from footnoted.knowledge.pages.composed import (
    ComposedClaim,
    ComposedPage,
    Support,
    unite_claims,
)
from footnoted.knowledge.pages.identity import slugify
from footnoted.knowledge.pages.store import find_missing_evidence, publish
from footnoted.knowledge.versions import Provenance
from footnoted.model.status import GROUP_CURRENT, ItemKind, Resource
from footnoted.model.text import one_line
from footnoted.profiles.declared import store
from footnoted.profiles.declared.schema import PAGE
from footnoted.profiles.declared.template import PageTemplate, render
from footnoted.profiles.declared.types import PagesInput, PagesOutput
from footnoted.stages.page_documents import write_page_documents
from footnoted.stages.port import ItemGoneError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import JsonValue
    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.groups.group import PageGroup
    from footnoted.profiles.declared.types import StoredItem
    from footnoted.stages.port import StageContext
    from footnoted.stages.profile import MadeBy

_TITLE_LIMIT, _TEXT_LIMIT = 120, 2_000
_TEMPLATE = "page"


class PagesStage:
    """Puts items into a template; every claim rests on the items that say it."""

    name: ClassVar[str] = "pages"
    version: ClassVar[int] = 1
    kind: ClassVar[ItemKind] = ItemKind.PAGE_GROUP
    gives: ClassVar[str] = GROUP_CURRENT
    resource: ClassVar[Resource] = Resource.CPU
    asks: ClassVar[bool] = False
    time_limit_s: ClassVar[float] = 300.0
    given_type: type[PagesInput] = PagesInput

    def __init__(self, template: PageTemplate, made_by: MadeBy) -> None:
        """Compose by `template`, and say on every page what it was `made_by`."""
        self._template = template
        self._made_by = made_by

    @property
    def parts(self) -> Mapping[str, str]:
        """Return the version of the template."""
        return {"template": self._template.sha256}

    async def load(self, session: AsyncConnection, item_id: int) -> PagesInput:
        """Return the group with all its live items, in canonical order."""
        # The group first: what is wanted after this is read may be missing from the items.
        group = await read_group(session, item_id)
        if group is None:
            raise ItemGoneError(item_id)
        items = await store.read_group_items(session, group)
        videos = {item.video_id for item in items}
        origins = await read_origins(session, videos, self._made_by.stages)
        return PagesInput(group=group, items=items, origins=origins)

    async def run(self, given: PagesInput, context: StageContext) -> PagesOutput:
        """Return the pages; a group without items has none."""
        del context  # a template asks nobody
        pages = compose(self._template, given.group, given.items)
        covered = frozenset[object]().union(*(page.moment_ids for page in pages))
        counts = {
            "pages": len(pages),
            "claims": sum(len(page.claims) for page in pages),
            "uncovered_items": sum(item.id not in covered for item in given.items),
        }
        provenance = Provenance(
            stage=self.name,
            stage_version=self.version,
            models={},
            prompts={_TEMPLATE: self._template.sha256},
            taxonomy=self._made_by.taxonomy_sha256,
            package_version=self._made_by.package_version,
            git_sha=self._made_by.git_sha,
            origins=given.origins,
        )
        return PagesOutput(group=given.group, pages=pages, provenance=provenance, counts=counts)

    async def save(self, session: AsyncConnection, item_id: int, out: PagesOutput) -> None:
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


def compose(
    template: PageTemplate, group: PageGroup, items: Sequence[StoredItem]
) -> tuple[ComposedPage, ...]:
    """Return the pages of a group, by address; items whose title says the same share one."""
    titles: dict[str, Counter[str]] = {}
    shared: dict[str, list[StoredItem]] = {}
    for item in items:
        title = _title(template, group, item)
        if title:
            titles.setdefault(slugify(title), Counter())[title] += 1
            shared.setdefault(slugify(title), []).append(item)
    composed = (
        _page(template, group, slug, _commonest(titles[slug]), shared[slug])
        for slug in sorted(shared)
    )
    return tuple(page for page in composed if page.claims)


def _page(
    template: PageTemplate, group: PageGroup, slug: str, title: str, items: Sequence[StoredItem]
) -> ComposedPage:
    # A summary has only what the title has, so that it says the same for all items.
    named = next(item for item in items if _title(template, group, item) == title)
    summary = render(template.summary, _values(group, named)) or ""
    return ComposedPage(
        slug=slug,
        title=title,
        summary=one_line(summary, _TEXT_LIMIT),
        tags=(),
        tools=(),
        claims=unite_claims(_claims(template, group, items)),
    )


def _claims(
    template: PageTemplate, group: PageGroup, items: Sequence[StoredItem]
) -> Iterator[ComposedClaim]:
    for section in template.sections:
        for line in section.lines:
            for item in items:
                text = render(line, _values(group, item))
                if text is not None:
                    yield ComposedClaim(
                        heading=section.heading,
                        text=one_line(text, _TEXT_LIMIT),
                        support=(Support(moment_id=item.id, evidence_id=item.evidence_id),),
                    )


def _title(template: PageTemplate, group: PageGroup, item: StoredItem) -> str:
    """Return the title of the page that an item is on; empty where it has none."""
    return one_line(render(template.title, _values(group, item)) or "", _TITLE_LIMIT)


def _values(group: PageGroup, item: StoredItem) -> dict[str, JsonValue]:
    page: dict[str, JsonValue] = {"creator": group.creator, "category": group.category}
    return {**item.fields, PAGE: page}


def _commonest(titles: Counter[str]) -> str:
    """Return the title that most items have, the first by letters where several do."""
    return min(titles, key=lambda title: (-titles[title], title))
