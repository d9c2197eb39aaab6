"""Signal chains of several drafts on one page: equal ones once, others beside each other."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from footnoted.knowledge.pages.composed import ClaimKind, ComposedClaim, said_key
from footnoted.knowledge.pages.identity import slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from footnoted.knowledge.pages.composed import ComposedPage

Chain = list[ComposedClaim]


def unite_chains(pages: Iterable[ComposedPage]) -> Iterator[ComposedClaim]:
    """Yield the steps of every chain; two of one name and other steps are told apart by a number.

    Chains of the same name and the same steps are one, each step with the support of all.
    """
    by_name: dict[str, dict[tuple[tuple[str, ...], ...], Chain]] = {}
    for chain in (chain for page in pages for chain in _chains(page)):
        same_name = by_name.setdefault(slugify(chain[0].heading), {})
        key = tuple(said_key(step.text) for step in chain)
        known = same_name.get(key)
        same_name[key] = chain if known is None else _joined(known, chain)
    for chains in by_name.values():
        for number, chain in enumerate(chains.values(), start=1):
            for step in chain:
                name = step.heading if number == 1 else f"{step.heading} ({number})"
                yield step.model_copy(update={"heading": name})


def _chains(page: ComposedPage) -> Iterator[Chain]:
    steps = [claim for claim in page.claims if claim.kind is ClaimKind.STEP]
    for _, chain in groupby(steps, key=lambda step: step.heading):
        yield list(chain)


def _joined(one: Sequence[ComposedClaim], other: Sequence[ComposedClaim]) -> Chain:
    return [
        step.model_copy(update={"support": tuple(dict.fromkeys(step.support + again.support))})
        for step, again in zip(one, other, strict=True)
    ]
