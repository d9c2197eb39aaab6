"""Puts the drafts of all recordings together: a page is a set of claims with support.

Pure, and a function of the set of drafts and of judgements about pairs of them. So the order in
which recordings came leaves no trace, and what is left when one goes is what would have come of the
others alone: a claim that it confirmed loses a footnote, a claim that it alone made is gone.

    drafts -(same titles, judged subjects)-> pages -(same words, judged claims)-> claims
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from footnoted.knowledge.pages.composed import ClaimKind, ComposedClaim, ComposedPage, Grounds
from footnoted.knowledge.pages.identity import slugify
from footnoted.profiles.techniques.chains import unite_chains
from footnoted.profiles.techniques.components import Components

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from footnoted.profiles.techniques.judging import Judgements, Place
    from footnoted.profiles.techniques.kinship import Read

HEADINGS = (
    "what-it-is",
    "how-it-is-done",
    "step-by-step",
    "settings",
    "tips",
    "watch-out-for",
    "reasons-and-background",
)
"""The headings that the prompt asks for, in the order of a page."""


def unite(reads: Sequence[Read], found: Judgements) -> tuple[ComposedPage, ...]:
    """Return the pages, in the order of their first drafts."""
    drafts = Components(range(len(reads)))
    by_subject: dict[tuple[str, ...], Read] = {}
    for read in reads:
        drafts.join(by_subject.setdefault(read.subject, read).place, read.place)
    for one, other in found.subjects:
        drafts.join(one, other)
    return tuple(_page([reads[place] for place in places], found) for places in drafts.all())


def _page(parts: Sequence[Read], found: Judgements) -> ComposedPage:
    pages = [part.draft.page for part in parts]
    slugs = Counter(page.slug for page in pages)
    slug = max(slugs, key=lambda name: slugs[name])  # the first of those that are most common
    leading = max(pages, key=lambda page: (bool(page.summary), len(page.moment_ids)))
    tags = _named(page.grounds.tags for page in pages)
    tools = _named(page.grounds.tools for page in pages)
    return ComposedPage(
        slug=slug,
        title=next(page.title for page in pages if page.slug == slug),
        summary=leading.summary,
        tags=tuple(sorted(tags)),
        tools=tuple(sorted(tools)),
        claims=(*_statements(parts, found), *unite_chains(pages)),
        aliases=tuple(sorted(slugs.keys() - {slug})),
        grounds=Grounds(summary=leading.grounds.summary, tags=tags, tools=tools),
    )


def _statements(parts: Sequence[Read], found: Judgements) -> list[ComposedClaim]:
    """Return the statements by heading; those that contradict each other stand together."""
    claims = {
        (part.place, at): claim
        for part in parts
        for at, claim in enumerate(part.draft.page.claims)
        if claim.kind is ClaimKind.STATEMENT
    }
    same = Components(claims)
    keys: dict[tuple[str, ...], Place] = {}
    for part in parts:
        for at, key in enumerate(part.keys):
            if (part.place, at) in claims:
                same.join(keys.setdefault(key, (part.place, at)), (part.place, at))
    for one, other in found.same:
        if one in claims and other in claims:
            same.join(one, other)
    united = {group[0]: _united([claims[place] for place in group]) for group in same.all()}
    return _in_order(_disputed(united, same, found))


def _united(claims: Sequence[ComposedClaim]) -> ComposedClaim:
    """Return claims that say the same as one, in the words of the first, with all support."""
    support = dict.fromkeys(item for claim in claims for item in claim.support)
    return claims[0].model_copy(update={"support": tuple(support)})


def _disputed(
    united: Mapping[Place, ComposedClaim], same: Components[Place], found: Judgements
) -> list[ComposedClaim]:
    """Return the claims with those in dispute numbered, next to and under the first of them."""
    disputes = Components(united)
    for one, other in found.conflicts:
        if same.has(one) and same.has(other):
            disputes.join(same.first_of(one), same.first_of(other))
    claims: list[ComposedClaim] = []
    number = 0
    for places in disputes.all():
        if len(places) == 1:
            claims.append(united[places[0]])
            continue
        number += 1
        heading = united[places[0]].heading
        claims += [
            united[place].model_copy(update={"heading": heading, "conflict": number})
            for place in places
        ]
    return claims


def _in_order(claims: Sequence[ComposedClaim]) -> list[ComposedClaim]:
    """Return the claims by heading, usual ones first; a heading is spelled as it first was."""
    spelled: dict[str, str] = {}
    for claim in claims:
        spelled.setdefault(slugify(claim.heading), claim.heading)
    order = {name: place for place, name in enumerate(dict.fromkeys((*HEADINGS, *spelled)))}
    named = [
        claim.model_copy(update={"heading": spelled[slugify(claim.heading)]}) for claim in claims
    ]
    return sorted(named, key=lambda claim: order[slugify(claim.heading)])


def _named(parts: Iterable[Mapping[str, tuple[UUID, ...]]]) -> dict[str, tuple[UUID, ...]]:
    """Return the evidence of each name over all parts; case makes no other name."""
    spelled: dict[str, str] = {}
    found: dict[str, dict[UUID, None]] = {}
    for part in parts:
        for name, evidence in part.items():
            key = spelled.setdefault(name.casefold(), name)
            found.setdefault(key, {}).update(dict.fromkeys(evidence))
    return {name: tuple(evidence) for name, evidence in found.items()}
