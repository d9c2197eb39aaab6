"""Which page a person means: by slug, by an old slug, and by whom."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from footnoted.db.storage import open_storage
from footnoted.errors import UsageError
from footnoted.knowledge.library import store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from footnoted.knowledge.pages.view import PageSummary, PageVersion, PageView
    from footnoted.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; None asks for nothing."""

    slug: str | None = None
    creator: str | None = None
    category: str | None = None
    profile: str | None = None
    version: int | None = None


async def list_summaries(settings: Settings, wanted: Wanted) -> list[PageSummary]:
    """Return the pages of a creator, category and profile, in that order."""
    async with open_storage(settings) as storage, storage.database.transaction() as session:
        return await _summaries(session, wanted)


async def find_page(settings: Settings, wanted: Wanted) -> PageView:
    """Return the one page that `wanted` names.

    Raises UsageError, with the pages or versions there are, when there is none or more than one.
    """
    async with open_storage(settings) as storage, storage.database.transaction() as session:
        page_id = await _page_id(session, wanted)
        page = await store.read_page(session, page_id, wanted.version)
        if page is None:
            raise UsageError(await _no_version(session, page_id, wanted))
        return page


async def find_versions(
    settings: Settings, wanted: Wanted, numbers: tuple[int, int] | None
) -> tuple[PageView, PageView]:
    """Return two versions of the page that `wanted` names, older first.

    Without numbers they are the last but one and the last. Raises UsageError when there is no such
    page or version, or only one.
    """
    async with open_storage(settings) as storage, storage.database.transaction() as session:
        page_id = await _page_id(session, wanted)
        known = [version.number for version in await store.list_versions(session, page_id)]
        if numbers is None and len(known) == 1:
            message = f"{wanted.slug} has one version, and nothing to compare it with"
            raise UsageError(message)
        found = [
            await store.read_page(session, page_id, number)
            for number in sorted(numbers or known[-2:])
        ]
        old, new = found
        if old is None or new is None:
            missing = next(number for number in numbers or () if number not in known)
            raise UsageError(await _no_version(session, page_id, replace(wanted, version=missing)))
        return old, new


async def read_history(settings: Settings, wanted: Wanted) -> list[tuple[PageVersion, PageView]]:
    """Return every version of the page that `wanted` names, oldest first."""
    async with open_storage(settings) as storage, storage.database.transaction() as session:
        page_id = await _page_id(session, wanted)
        versions = await store.list_versions(session, page_id)
        pages = [
            (version, await store.read_page(session, page_id, version.number))
            for version in versions
        ]
        return [(version, page) for version, page in pages if page is not None]


async def _page_id(session: AsyncConnection, wanted: Wanted) -> UUID:
    slug = (wanted.slug or "").strip().casefold()
    found = await store.find_pages(session, slug, profile=wanted.profile, creator=wanted.creator)
    pages = await _summaries(session, wanted)
    return choose(slug, [page for page in pages if page.id in found], pages)


def choose(slug: str, found: Sequence[PageSummary], pages: Sequence[PageSummary]) -> UUID:
    """Return the id of the only page found; raise UsageError that names the alternatives."""
    if len(found) == 1:
        return found[0].id
    if found:
        raise UsageError(_ambiguous(slug, found))
    nearest = difflib.get_close_matches(slug, [page.slug for page in pages], n=3)
    hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
    message = f"there is no page {slug!r}{hint or ': `footnoted pages` lists all'}"
    raise UsageError(message)


def _ambiguous(slug: str, found: Sequence[PageSummary]) -> str:
    by_creator = {page.creator_slug for page in found}
    if len(by_creator) == 1:
        options = [f"--profile {page.profile}" for page in found]
    else:
        options = [f"--creator {page.creator_slug}" for page in found]
    return f"{len(found)} pages are called {slug!r}: say which with {' or '.join(options)}"


async def _summaries(session: AsyncConnection, wanted: Wanted) -> list[PageSummary]:
    return await store.list_pages(
        session, profile=wanted.profile, creator=wanted.creator, category=wanted.category
    )


async def _no_version(session: AsyncConnection, page_id: UUID, wanted: Wanted) -> str:
    versions = await store.list_versions(session, page_id)
    numbers = ", ".join(str(version.number) for version in versions)
    return f"{wanted.slug} has no version {wanted.version}; it has {numbers}"
