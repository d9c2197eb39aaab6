"""Which stored page a composed page is: addresses last, whatever a model titles a page today.

A composed page is the stored page with which it shares most moments, and keeps its id and slug.
What shares no moment is found by its slug, also among pages that had retired. A stored page that
nothing continues retires, and its slug leads to the page that took over most of its moments.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.model.identity import deterministic_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from footnoted.knowledge.groups.group import PageGroup
    from footnoted.knowledge.pages.composed import ComposedPage

_SLUG_LIMIT = 80
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A stored page of a creator under a profile, with the moments its current version cites."""

    id: UUID
    slug: str
    group_id: int
    is_retired: bool
    moment_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Placement:
    """What a composed page is stored as."""

    page: ComposedPage
    id: UUID
    slug: str


@dataclass(frozen=True, slots=True)
class Retirement:
    """A stored page that nothing continues, and the page its slug leads to from now on."""

    id: UUID
    slug: str
    successor_id: UUID | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What becomes of every composed page, and of every stored page of the group."""

    placements: tuple[Placement, ...]
    retirements: tuple[Retirement, ...]


def slugify(title: str) -> str:
    """Return the address a title asks for: lower case, letters and digits of any script, hyphens.

    Never empty: a title without a letter or digit gives a name made from its hash.
    """
    folded = unicodedata.normalize("NFKD", title.casefold())
    plain = unicodedata.normalize("NFC", _MARKS.sub("", folded))
    words = "".join(char if _is_word(char) else " " for char in plain).split()
    slug = "-".join(words)
    if len(slug) > _SLUG_LIMIT:
        cut = slug[:_SLUG_LIMIT]
        slug = cut[: cut.rfind("-")] if cut.rfind("-") > _SLUG_LIMIT // 2 else cut
    return slug or f"page-{hashlib.sha256(title.encode()).hexdigest()[:8]}"


def _is_word(char: str) -> bool:
    """Return whether `char` is a letter, a digit, or a vowel sign that belongs to a letter."""
    return unicodedata.category(char)[0] in "LNM"


def assign(
    group: PageGroup, pages: Sequence[ComposedPage], known: Iterable[KnownPage]
) -> Assignment:
    """Return where each of `pages` (of different slugs) is stored, and what retires.

    `known` holds the group's pages and whatever else of the creator stands at one of the slugs.
    """
    stored = sorted(known, key=lambda page: page.slug)
    continued = _continued(pages, [p for p in stored if p.group_id == group.id])
    desk = _Desk(group, stored, {page.id for page in continued.values()})
    placements = tuple(desk.place(page, continued.get(place)) for place, page in enumerate(pages))
    return Assignment(placements, desk.retirements(placements))


def _continued(pages: Sequence[ComposedPage], own: Sequence[KnownPage]) -> dict[int, KnownPage]:
    """Return which stored page each place of `pages` continues, the largest shares first."""
    live = [page for page in own if not page.is_retired]
    shares = sorted(
        (
            (-len(page.moment_ids & stored.moment_ids), page.slug != stored.slug, place, at)
            for place, page in enumerate(pages)
            for at, stored in enumerate(live)
        ),
    )
    continued: dict[int, KnownPage] = {}
    taken: set[int] = set()
    for minus_shared, _, place, at in shares:
        if minus_shared < 0 and place not in continued and at not in taken:
            continued[place] = live[at]
            taken.add(at)
    return continued


class _Desk:
    """Hands out ids and slugs, each once."""

    def __init__(self, group: PageGroup, stored: Sequence[KnownPage], continued: set[UUID]) -> None:
        self._group = group
        self._stored = stored
        self._by_slug = {page.slug: page for page in stored}
        self._ids = {page.id for page in stored}
        self._given = set(continued)

    def place(self, page: ComposedPage, continued: KnownPage | None) -> Placement:
        """Return the placement of one page."""
        if continued is not None:
            return Placement(page, continued.id, continued.slug)
        for slug in self._slugs(page.slug):
            holder = self._by_slug.get(slug)
            if holder is None:
                return self._new(page, slug)
            if holder.id not in self._given and self._is_free(holder):
                self._given.add(holder.id)
                return Placement(page, holder.id, slug)
        raise AssertionError  # the slugs never end

    def retirements(self, placements: Sequence[Placement]) -> tuple[Retirement, ...]:
        """Return the group's live pages that got no placement."""
        return tuple(
            Retirement(page.id, page.slug, _successor(page, placements))
            for page in self._stored
            if page.group_id == self._group.id
            and not page.is_retired
            and page.id not in self._given
        )

    def _slugs(self, slug: str) -> Iterable[str]:
        """Yield the slug, the slug with its category, and then numbered ones."""
        yield slug
        yield f"{slug}-{slugify(self._group.category)}"
        number = 2
        while True:
            yield f"{slug}-{number}"
            number += 1

    def _is_free(self, holder: KnownPage) -> bool:
        """Return whether a stored page may be continued by its slug alone."""
        return holder.is_retired or holder.group_id == self._group.id

    def _new(self, page: ComposedPage, slug: str) -> Placement:
        key = (self._group.profile, self._group.creator_id, slug)
        identity, number = deterministic_id("page", *key), 2
        while identity in self._ids:
            identity, number = deterministic_id("page", *key, number), number + 1
        self._ids.add(identity)
        placed = KnownPage(identity, slug, self._group.id, is_retired=False, moment_ids=frozenset())
        self._by_slug[slug] = placed
        self._given.add(identity)
        return Placement(page, identity, slug)


def _successor(page: KnownPage, placements: Sequence[Placement]) -> UUID | None:
    """Return the page that has most of the moments, or None when no page has any."""
    shares = [
        (len(page.moment_ids & placement.page.moment_ids), placement.slug, placement.id)
        for placement in placements
    ]
    best = max(shares, key=lambda share: (share[0], share[1]), default=None)
    return best[2] if best is not None and best[0] > 0 else None
