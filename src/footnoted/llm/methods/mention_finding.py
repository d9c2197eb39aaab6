"""The answer to `mention`: each company of a topic once per stance, in the words that say it.

The names are those that the task found, and companies that no table has where the words beside them
say that they are listed; a sentence counts for a company when it names it. A stance
is taken from that sentence, or from the next when it goes on about it ("I own it"). Without a
stance the sentence that says most is quoted, and action, conviction and horizon stay empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from footnoted.llm.methods.lexicon import lexicon_for
from footnoted.llm.methods.mention_context import is_market_word, is_venue, says_something
from footnoted.llm.methods.mention_unlisted import unlisted_in
from footnoted.llm.methods.stance_words import Stance, stances_in
from footnoted.llm.methods.units import units_of
from footnoted.llm.stock_tasks import MentionAnswer, NameHeard, StatedMention

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.llm.methods.units import Unit
    from footnoted.llm.stock_tasks import MentionTask

_SAMPLE_CHARS = 4_000
_GOES_ON = re.compile(r"\b(?:it|the stock|the company|shares|this one|that one)\b")
_MOST_WORDS = 60
_FAR, _BACK = 90, 20
"""How far from a stance a name may be, in letters, and what a name before it counts as more."""
_OFTEN = 3
"""Named in so many sentences of a topic, a company is spoken of, whatever they say."""


@dataclass
class _Named:
    """A company of the topic: where it is named, and what is said of it."""

    name: NameHeard
    units: list[int] = field(default_factory=list[int])
    stances: list[tuple[Stance, int, int]] = field(default_factory=list[tuple[Stance, int, int]])


def find_mentions(task: MentionTask) -> MentionAnswer:
    """Return the mentions of one topic in the order of the transcript."""
    sample = " ".join(cue.text for cue in task.cues)[:_SAMPLE_CHARS]
    units = units_of(task.cues, lexicon_for(task.language, sample))
    at_cue = {cue.index: place for place, cue in enumerate(task.cues)}
    known: dict[str, _Named] = {}
    named = [_names_in(unit, task.names, at_cue) for unit in units]
    for place, names in enumerate(named):
        for name in names:
            known.setdefault(_key(name), _Named(name)).units.append(place)
        _take_stances(units, place, names, known)
        if len(names) == 1 and not any(named[place + 1 : place + 2]):
            _take_from_next(units, place, known[_key(names[0])])
    told = [one for company in known.values() for one in _told(task, units, company)]
    return MentionAnswer(mentions=tuple(sorted(told, key=lambda one: (one.first_cue, one.company))))


def _names_in(unit: Unit, names: Sequence[NameHeard], at_cue: dict[int, int]) -> list[NameHeard]:
    """Return the names that stand in a sentence, one for each company, in order.

    Companies that no table has are among them, without a symbol.
    """
    found: dict[str, tuple[int, NameHeard]] = {}
    text = unit.text.casefold()
    for name in names:
        if unit.first <= at_cue[name.first_cue] <= unit.last:
            at = _place(text, name.said)
            if at is not None:
                found.setdefault(name.symbol, (at, name))
    listed = [name.said for name in names]
    for at, said in unlisted_in(unit.text, listed):
        found.setdefault(said, (at, _unlisted(said)))
    return [name for _, name in sorted(found.values(), key=lambda one: one[0])]


def _unlisted(said: str) -> NameHeard:
    return NameHeard(
        first_cue=0,
        last_cue=0,
        said=said,
        symbol="",
        exchange="",
        company=said,
        score=1.0,
        is_ambiguous=False,
    )


def _key(name: NameHeard) -> str:
    return name.symbol or name.company


def _place(text: str, said: str) -> int | None:
    words = [re.escape(word) for word in said.casefold().split()]
    match = re.search(r"\W+".join(words), text)
    return match.start() if match else None


def _take_stances(
    units: Sequence[Unit], place: int, names: Sequence[NameHeard], known: dict[str, _Named]
) -> None:
    """Give the stances of a sentence to the companies it names, each to the nearest."""
    if not names:
        return
    text = units[place].text
    names = [name for name in names if _may_be_dealt_in(text, name.said)]
    if not names:
        return
    places = {_key(name): _place(text.casefold(), name.said) or 0 for name in names}
    said: dict[str, tuple[int, Stance]] = {}
    for stance in stances_in(text):
        nearest = min(places, key=lambda key: _distance(stance, places[key]))
        far = _distance(stance, places[nearest])
        if far <= min(_FAR, said[nearest][0] if nearest in said else _FAR):
            said[nearest] = (far, stance)
    for key, (_, stance) in said.items():
        known[key].stances.append((stance, place, place))


def _may_be_dealt_in(text: str, said: str) -> bool:
    """Return whether a sentence names a company other than as a place to trade, or as its product.

    `On Robinhood` is where something is bought; `the Cloudflare balancer` is no share.
    """
    name = rf"(?<!\w){re.escape(said)}(?!\w)"
    beside = rf"(?:on|from|at|via|through|using) {name}"
    is_place = is_venue(said) and not re.search(name, re.sub(beside, "", text))
    made = re.search(rf"(?<!\w)(?:the|an?) {name} ([a-z]+)", text)
    return not is_place and (made is None or is_market_word(made[1]))


def _take_from_next(units: Sequence[Unit], place: int, named: _Named) -> None:
    """Give a company the stance of the sentence after it, when that goes on about it."""
    after = place + 1
    if after >= len(units) or stances_in(units[place].text):
        return
    if not _may_be_dealt_in(units[place].text, named.name.said):
        return
    follow = units[after]
    if _GOES_ON.search(follow.text.casefold()) and follow.speaker == units[place].speaker:
        named.stances += [(stance, place, after) for stance in stances_in(follow.text)[:1]]


def _distance(stance: Stance, at: int) -> int:
    """Return how far a name is from a stance; what is done comes before what it is done to."""
    if at >= stance.end:
        return at - stance.end
    return (stance.at - at) + (0 if stance.is_judgement else _BACK)


def _told(task: MentionTask, units: Sequence[Unit], named: _Named) -> Iterator[StatedMention]:
    """Yield one mention per action, at the surest sentence; without any, the fullest one."""
    best: dict[str, tuple[Stance, int, int]] = {}
    for stance, first, last in named.stances:
        if stance.action not in best or stance.conviction > best[stance.action][0].conviction:
            best[stance.action] = (stance, first, last)
    for stance, first, last in best.values():
        yield _mention(task, units, named.name, (first, last, stance))
    telling = [at for at in named.units if says_something(units[at].text)]
    if not best and (telling or len(named.units) >= _OFTEN):
        place = max(telling or named.units, key=lambda at: (_fullness(units[at]), -at))
        yield _mention(task, units, named.name, (place, place, None))


def _fullness(unit: Unit) -> int:
    return min(unit.words, _MOST_WORDS)


def _mention(
    task: MentionTask,
    units: Sequence[Unit],
    name: NameHeard,
    told: tuple[int, int, Stance | None],
) -> StatedMention:
    first, last, stance = told
    window = units[first : last + 1]
    return StatedMention(
        company=name.company,
        symbol=name.symbol or None,
        action=stance.action if stance else None,
        conviction=stance.conviction if stance else None,
        horizon=stance.horizon if stance else None,
        quote=" ".join(unit.text for unit in window),
        first_cue=task.cues[window[0].first].index,
        last_cue=task.cues[window[-1].last].index,
    )
