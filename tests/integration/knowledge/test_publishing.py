"""Publishing pages: evidence is a condition, versions follow content, addresses last."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from footnoted.knowledge.groups.store import read_group
from footnoted.knowledge.library.store import find_pages, list_pages, read_page
from footnoted.knowledge.pages.composed import ComposedClaim, ComposedPage, Support
from footnoted.knowledge.pages.identity import slugify
from footnoted.knowledge.pages.store import MissingEvidenceError, publish
from footnoted.knowledge.versions import Provenance
from tests.fakes.workshop import Recording

if TYPE_CHECKING:
    from footnoted.knowledge.pages.store import PublishedPages
    from tests.fakes.workshop import Workshop

PROVENANCE = Provenance(
    stage="compose",
    stage_version=1,
    models={"compose": "fake"},
    prompts={"compose": "0" * 64},
    taxonomy="0" * 64,
    package_version="0.0.0",
    git_sha="unknown",
)
LINES = (
    "Let the bread rise until it has doubled",
    "Salt the bread dough at the very end",
    "Bake the bread with steam for ten minutes",
)


class Press:
    """Publishes pages over the moments of one recording."""

    def __init__(self, workshop: Workshop, support: list[Support], group_id: int) -> None:
        """Use the moments of `support`, in the order they were said."""
        self.workshop = workshop
        self.support = support
        self.group_id = group_id

    async def publish(self, **pages: list[int]) -> PublishedPages:
        """Publish pages called by the keywords, a claim for each moment number."""
        composed = [
            _page(title.replace("_", " ").capitalize(), [self.support[n] for n in numbers])
            for title, numbers in pages.items()
        ]
        async with self.workshop.database.transaction() as session:
            group = await read_group(session, self.group_id)
            assert group is not None
            return await publish(session, group, composed, PROVENANCE)

    async def find(self, slug: str) -> list[str]:
        """Return the titles of the pages that `slug` leads to."""
        async with self.workshop.database.transaction() as session:
            found = [await read_page(session, key) for key in await find_pages(session, slug)]
        return [page.title for page in found if page is not None]


@pytest.fixture
async def press(workshop: Workshop) -> Press:
    """Return a press with three moments and no page yet."""
    await workshop.process(await workshop.add(Recording("bread", LINES)))
    rows = await workshop.rows("SELECT id, evidence_id FROM technique_moments ORDER BY position")
    support = [Support(moment_id=row.id, evidence_id=row.evidence_id) for row in rows]
    return Press(workshop, support, int(await workshop.scalar("SELECT id FROM page_groups")))


def _page(title: str, support: list[Support]) -> ComposedPage:
    return ComposedPage(
        slug=slugify(title),
        title=title,
        summary="",
        tags=(),
        tools=(),
        claims=tuple(
            ComposedClaim(heading="", text=f"Claim {number}", support=(item,))
            for number, item in enumerate(support)
        ),
    )


async def test_a_claim_without_resolving_evidence_is_refused(press: Press) -> None:
    """Neither evidence that does not exist nor rejected evidence lets a page be published."""
    invented = Support(moment_id=uuid4(), evidence_id=uuid4())
    press.support.append(invented)
    with pytest.raises(MissingEvidenceError) as raised:
        await press.publish(bread=[0, 3])
    await press.workshop.rows(
        """UPDATE evidence SET match = 'rejected', first_cue = NULL, last_cue = NULL
           WHERE id = :id RETURNING id""",
        id=press.support[0].evidence_id,
    )
    with pytest.raises(MissingEvidenceError):
        await press.publish(bread=[0])
    assert raised.value.failure_code == "claim_without_evidence"
    assert await press.workshop.scalar("SELECT count(*) FROM pages") == 0


async def test_equal_content_is_no_new_version(press: Press) -> None:
    """Versions count content: 1, 1, 2."""
    await press.publish(bread=[0])
    again = await press.publish(bread=[0])
    changed = await press.publish(bread=[0, 1])
    versions = await press.workshop.rows("SELECT version FROM page_versions ORDER BY version")
    assert again.changed == ()
    assert len(changed.changed) == 1
    assert [row.version for row in versions] == [1, 2]


async def test_a_retitled_page_keeps_its_address_and_has_the_new_one_too(press: Press) -> None:
    """Links that people have stay good; who looks for the new title finds the page."""
    await press.publish(proofing=[0, 1])
    await press.publish(rising_dough=[0, 1, 2])
    assert await press.find("proofing") == ["Rising dough"]
    assert await press.find("rising-dough") == ["Rising dough"]
    assert await press.workshop.scalar("SELECT count(*) FROM pages") == 1


async def test_a_page_that_was_merged_leads_to_the_one_with_its_moments(press: Press) -> None:
    """The larger share keeps its address; the other address redirects."""
    await press.publish(salting=[1], proofing=[0, 2])
    published = await press.publish(bread=[0, 1, 2])
    assert len(published.retired) == 1
    assert await press.find("salting") == ["Bread"]
    assert await press.find("proofing") == ["Bread"]


async def test_a_split_page_keeps_its_address_with_the_larger_part(press: Press) -> None:
    """The smaller part gets a page of its own."""
    await press.publish(bread=[0, 1, 2])
    await press.publish(salting=[1], rising=[0, 2])
    assert await press.find("bread") == ["Rising"]
    assert await press.find("salting") == ["Salting"]


async def test_a_new_page_takes_a_redirected_address_back(press: Press) -> None:
    """A slug that is a page's is no redirect."""
    await press.publish(salting=[1], proofing=[0, 2])
    await press.publish(bread=[0, 1, 2])
    await press.publish(bread=[0, 2], salting=[1])
    assert await press.find("salting") == ["Salting"]
    assert await press.workshop.scalar("SELECT count(*) FROM pages WHERE retired_at IS NULL") == 2


async def test_pages_retire_with_their_last_claim_and_come_back_the_same(press: Press) -> None:
    """The page is the same one, with the same id, when it is written again."""
    first = await press.publish(bread=[0])
    gone = await press.publish()
    async with press.workshop.database.transaction() as session:
        listed = await list_pages(session)
    back = await press.publish(bread=[0])
    assert gone.retired == first.changed
    assert listed == []
    assert back.changed == first.changed


async def test_two_categories_with_one_title_get_two_addresses(press: Press) -> None:
    """A page of another group is never written over."""
    await press.publish(bread=[0])
    other = await press.workshop.rows("""
      INSERT INTO page_groups (profile, creator_id, category, status)
      SELECT profile, creator_id, 'Crafts', 'stale' FROM page_groups RETURNING id""")
    theirs = Press(press.workshop, press.support, other[0].id)
    await theirs.publish(bread=[1])
    slugs = await press.workshop.rows("SELECT slug FROM pages ORDER BY slug")
    assert [row.slug for row in slugs] == ["bread", "bread-crafts"]
    assert await press.find("bread") == ["Bread"]


async def test_a_version_says_what_made_it(press: Press) -> None:
    """Provenance comes back as it was saved."""
    published = await press.publish(bread=[0])
    async with press.workshop.database.transaction() as session:
        page = await read_page(session, published.changed[0])
    assert page is not None
    assert page.provenance == PROVENANCE
    assert isinstance(page.id, UUID)
