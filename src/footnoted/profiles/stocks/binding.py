"""Binds what a model says of companies to what was said, and throws out what was not. Pure.

A mention needs a known action and horizon, or none, a conviction from 0 to 1, or none, a company,
and a quote that is in the transcript; its time and its speaker follow from where that was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 - keys of a dict that tools read

from footnoted.knowledge.quotes import read_words
from footnoted.llm.stock_tasks import ACTIONS, HORIZONS
from footnoted.model.identity import deterministic_id
from footnoted.profiles.stocks.quoting import Quotations
from footnoted.profiles.stocks.resolution import Resolver
from footnoted.profiles.stocks.speakers import speaker_of
from footnoted.profiles.stocks.types import FoundMention, MentionOutput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.knowledge.bound_evidence import BoundEvidence
    from footnoted.llm.stock_tasks import MentionAnswer, NameHeard, StatedMention
    from footnoted.profiles.stocks.symbols import SymbolTable
    from footnoted.profiles.stocks.types import Company, MentionInput

_DIGITS = 2


def bind_mentions(
    given: MentionInput,
    answers: Sequence[MentionAnswer],
    names: Sequence[NameHeard],
    table: SymbolTable,
) -> MentionOutput:
    """Return the mentions that stand, all evidence, and how many were rejected for what."""
    binder = _Binder(given, Resolver(table, names))
    for answer in answers:
        for told in answer.mentions:
            binder.add(told)
    return binder.output()


class _Binder:
    """Collects the mentions of one recording."""

    def __init__(self, given: MentionInput, resolver: Resolver) -> None:
        self._given = given
        self._resolver = resolver
        self._quotes = Quotations(given.video_id, given.transcript_id, given.cues)
        self._counts = self._quotes.counts
        self._found: dict[UUID, tuple[tuple[int, int, str], FoundMention]] = {}

    def add(self, told: StatedMention) -> None:
        """Take one mention in, or count why not."""
        why = _fault(told)
        if why is not None:
            self._counts[why] += 1
            return
        bound = self._quotes.find(told.quote, told.first_cue, told.last_cue)
        if bound is None:
            return
        first, last = bound.evidence.first_cue or 0, bound.evidence.last_cue or 0
        company = self._resolver.resolve(told, first, last)
        self._counts[company.resolution] += 1
        mention = self._mention(told, company, bound)
        if mention.key in self._found:
            self._counts["duplicates"] += 1
            self._counts[company.resolution] -= 1
            return
        self._found[mention.key] = ((first, last, company.symbol or company.company), mention)

    def output(self) -> MentionOutput:
        """Return everything in the order it was said."""
        ordered = sorted(self._found.values(), key=lambda each: (each[0], each[1].key))
        return MentionOutput(
            transcript_id=self._given.transcript_id,
            mentions=tuple(mention for _, mention in ordered),
            evidence=self._quotes.evidence,
            counts={"mentions": len(ordered), **dict(sorted((+self._counts).items()))},
        )

    def _mention(self, told: StatedMention, company: Company, bound: BoundEvidence) -> FoundMention:
        first, last = bound.evidence.first_cue or 0, bound.evidence.last_cue or 0
        speaker = speaker_of(self._given.cues[first : last + 1])
        conviction = None if told.conviction is None else round(told.conviction, _DIGITS)
        words = " ".join(word.key for word in read_words(bound.evidence.quote))
        key = deterministic_id(
            "stock_mention",
            self._given.video_id,
            first,
            last,
            words,
            company.symbol or company.company,
            company.resolution,
            told.action,
            None if conviction is None else f"{conviction:.2f}",
            told.horizon,
            speaker,
        )
        topics = (topic for topic in self._given.topics if topic.last_cue >= first)
        topic = next(topics, None)
        return FoundMention(
            key=key,
            evidence_id=bound.id,
            company=company,
            action=told.action,
            conviction=conviction,
            horizon=told.horizon,
            speaker=speaker,
            topic_title=topic.title if topic else None,
        )


def _fault(told: StatedMention) -> str | None:
    """Return why a mention cannot be taken, as it is counted."""
    if told.action is not None and told.action not in ACTIONS:
        return "rejected_action"
    if told.horizon is not None and told.horizon not in HORIZONS:
        return "rejected_horizon"
    if told.conviction is not None and not 0 <= told.conviction <= 1:
        return "rejected_conviction"
    return None if told.company.strip() else "rejected_blank"
