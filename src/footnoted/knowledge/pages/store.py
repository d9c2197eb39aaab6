"""The SQL that publishes pages. A page without evidence for every claim is refused here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from footnoted.db.rows import insert_missing, upsert
from footnoted.db.tables import (
    claim_evidence,
    claims,
    creators,
    evidence,
    page_redirects,
    page_versions,
    pages,
)
from footnoted.errors import PermanentError
from footnoted.knowledge.pages.identity import Assignment, KnownPage, Placement, assign
from footnoted.knowledge.store import read_evidence
from footnoted.knowledge.versions import claim_id, content_sha256, version_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.groups.group import PageGroup
    from footnoted.knowledge.pages.composed import ComposedPage
    from footnoted.knowledge.versions import Provenance

_KNOWN = text("""
  SELECT p.id, p.slug, p.group_id, p.retired_at IS NOT NULL AS is_retired,
    COALESCE(array_agg(DISTINCT ce.moment_id) FILTER (WHERE ce.moment_id IS NOT NULL), '{}')
      AS moment_ids
  FROM pages p
  LEFT JOIN claims c ON c.page_version_id = p.current_version_id
    AND p.group_id = :group_id AND p.retired_at IS NULL
  LEFT JOIN claim_evidence ce ON ce.claim_id = c.id
  WHERE p.profile = :profile AND p.creator_id = :creator_id
  GROUP BY p.id ORDER BY p.slug
""")


@dataclass(frozen=True, slots=True)
class PublishedPages:
    """Which pages say something else than before, and which are gone; both sorted."""

    changed: tuple[UUID, ...]
    retired: tuple[UUID, ...]


class MissingEvidenceError(PermanentError):
    """A claim rests on evidence that does not exist or does not resolve; nothing is published."""

    def __init__(self, group: PageGroup, missing: Sequence[UUID]) -> None:
        """Say for which group, and how many pieces of evidence are missing."""
        message = (
            f"pages of {group.creator} in {group.category}: {len(missing)} pieces of evidence"
            f" do not resolve (first: {missing[0]}); nothing was published"
        )
        super().__init__(message, failure_code="claim_without_evidence")


async def find_missing_evidence(
    session: AsyncConnection, composed: Sequence[ComposedPage]
) -> tuple[UUID, ...]:
    """Return the cited evidence that does not exist or does not resolve, sorted.

    What exists is locked until the commit, so that it is still there when the page is.
    """
    cited = sorted(frozenset[Any]().union(*(page.evidence_ids for page in composed)))
    found = await read_evidence(session, cited)
    return tuple(key for key in cited if key not in found or not found[key].resolves)


async def publish(
    session: AsyncConnection,
    group: PageGroup,
    composed: Sequence[ComposedPage],
    provenance: Provenance,
) -> PublishedPages:
    """Make `composed` the pages of the group; return which pages that changed.

    Equal content is no new version. Raises MissingEvidenceError when a claim has no resolving
    evidence; nothing is written then.
    """
    if missing := await find_missing_evidence(session, composed):
        raise MissingEvidenceError(group, missing)
    videos = await _videos_of(session, composed)
    await _lock_addresses(session, group)
    assignment = assign(group, composed, await _known_pages(session, group))
    moved = await _write_pages(session, group, assignment)
    made = {
        placement.id: provenance.about(
            frozenset(videos[key] for key in placement.page.evidence_ids)
        )
        for placement in assignment.placements
    }
    renewed = await _write_versions(session, assignment.placements, made)
    await _retire(session, group, assignment)
    await _write_redirects(session, group, assignment)
    retired = sorted(page.id for page in assignment.retirements)
    return PublishedPages(tuple(sorted(moved | renewed)), tuple(retired))


async def _videos_of(session: AsyncConnection, composed: Sequence[ComposedPage]) -> dict[UUID, int]:
    """Return the video that each cited piece of evidence is of."""
    cited = sorted(frozenset[Any]().union(*(page.evidence_ids for page in composed)))
    rows = await session.execute(
        select(evidence.c.id, evidence.c.video_id)
        .where(evidence.c.id.in_(cited))
        .order_by(evidence.c.id)
    )
    return {row.id: row.video_id for row in rows}


async def _lock_addresses(session: AsyncConnection, group: PageGroup) -> None:
    """Let one group of a creator at a time hand out slugs."""
    await session.execute(
        select(creators.c.id)
        .where(creators.c.id == group.creator_id)
        .with_for_update(key_share=True)
    )


async def _known_pages(session: AsyncConnection, group: PageGroup) -> list[KnownPage]:
    rows = await session.execute(
        _KNOWN,
        {"group_id": group.id, "profile": group.profile, "creator_id": group.creator_id},
    )
    return [
        KnownPage(row.id, row.slug, row.group_id, row.is_retired, frozenset(row.moment_ids))
        for row in rows
    ]


async def _write_pages(
    session: AsyncConnection, group: PageGroup, assignment: Assignment
) -> set[UUID]:
    rows = [
        {
            "id": placement.id,
            "group_id": group.id,
            "profile": group.profile,
            "creator_id": group.creator_id,
            "category": group.category,
            "slug": placement.slug,
            "title": placement.page.title,
            "retired_at": None,
        }
        for placement in assignment.placements
    ]
    changed = await upsert(session, pages, rows)
    await _touch(session, changed)
    return changed


async def _write_versions(
    session: AsyncConnection, placements: Sequence[Placement], made: Mapping[UUID, Provenance]
) -> set[UUID]:
    """Write a version of each page whose content is not that of its current one.

    What `made` it is no content: a page that says the same was made the way its version says.
    """
    current = await _current_content(session, [placement.id for placement in placements])
    changed: set[UUID] = set()
    for placement in placements:
        number, content = current.get(placement.id, (0, None))
        digest = content_sha256(placement.page)
        if digest != content:
            await _write_version(session, placement, number + 1, digest, made[placement.id])
            changed.add(placement.id)
    return changed


async def _current_content(
    session: AsyncConnection, page_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, str]]:
    """Return the newest version's number and content hash of each page."""
    rows = await session.execute(
        select(page_versions.c.page_id, page_versions.c.version, page_versions.c.content_sha256)
        .ext(distinct_on(page_versions.c.page_id))
        .where(page_versions.c.page_id.in_(page_ids))
        .order_by(page_versions.c.page_id, page_versions.c.version.desc())
    )
    return {row.page_id: (row.version, row.content_sha256) for row in rows}


