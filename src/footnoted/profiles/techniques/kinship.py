"""Which drafts may be about one thing, and which of their claims may say the same.

Pure. Every rule here looks at two drafts and at nothing else. So what is asked about two recordings
is the same whatever others there are, and one that leaves takes only its own questions along.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from footnoted.knowledge.pages.composed import ClaimKind, said_key
from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.salience import overlap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.profiles.techniques.drafts import Draft

_ALIKE = 0.4
_FEWEST_SHARED = 2
_MOST_CLAIMS = 20
"""How many claims of each draft one question shows."""


@dataclass(frozen=True, slots=True)
class Read:
    """A draft with what it is compared by: the subject its title names, and stems."""

    draft: Draft
    place: int
    subject: tuple[str, ...]
    title: frozenset[str]
    claims: tuple[frozenset[str], ...]
    keys: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question about two drafts: their places, the claims shown of each, and its number."""

    first: int
    second: int
    first_claims: tuple[int, ...]
    second_claims: tuple[int, ...]
    part: int


def read_drafts(drafts: Sequence[Draft]) -> tuple[Read, ...]:
    """Return the drafts with their stems, in order."""
    return tuple(_read(place, draft) for place, draft in enumerate(drafts))


def comparisons(reads: Sequence[Read]) -> list[Comparison]:
    """Return what to ask: pairs of runs that may say the same about what may be one subject."""
    return [
        comparison
        for first, second in combinations(reads, 2)
        if _may_be_kin(first, second)
        for comparison in _parts(first, second)
    ]


def _read(place: int, draft: Draft) -> Read:
    page = draft.page
    texts = [claim.text for claim in page.claims]
    # A few short claims say too little to doubt the language that a recording is said to be in.
    lexicon = lexicon_for(draft.language, "" if draft.language else " ".join((page.title, *texts)))
    title = frozenset(lexicon.stems(page.title))
    return Read(
        draft=draft,
        place=place,
        subject=(_tongue(draft), *(sorted(title) or [page.slug])),
        title=title,
        claims=tuple(frozenset(lexicon.stems(text)) for text in texts),
        keys=tuple(said_key(text) for text in texts),
    )


def _tongue(draft: Draft) -> str:
    return (draft.language or "").replace("_", "-").split("-")[0].lower()


def _may_be_kin(first: Read, second: Read) -> bool:
    if first.draft.run == second.draft.run or _tongue(first.draft) != _tongue(second.draft):
        return False
    return first.subject == second.subject or not first.title.isdisjoint(second.title)


def _parts(first: Read, second: Read) -> Iterator[Comparison]:
    """Yield the questions about two drafts, each small enough to be asked at once."""
    pairs = [
        (one, other)
        for one in _statements(first)
        for other in _statements(second)
        if _is_alike(first, one, second, other)
    ]
    ones, others, part = set[int](), set[int](), 0
    for one, other in pairs:
        if len(ones | {one}) > _MOST_CLAIMS or len(others | {other}) > _MOST_CLAIMS:
            yield _comparison(first, second, ones, others, part)
            ones, others, part = set[int](), set[int](), part + 1
        ones.add(one)
        others.add(other)
    if pairs:
        yield _comparison(first, second, ones, others, part)


def _comparison(
    first: Read, second: Read, ones: set[int], others: set[int], part: int
) -> Comparison:
    return Comparison(first.place, second.place, tuple(sorted(ones)), tuple(sorted(others)), part)


def _statements(read: Read) -> list[int]:
    claims = read.draft.page.claims
    return [at for at, claim in enumerate(claims) if claim.kind is ClaimKind.STATEMENT]


def _is_alike(first: Read, one: int, second: Read, other: int) -> bool:
    """Return whether it is worth asking; what is said in the same words needs no question."""
    shared = len(first.claims[one] & second.claims[other])
    return (
        shared >= _FEWEST_SHARED
        and overlap(first.claims[one], second.claims[other]) >= _ALIKE
        and first.keys[one] != second.keys[other]
    )
