"""A page as composed, before it is known which stored page it is.

Every claim names the moments it rests on and the evidence of each; a page's moments, tags and tools
follow from its claims and from nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from footnoted.knowledge.quotes import read_words
from footnoted.knowledge.wording import FILLERS

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNHEARD = FILLERS | {"a", "an", "the"}


class Support(BaseModel):
    """A moment that says what a claim claims, and the evidence of that moment."""

    model_config = ConfigDict(frozen=True)

    moment_id: UUID
    evidence_id: UUID


class ComposedClaim(BaseModel):
    """One statement under its heading, with everything that supports it."""

    model_config = ConfigDict(frozen=True)

    heading: str
    text: str
    support: tuple[Support, ...] = Field(min_length=1)


class ComposedPage(BaseModel):
    """A page about one thing, its claims in reading order."""

    model_config = ConfigDict(frozen=True)

    slug: str
    """The address its title asks for; which one it gets depends on the pages there are."""
    title: str
    """What it is about."""
    summary: str
    """One or two sentences."""
    tags: tuple[str, ...]
    """The subtopics of its moments, sorted."""
    tools: tuple[str, ...]
    """The tools its moments name, sorted."""
    claims: tuple[ComposedClaim, ...]
    """Its statements; a page has at least one."""

    @property
    def moment_ids(self) -> frozenset[UUID]:
        """Return the moments the page covers: those its claims rest on."""
        return frozenset(item.moment_id for claim in self.claims for item in claim.support)

    @property
    def evidence_ids(self) -> frozenset[UUID]:
        """Return the evidence the page cites."""
        return frozenset(item.evidence_id for claim in self.claims for item in claim.support)


def unite_equal_slugs(pages: Iterable[ComposedPage]) -> tuple[ComposedPage, ...]:
    """Return the pages with those of one slug united, in the order of their first parts.

    Title and summary are those of the first part. Claims that say the same stand once, with the
    support of all.
    """
    parts: dict[str, list[ComposedPage]] = {}
    for page in pages:
        parts.setdefault(page.slug, []).append(page)
    return tuple(map(_united, parts.values()))


def _united(parts: list[ComposedPage]) -> ComposedPage:
    return parts[0].model_copy(
        update={
            "tags": tuple(sorted({tag for part in parts for tag in part.tags})),
            "tools": tuple(sorted({tool for part in parts for tool in part.tools})),
            "claims": unite_claims([claim for part in parts for claim in part.claims]),
        }
    )


def unite_claims(claims: Iterable[ComposedClaim]) -> tuple[ComposedClaim, ...]:
    """Return the claims by heading, those that say the same once with united support.

    The same is said by the same words in the same order, but for case, punctuation, articles and
    fillers: anything looser would put a footnote under words that it does not support.
    """
    said: dict[tuple[str, ...], ComposedClaim] = {}
    for claim in claims:
        key = _said(claim.text)
        known = said.get(key)
        if known is not None:
            support = tuple(dict.fromkeys(known.support + claim.support))
            said[key] = known.model_copy(update={"support": support})
        else:
            said[key] = claim
    headings = dict.fromkeys(claim.heading for claim in said.values())
    order = {heading: place for place, heading in enumerate(headings)}
    return tuple(sorted(said.values(), key=lambda claim: order[claim.heading]))


def _said(text: str) -> tuple[str, ...]:
    keys = tuple(word.key for word in read_words(text))
    return tuple(key for key in keys if key not in _UNHEARD) or keys
