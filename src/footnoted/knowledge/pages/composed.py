"""A page as composed, before it is known which stored page it is.

A page is a set of claims, each with the moments it rests on and the evidence of each. Its moments
follow from its claims and from nothing else; its summary, tags and tools rest on some of the same
evidence, so that they go when it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from footnoted.knowledge.quotes import read_words
from footnoted.knowledge.wording import FILLERS

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNHEARD = FILLERS | {"a", "an", "the"}


class ClaimKind(StrEnum):
    """What a claim is on its page: a statement under a heading, or a step of a signal chain."""

    STATEMENT = "statement"
    STEP = "step"


class Support(BaseModel):
    """A moment that says what a claim claims, and the evidence of that moment."""

    model_config = ConfigDict(frozen=True)

    moment_id: UUID
    evidence_id: UUID


class ComposedClaim(BaseModel):
    """One statement under its heading, or one step of the chain called so, with its support."""

    model_config = ConfigDict(frozen=True)

    heading: str
    text: str
    support: tuple[Support, ...] = Field(min_length=1)
    kind: ClaimKind = ClaimKind.STATEMENT
    conflict: int | None = None
    """Claims of one page with the same number contradict each other; None agrees with all."""


class Grounds(BaseModel):
    """The evidence that a page's summary, tags and tools rest on.

    What is not named here is kept as it is, whatever leaves.
    """

    model_config = ConfigDict(frozen=True)

    summary: tuple[UUID, ...] | None = None
    tags: Mapping[str, tuple[UUID, ...]] = Field(default_factory=dict[str, tuple[UUID, ...]])
    tools: Mapping[str, tuple[UUID, ...]] = Field(default_factory=dict[str, tuple[UUID, ...]])

    @property
    def evidence_ids(self) -> frozenset[UUID]:
        """Return all evidence that is named."""
        named = (*self.tags.values(), *self.tools.values(), self.summary or ())
        return frozenset(key for keys in named for key in keys)


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
    """Its statements, then the steps of its chains; a page has at least one."""
    aliases: tuple[str, ...] = ()
    """Other addresses that lead to it: those its parts asked for, sorted."""
    grounds: Grounds = Grounds()
    """What its summary, tags and tools rest on."""

    @model_validator(mode="after")
    def _grounds_are_cited(self) -> ComposedPage:
        if not self.grounds.evidence_ids <= self.evidence_ids:
            message = "a page's summary, tags and tools rest on the evidence of its claims"
            raise ValueError(message)
        return self

    @property
    def moment_ids(self) -> frozenset[UUID]:
        """Return the moments the page covers: those its claims rest on."""
        return frozenset(item.moment_id for claim in self.claims for item in claim.support)

    @property
    def evidence_ids(self) -> frozenset[UUID]:
        """Return the evidence the page cites."""
        return frozenset(item.evidence_id for claim in self.claims for item in claim.support)


def said_key(text: str) -> tuple[str, ...]:
    """Return what is equal for two claims that say the same in the same words.

    Case, punctuation, articles and fillers make no difference. Anything looser would put a
    footnote under words that it does not support.
    """
    keys = tuple(word.key for word in read_words(text))
    return tuple(key for key in keys if key not in _UNHEARD) or keys


def unite_claims(claims: Iterable[ComposedClaim]) -> tuple[ComposedClaim, ...]:
    """Return the claims by heading, those that say the same once with united support."""
    said: dict[tuple[str, ...], ComposedClaim] = {}
    for claim in claims:
        key = said_key(claim.text)
        known = said.get(key)
        if known is not None:
            support = tuple(dict.fromkeys(known.support + claim.support))
            said[key] = known.model_copy(update={"support": support})
        else:
            said[key] = claim
    headings = dict.fromkeys(claim.heading for claim in said.values())
    order = {heading: place for place, heading in enumerate(headings)}
    return tuple(sorted(said.values(), key=lambda claim: order[claim.heading]))
