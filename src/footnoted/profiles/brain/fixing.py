"""Corrections as a model proposed them, held to what a correction may be.

Pure. A correction stands where its words stand, in whole words of one cue; it sounds like what it
replaces unless the glossary lists it; it changes no number and no negation; and a cue changes by a
bounded share of its letters. Everything else is refused and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

from footnoted.db.texts import storable
from footnoted.knowledge.polarity import count_negations
from footnoted.knowledge.quotes import is_unspaced, read_words
from footnoted.model.text import one_line
from footnoted.model.transcript import CueKind
from footnoted.profiles.brain.types import Fix, ImproveOutput

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from footnoted.llm.brain_tasks import ImproveAnswer, WordFix
    from footnoted.model.transcript import Cue
    from footnoted.profiles.brain.types import ImproveInput

_MOST_WORDS, _LONGEST = 8, 120
_REASON_LIMIT = 120
_NEAR_CUES = 12
_LEAST_ALIKE = 0.4
_SHORT_CUE = 12
_DIGITS = re.compile(r"\d")


def bind_fixes(
    given: ImproveInput, answers: Sequence[ImproveAnswer], most_changed: float
) -> ImproveOutput:
    """Return the corrections that stand, in the order of the words, and what was refused.

    A cue changes by at most `most_changed` of its letters, or by one short word.
    """
    binder = _Binder(given, most_changed)
    for answer in answers:
        for fix in answer.fixes:
            binder.take(fix)
    return binder.output()


class _Binder:
    """Collects corrections of one transcript."""

    def __init__(self, given: ImproveInput, most_changed: float) -> None:
        self._given = given
        self._most = most_changed
        self._cues = {cue.index: cue for cue in given.cues if cue.kind is CueKind.SPEECH}
        self._listed = {
            (_key(heard), entry.written) for entry in given.glossary for heard in entry.heard
        }
        self._fixes: dict[int, list[Fix]] = {}
        self._counts: Counter[str] = Counter()

    def take(self, fix: WordFix) -> None:
        """Take one correction in at every place of its words in the cue, or count why not."""
        before, after = " ".join(fix.before.split()), one_line(storable(fix.after), _LONGEST)
        fault = self._fault(before, after)
        if fault is None:
            cue, places = self._places(fix.cue, before)
            if cue is None:
                fault = "unheard"
            elif not (fresh := list(self._free(cue, places))):
                fault = "overlapping"
            else:
                fault = self._lay(cue, fresh, after, one_line(storable(fix.reason), _REASON_LIMIT))
        if fault is not None:
            self._counts[f"rejected_{fault}"] += 1

    def output(self) -> ImproveOutput:
        """Return every correction in the order of the words."""
        fixes = [fix for _, found in sorted(self._fixes.items()) for fix in found]
        return ImproveOutput(
            transcript_id=self._given.transcript_id,
            fixes=tuple(sorted(fixes, key=lambda fix: (fix.cue, fix.start_char))),
            counts={"fixes": len(fixes), **dict(sorted(self._counts.items()))},
        )

    def _fault(self, before: str, after: str) -> str | None:
        """Return why words may not be put in place of others, if so."""
        if not before or not after or before == after:
            return "nothing"
        if max(len(before.split()), len(after.split())) > _MOST_WORDS:
            return "long"
        if "".join(_DIGITS.findall(before)) != "".join(_DIGITS.findall(after)):
            return "number"
        if count_negations(_keys(before)) != count_negations(_keys(after)):
            return "negation"
        if (_key(before), after) in self._listed:
            return None
        alike = Indel.normalized_similarity("".join(_keys(before)), "".join(_keys(after)))
        return None if alike >= _LEAST_ALIKE else "unlike"

    def _places(self, cited: int, before: str) -> tuple[Cue | None, list[tuple[int, int]]]:
        """Return the cue in which the words stand, the nearest to the one cited, and where."""
        pattern = re.compile(_whole(before))
        for distance in range(_NEAR_CUES + 1):
            for number in dict.fromkeys((cited + distance, cited - distance)):
                cue = self._cues.get(number)
                if cue is not None and (found := list(pattern.finditer(cue.text))):
                    return cue, [match.span() for match in found]
        return None, []

    def _free(self, cue: Cue, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        known = self._fixes.get(cue.index, ())
        for start, end in places:
            if all(end <= fix.start_char or start >= fix.end_char for fix in known):
                yield start, end

    def _lay(
        self, cue: Cue, places: Sequence[tuple[int, int]], after: str, reason: str
    ) -> str | None:
        """Lay the words over the cue; return why not when it would change too much."""
        laid = [
            Fix(
                cue=cue.index,
                start_char=start,
                end_char=end,
                before=cue.text[start:end],
                after=after,
                reason=reason,
            )
            for start, end in places
        ]
        fixes = [*self._fixes.get(cue.index, ()), *laid]
        changed = sum(Indel.distance(fix.before, fix.after) / 2 for fix in fixes)
        if changed > max(self._most * len(cue.text), _SHORT_CUE):
            return "too_much"
        self._fixes[cue.index] = fixes
        return None


def _whole(words: str) -> str:
    """Return a pattern of these words as they are written, whole."""
    before = "" if is_unspaced(words[0]) else r"(?<!\w)"
    after = "" if is_unspaced(words[-1]) else r"(?!\w)"
    return before + r"\s+".join(map(re.escape, words.split())) + after


def _keys(text: str) -> list[str]:
    return [word.key for word in read_words(text)]


def _key(text: str) -> str:
    return " ".join(_keys(text))