async def _write_version(
    session: AsyncConnection,
    placement: Placement,
    number: int,
    digest: str,
    provenance: Provenance,
) -> None:
    identity, page = version_id(placement.id, number), placement.page
    version = {
        "id": identity,
        "page_id": placement.id,
        "version": number,
        "title": page.title,
        "summary": page.summary,
        "tags": list(page.tags),
        "tools": list(page.tools),
        "grounds": page.grounds.model_dump(mode="json"),
        "content_sha256": digest,
        "provenance": provenance.model_dump(mode="json"),
    }
    await insert_missing(session, page_versions, [version])
    await _write_claims(session, identity, page)
    await session.execute(
        update(pages)
        .where(pages.c.id == placement.id)
        .values(current_version_id=identity, updated_at=func.now())
    )


async def _write_claims(session: AsyncConnection, identity: UUID, page: ComposedPage) -> None:
    await insert_missing(
        session,
        claims,
        [
            {
                "id": claim_id(identity, position),
                "page_version_id": identity,
                "position": position,
                "heading": claim.heading,
                "text": claim.text,
                "kind": claim.kind.value,
                "conflict": claim.conflict,
            }
            for position, claim in enumerate(page.claims)
        ],
    )
    await insert_missing(
        session,
        claim_evidence,
        [
            {"claim_id": claim_id(identity, position), **support.model_dump()}
            for position, claim in enumerate(page.claims)
            for support in claim.support
        ],
    )


async def _retire(session: AsyncConnection, group: PageGroup, assignment: Assignment) -> None:
    """Retire pages; their slugs, and those that led to them, lead to their successors."""
    for page in assignment.retirements:
        await session.execute(
            update(pages)
            .where(pages.c.id == page.id)
            .values(retired_at=func.now(), updated_at=func.now())
        )
        if page.successor_id is not None:
            await session.execute(
                update(page_redirects)
                .where(page_redirects.c.page_id == page.id)
                .values(page_id=page.successor_id)
            )
            await _redirect(session, group, page.slug, page.successor_id)


async def _write_redirects(
    session: AsyncConnection, group: PageGroup, assignment: Assignment
) -> None:
    """Let a page be found under its new title and its aliases; a page's own slug is no redirect.

    An alias is what a part of the page asked for; it does not take an address that leads elsewhere.
    """
    owned = {placement.slug for placement in assignment.placements}
    for placement in assignment.placements:
        if placement.page.slug not in owned:
            await _redirect(session, group, placement.page.slug, placement.id)
        for alias in placement.page.aliases:
            if alias not in owned:
                await _redirect(session, group, alias, placement.id, takes_over=False)
    await session.execute(
        delete(page_redirects).where(
            page_redirects.c.profile == group.profile,
            page_redirects.c.creator_id == group.creator_id,
            page_redirects.c.slug.in_(owned),
        )
    )


async def _redirect(
    session: AsyncConnection, group: PageGroup, slug: str, page_id: UUID, *, takes_over: bool = True
) -> None:
    row = {
        "profile": group.profile,
        "creator_id": group.creator_id,
        "slug": slug,
        "page_id": page_id,
    }
    key = ["profile", "creator_id", "slug"]
    wish = insert(page_redirects).values(row)
    await session.execute(
        wish.on_conflict_do_update(index_elements=key, set_={"page_id": page_id})
        if takes_over
        else wish.on_conflict_do_nothing(index_elements=key)
    )


async def _touch(session: AsyncConnection, page_ids: set[UUID]) -> None:
    await session.execute(
        update(pages).where(pages.c.id.in_(page_ids)).values(updated_at=func.now())
    )
