"""Which moments share a page, and what the page is called.

Moments with a sub-topic share its page. The others gather around the word that most of their titles
share, again and again (a greedy set cover; Chvatal, "A greedy heuristic for the set-covering
problem", 1979), so that one moment more rarely moves the rest or renames a page. Who is left joins
the page it shares most words with, else one last page of the category.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.llm.methods.keyphrases import phrases_of, title_case
from footnoted.llm.methods.lexicon import tokens_of
from footnoted.llm.methods.titlewords import may_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.llm.methods.lexicon import Lexicon
    from footnoted.llm.tasks import SynthesisMoment

_FEWEST, _MOST, _TOO_LONG = 3, 16, 24
_COMMON_SHARE = 0.25
_TITLE_COUNTS = 2
_JOIN_STEMS = 2


@dataclass(frozen=True, slots=True)
class Material:
    """A moment with the stems of its title and of all it says."""

    moment: SynthesisMoment
    title: frozenset[str]
    stems: frozenset[str]


Group = tuple[str, list[Material]]


def materials_of(moments: Sequence[SynthesisMoment], lexicon: Lexicon) -> list[Material]:
    """Return the moments with their stems, in order."""
    return [_material(moment, lexicon) for moment in moments]


def _material(moment: SynthesisMoment, lexicon: Lexicon) -> Material:
    title = frozenset(lexicon.stems(moment.title))
    return Material(moment, title, title | frozenset(lexicon.stems(moment.summary)))


def grouped(category: str, materials: Sequence[Material], lexicon: Lexicon) -> list[Group]:
    """Return titled groups that hold every material once; titles are unique."""
    by_subtopic: dict[str, list[Material]] = defaultdict(list)
    for material in materials:
        by_subtopic[(material.moment.subtopic or "").strip().casefold()].append(material)
    loose = by_subtopic.pop("", [])
    groups = [part for members in by_subtopic.values() for part in _named(members, lexicon)]
    gathered, left = _gather(loose, lexicon)
    for title, members in gathered:
        same = next((group for group in groups if group[0] == title), None)
        if same is None:
            groups.append((title, members))
        else:
            same[1].extend(members)
    left = [material for material in left if not _join(material, [g for _, g in groups])]
    if left:
        groups.append((f"More on {category}" if groups else category, left))
    return groups


def _named(members: list[Material], lexicon: Lexicon) -> list[Group]:
    """Return the page of a sub-topic; where it is too long to read, the pages of its themes."""
    names = Counter((member.moment.subtopic or "").strip() for member in members)
    name = min(names, key=lambda name: (-names[name], name))
    title = title_case(name.split())
    if len(members) <= _TOO_LONG:
        return [(title, members)]
    themes, left = _gather(members, lexicon)
    pages: dict[str, list[Material]] = {}
    for theme, part in [*themes, ("", left)]:
        says_more = theme.casefold() not in title.casefold()
        pages.setdefault(f"{title}: {theme}" if says_more else title, []).extend(part)
    return [(page, part) for page, part in pages.items() if part]


def _gather(loose: Sequence[Material], lexicon: Lexicon) -> tuple[list[Group], list[Material]]:
    """Return groups titled by the word they share, and the moments that share none."""
    spread = Counter(stem for material in loose for stem in material.stems)
    too_common = max(_MOST, len(loose) * _COMMON_SHARE)
    usable = {stem for stem, count in spread.items() if count <= too_common}
    groups: list[Group] = []
    left = list(loose)
    while keys := _keys(usable, left):
        members = [material for material in left if _belongs(material, keys)]
        usable.discard(keys[0])
        if len(members) >= _FEWEST:
            groups.append((_shared_title(keys[0], members, lexicon), members))
            left = [material for material in left if not _belongs(material, keys)]
    return groups, left


def _keys(usable: set[str], left: Sequence[Material]) -> list[str]:
    """Return the stems a page could gather around, what most moments share first."""
    said = Counter(stem for material in left for stem in material.stems)
    titled = Counter(stem for material in left for stem in material.title)
    keys = [
        (-(said[stem] + _TITLE_COUNTS * count), stem)
        for stem, count in titled.items()
        if said[stem] >= _FEWEST and stem in usable
    ]
    return [stem for _, stem in sorted(keys)]


def _belongs(material: Material, keys: Sequence[str]) -> bool:
    """Return whether a moment is about the first key: by its title, or for want of a better one."""
    if keys[0] in material.title:
        return True
    return keys[0] in material.stems and material.title.isdisjoint(keys)


def _shared_title(key: str, members: Sequence[Material], lexicon: Lexicon) -> str:
    """Return the phrase around `key` that titles share, or the word itself as said most often."""
    phrases: Counter[tuple[str, ...]] = Counter()
    words: Counter[tuple[str, ...]] = Counter()
    for member in members:
        text = member.moment.title
        tokens = tokens_of(text)
        words.update((token,) for token in tokens if lexicon.stem(token) == key)
        found = {phrase for phrase in phrases_of(text, tokens, lexicon) if key in phrase.stems}
        phrases.update(phrase.words for phrase in found if len(phrase.stems) > 1)
    shared = [form for form, count in phrases.items() if count * 2 > words.total() and count > 1]
    forms = shared or [form for form in words if may_end(form[0])] or list(words)
    both = phrases + words
    best = min(forms, key=lambda form: (-both[form], -len(form), form))
    return title_case(best)


def _join(material: Material, groups: Sequence[list[Material]]) -> bool:
    """Put a moment on the page it shares most with; False where it shares too little."""
    best, best_shared = None, 0.0
    for group in groups:
        words = Counter(stem for member in group for stem in member.stems)
        repeated = {stem for stem, count in words.items() if count > 1}
        common = len(material.stems & repeated)
        shared = common / math.sqrt(1 + len(repeated))
        if common >= _JOIN_STEMS and shared > best_shared and len(group) < _MOST:
            best, best_shared = group, shared
    if best is None:
        return False
    best.append(material)
    return True
