"""Whether an item is taken, in words: taken, not taken and why, or decided later.

What is not known yet does not keep an item out: it is taken with a note, and whoever learns the
missing fact asks again with the facts filled in.

    a look at a source  -> judge -> taken; `told_open` says what its page is to tell
    a look at its page  -> judge with all that is told there
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from footnoted.sources.rules.lengths import told_length
from footnoted.sources.rules.patterns import is_found
from footnoted.sources.rules.rules import Rules, Wanted
from footnoted.sources.rules.sorts import is_broadcast, is_short

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from footnoted.sources.items import FoundItem

TOO_YOUNG = "too_young"
"""What is waited for where an item is to be older before it is taken."""

_LATEST = timedelta(days=30)
"""A date far in the future is looked at again after this: such dates are mostly mistakes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The item is wanted; `undecided` names what the rules ask and nothing told yet."""

    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The item is not wanted: a stable reason and a sentence."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Later:
    """It is too early to tell: ask again at `until`."""

    until: datetime
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Unknown:
    what: str


Verdict: TypeAlias = Taken | NotTaken | Later
_Finding: TypeAlias = NotTaken | Later | _Unknown | None


def judge(item: FoundItem, rules: Rules, now: datetime) -> Verdict:
    """Return what becomes of `item`. A refusal goes before a delay, a delay before a note."""
    findings = [check(item, rules, now) for check in _CHECKS]
    refusals = [finding for finding in findings if isinstance(finding, NotTaken)]
    delays = [finding for finding in findings if isinstance(finding, Later)]
    if refusals:
        return refusals[0]
    if delays:
        return delays[0]
    return Taken(tuple(found.what for found in findings if isinstance(found, _Unknown)))


def told_open(undecided: Sequence[str], *, asks_page: bool) -> str | None:
    """Return what of a taken item could not be judged, and what comes of that; None for nothing.

    `asks_page` says that its page is looked at for whoever takes it, before anything else is.
    """
    if not undecided:
        return None
    what = " and ".join(undecided)
    if asks_page:
        return f"its page tells {what}: what does not fit is left then"
    return f"nothing tells {what}: it is taken without"


def _title(item: FoundItem, rules: Rules, _: datetime) -> _Finding:
    return _texts("title", item.facts.title, rules.title_has, rules.title_lacks)


def _description(item: FoundItem, rules: Rules, _: datetime) -> _Finding:
    text = item.facts.description
    return _texts("description", text, rules.description_has, rules.description_lacks)


def _texts(name: str, text: str | None, has: str | None, lacks: str | None) -> _Finding:
    if has is None and lacks is None:
        return None
    if text is None:
        return _Unknown(f"the {name}")
    for pattern, is_wanted in ((has, True), (lacks, False)):
        found = is_wanted if pattern is None else is_found(pattern, text)
        if found is None:
            detail = f"the pattern {pattern!r} takes too long on the {name}: write it simpler"
            return NotTaken(f"{name}_pattern_slow", detail)
        if found is not is_wanted:
            verb = "does not have" if is_wanted else "has"
            reason = f"{name}_{'unmatched' if is_wanted else 'excluded'}"
            return NotTaken(reason, f"the {name} {verb} {pattern!r}")
    return None


def _duration(item: FoundItem, rules: Rules, _: datetime) -> _Finding:
    low, high = rules.min_duration_s, rules.max_duration_s
    if low is None and high is None:
        return None
    length_ms = item.facts.duration_ms
    if length_ms is None:
        return _Unknown("the duration")
    told = told_length(length_ms // 1000)
    if low is not None and length_ms < low * 1000:
        return NotTaken("too_short", f"it lasts {told}, and at least {told_length(low)} is asked")
    if high is not None and length_ms > high * 1000:
        return NotTaken("too_long", f"it lasts {told}, and at most {told_length(high)} is asked")
    return None


def _age(item: FoundItem, rules: Rules, now: datetime) -> _Finding:
    if rules.min_age_s is None and rules.max_age_s is None:
        return None
    at = item.facts.published_at
    if at is None:
        return _Unknown("the date of publication")
    age_s = (now - at).total_seconds()
    if rules.max_age_s is not None and age_s > rules.max_age_s:
        allowed = told_length(rules.max_age_s)
        return NotTaken("too_old", f"it is of {at:%Y-%m-%d}, and at most {allowed} old is asked")
    if rules.min_age_s is not None and age_s < rules.min_age_s:
        asked, left = told_length(rules.min_age_s), timedelta(seconds=rules.min_age_s - age_s)
        return Later(now + min(left, _LATEST), TOO_YOUNG, f"it is taken when it is {asked} old")
    return None


def _shorts(item: FoundItem, rules: Rules, _: datetime) -> _Finding:
    return _sort("short", rules.shorts, is_short(item), "a Short")


def _live(item: FoundItem, rules: Rules, _: datetime) -> _Finding:
    return _sort("live", rules.live, is_broadcast(item), "a broadcast")


def _sort(name: str, wanted: Wanted, is_one: bool | None, told: str) -> _Finding:  # noqa: FBT001 - what a signal said
    if wanted is Wanted.INCLUDE:
        return None
    if is_one is None:
        return _Unknown(f"whether it is {told}")
    if is_one and wanted is Wanted.EXCLUDE:
        return NotTaken(f"{name}_excluded", f"it is {told}, and those are excluded")
    if not is_one and wanted is Wanted.ONLY:
        return NotTaken(f"not_{name}", f"it is not {told}, and only those are asked")
    return None


def _language(item: FoundItem, rules: Rules, _: datetime) -> _Finding:
    if not rules.languages:
        return None
    spoken = item.facts.language
    if spoken is None:
        return _Unknown("the language")
    if any(_fits(spoken, asked) for asked in rules.languages):
        return None
    asked = ", ".join(rules.languages)
    return NotTaken("other_language", f"it is in {spoken}, and {asked} is asked")


def _fits(spoken: str, asked: str) -> bool:
    """Return whether a language is the asked one; a region counts where both name one."""
    mine, theirs = (tag.lower().replace("_", "-").split("-") for tag in (spoken, asked))
    shorter = min(len(mine), len(theirs))
    return mine[:shorter] == theirs[:shorter]


_CHECKS: tuple[Callable[[FoundItem, Rules, datetime], _Finding], ...] = (
    *(_title, _description, _duration, _age, _shorts, _live, _language),
)
