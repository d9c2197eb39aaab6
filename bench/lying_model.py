"""A model that lies: it makes quotes of a talk, true and false ones, and knows which are which.

Nothing here uses the words, lists or rules of `footnoted.knowledge`, which is judged by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from footnoted.model.transcript import Cue

NUMBERS = str.split(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred"
    " thousand million billion"
)
PROTECTED = {
    *NUMBERS,
    *str.split(
        "one zero first second third half quarter twice double percent dollar dollars k"
        " no not never none nothing nobody nowhere neither nor cannot without hardly barely"
        " unless except instead avoid against false rarely seldom nah nope"
        " nicht kein keine nie niemals ohne pas jamais sans rien ne nunca sin não nem sem"
        " не нет без ні ikke inte aldrig nije nisam nismo nema bez नहीं न ना"
    ),
    *"ない無不未非ず別んなけく一二三四五六七八九十百千万",
}
HIRAGANA = (
    "あいうえおかきくけこさしすせそたちつてとはひふへほまみむめもらりるれろわをがぎぐげごだで"
)
ADDED = str.split("the a and to of in that is so you it uh um well just okay")
HOMOPHONES = {
    "their": "there", "there": "their", "your": "you're", "its": "it's", "than": "then",
    "then": "than", "our": "are", "are": "our", "here": "hear", "where": "were", "know": "now",
    "would": "wood", "some": "sum", "by": "buy", "whole": "hole", "through": "threw",
    "because": "cause", "going": "gonna", "kind": "kinda", "this": "these", "is": "it's",
    "we're": "were", "weather": "whether", "right": "write", "piece": "peace",
}  # fmt: skip
OPPOSITES = [
    ("more", "less"), ("high", "low"), ("higher", "lower"), ("up", "down"), ("before", "after"),
    ("left", "right"), ("increase", "decrease"), ("increased", "decreased"), ("good", "bad"),
    ("always", "sometimes"), ("all", "some"), ("buy", "sell"), ("big", "small"), ("open", "closed"),
    ("possible", "impossible"), ("include", "exclude"), ("first", "last"), ("better", "worse"),
    ("maximum", "minimum"), ("inside", "outside"), ("long", "short"), ("many", "few"),
    ("above", "below"), ("faster", "slower"), ("start", "stop"), ("true", "false"),
]  # fmt: skip
NAMES = str.split("Margaret Timothy Volkswagen Siemens Yokohama Patricia Gutenberg Oregon Fujitsu")
FUNCTION_WORDS = {
    *str.split(
        "there these those their which where would could should gonna going being about while"
        " they're we're you're that's okay"
    )
}
AUXILIARIES = {"is", "are", "was", "were", "do", "does", "did", "will", "can", "could", "should",
               "would", "have", "has"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Talk:
    """A transcript as words beside the number of the cue they stand in."""

    name: str
    group: str
    cues: tuple[Cue, ...]
    words: list[str]
    owners: list[int]
    letters: str
    glue: str
    """What stands between words: nothing in a script without spaces, whose words are characters."""


@dataclass(frozen=True, slots=True)
class Told:
    """One quote as the model tells it, and what is true about it."""

    kind: str
    text: str
    first_cue: int
    last_cue: int
    true_first_cue: int
    true_last_cue: int


def squeeze(text: str) -> str:
    """Return the letters and digits of a text and nothing else, in lower case."""
    return "".join(char for char in text.lower() if char.isalnum())


def bare(word: str) -> str:
    """Return a word without the marks around it."""
    return re.sub(r"^\W+|\W+$", "", word.lower())


class Liar:
    """Makes quotes of one talk, true and false ones."""

    def __init__(self, talk: Talk, others: list[Talk], rng: random.Random) -> None:
        """Know the talk, and what others said elsewhere."""
        self.talk, self.rng = talk, rng
        self.others = [other for other in others if other.group != talk.group]
        self.lies: list[Callable[[], tuple[str, int, int] | None]] = [
            self.foreign, self.shuffled, self.exchanged, self.spliced, self.renumbered,
            self.negated, self.renamed, self.opposed, self.reworded, self.continued, self.elided,
        ]  # fmt: skip

    def cut(self, low: int = 6, high: int = 30) -> tuple[int, int]:
        """Return where a random run of words begins and ends."""
        size = self.rng.randint(low, high) * (1 if self.talk.glue else 2)
        start = self.rng.randrange(len(self.talk.words) - size)
        return start, start + size

    def joined(self, words: list[str]) -> str:
        """Return words as they are written in a row."""
        return self.talk.glue.join(words)

    def told(self, kind: str, text: str, start: int, end: int) -> Told:
        """Return a quote that cites the cues of these words."""
        first, last = self.talk.owners[start], self.talk.owners[end - 1]
        return Told(kind, text, first, last, first, last)

    def genuine(self) -> Told:
        """Return what was said, word for word."""
        start, end = self.cut(4)
        return self.told("genuine", self.joined(self.talk.words[start:end]), start, end)

    def misplaced(self) -> Told | None:
        """Return what was said once, cited where it was not said."""
        start, end = self.cut(6)
        told = self.told("wrong cues", self.joined(self.talk.words[start:end]), start, end)
        if self.talk.letters.count(squeeze(told.text)) != 1:
            return None
        first = self.rng.randrange(len(self.talk.cues) + 5)
        last = first + self.rng.randint(-1, 3)
        if first <= told.true_last_cue and last >= told.true_first_cue:
            return None
        return Told(told.kind, told.text, first, last, told.true_first_cue, told.true_last_cue)

    def noisy(self) -> Told | None:
        """Return what was said with up to 15 % of its words misheard, missing or added."""
        start, end = self.cut(8)
        words = list(self.talk.words[start:end])
        share = 0.15 if self.talk.glue else 0.06  # a word is two or three characters
        errors = self.rng.randint(1, max(1, int(share * len(words))))
        for place in sorted(self.rng.sample(range(len(words)), errors), reverse=True):
            self.mishear(words, place)
        text = self.joined(words)
        if squeeze(text) == squeeze(self.joined(self.talk.words[start:end])):
            return None
        return self.told("noise", text, start, end)

    def mishear(self, words: list[str], place: int) -> None:
        """Put one error of recognition at a place; numbers and negations are left alone."""
        word = bare(words[place])
        if is_protected(word):
            return
        if not self.talk.glue:
            if word in HIRAGANA:
                words[place] = self.rng.choice(("", self.rng.choice(HIRAGANA)))
            return
        how = self.rng.choice(("letters", "letters", "homophone", "drop", "add", "repeat", "join"))
        if how == "homophone" and word in HOMOPHONES:
            words[place] = HOMOPHONES[word]
        elif how == "letters" and len(word) >= 5:
            heard = self.mutate(word)
            words[place] = word if is_protected(heard) else heard
        elif how == "drop":
            del words[place]
        elif how == "add":
            words.insert(place, self.rng.choice(ADDED))
        elif how == "repeat":
            words.insert(place, words[place])
        elif how == "join" and place + 1 < len(words) and not is_protected(bare(words[place + 1])):
            words[place : place + 2] = [words[place] + words[place + 1]]

    def mutate(self, word: str) -> str:
        """Return a word with one letter in seven (at least one) heard as another, or not heard."""
        for _ in range(1 + len(word) // 8):
            at = self.rng.randrange(1, len(word))
            word = (
                word[:at]
                + self.rng.choice(("", self.rng.choice(self.talk.letters)))
                + word[at + 1 :]
            )
        return word

    def invented(self, turn: int) -> Told | None:
        """Return something that was not said; None when this talk has no room for that lie."""
        lie = self.lies[turn % len(self.lies)]
        made = lie()
        if made is None or squeeze(made[0]) in self.talk.letters:
            return None
        return self.told(f"invented: {lie.__name__}", *made)

    def foreign(self) -> tuple[str, int, int] | None:
        """Return something said in another talk."""
        words = self.rng.choice(self.others).words
        start, end = self.cut(7)
        at = self.rng.randrange(len(words) - 31)
        return self.joined(words[at : at + end - start]), start, end

    def shuffled(self) -> tuple[str, int, int] | None:
        """Return the words of a passage in another order."""
        start, end = self.cut(8)
        words = self.talk.words[start:end]
        mixed = self.rng.sample(words, len(words))
        moved = sum(bare(a) != bare(b) for a, b in zip(words, mixed, strict=True))
        return (self.joined(mixed), start, end) if moved > len(words) / 2 else None

    def exchanged(self) -> tuple[str, int, int] | None:
        """Return two words of content in each other's place: man bites dog."""
        start, end = self.cut(8)
        words = list(self.talk.words[start:end])
        long = [
            i
            for i, word in enumerate(words)
            if len(bare(word)) >= 5 and bare(word) not in FUNCTION_WORDS
        ]
        if len(long) < 2:
            return None
        i, j = self.rng.sample(long, 2)
        if bare(words[i])[:3] == bare(words[j])[:3]:
            return None
        words[i], words[j] = words[j], words[i]
        if any(bare(one) == bare(other) for one, other in pairwise(words)):
            return None  # what reads like a stutter of the truth is no lie
        return self.joined(words), start, end

    def spliced(self) -> tuple[str, int, int] | None:
        """Return the beginning of one passage and the end of one far away."""
        start, end = self.cut(5, 14)
        other, other_end = self.cut(5, 14)
        if abs(other - start) < 100:
            return None
        return (
            self.joined(self.talk.words[start:end] + self.talk.words[other:other_end]),
            start,
            end,
        )

    def renumbered(self) -> tuple[str, int, int] | None:
        """Return another number than was said."""
        places = [i for i, w in enumerate(self.talk.words) if bare(w) in NUMBERS or is_digits(w)]
        found = self.around(places)
        if found is None:
            return None
        words, at, start, end = found
        word = bare(words[at])
        if is_digits(word):
            words[at] = str(int(re.sub(r"\D", "", word)) + self.rng.choice((1, 2, 7, 10)))
        else:
            words[at] = self.rng.choice([number for number in NUMBERS if number != word])
        return self.joined(words), start, end

    def negated(self) -> tuple[str, int, int] | None:
        """Return the opposite: `not` put in or left out."""
        places = [
            i
            for i, word in enumerate(self.talk.words[:-1])
            if bare(word) in AUXILIARIES and bare(self.talk.words[i + 1]) not in PROTECTED
        ]
        denied = [i for i, w in enumerate(self.talk.words) if bare(w) == "not" or "n't" in w]
        leave_out = bool(denied) and self.rng.random() < 0.5
        found = self.around(denied if leave_out else places)
        if found is None:
            return None
        words, at, start, end = found
        if not leave_out:
            words.insert(at + 1, "not")
        elif bare(words[at]) == "not":
            del words[at]
        else:
            words[at] = words[at].replace("n't", "")
        return self.joined(words), start, end

    def renamed(self) -> tuple[str, int, int] | None:
        """Return another name than was said, of this talk or of none."""
        names = [
            i
            for i, word in enumerate(self.talk.words)
            if i and word[:1].isupper() and len(bare(word)) >= 4 and bare(word).isalpha()
            and self.talk.words[i - 1][-1].isalnum()
        ]  # fmt: skip
        if len(names) > len(self.talk.words) / 10:
            return None
        found = self.around(names)
        if found is None:
            return None
        words, at, start, end = found
        of_this_talk = [self.talk.words[i] for i in names]
        name = self.rng.choice(self.rng.choice((of_this_talk, NAMES)))
        if SequenceMatcher(None, bare(name), bare(words[at])).ratio() >= 0.6:
            return None  # two spellings of one name are no lie
        words[at] = name
        return self.joined(words), start, end

    def opposed(self) -> tuple[str, int, int] | None:
        """Return a word turned into its opposite."""
        turned = {a: b for pair in OPPOSITES for a, b in (pair, pair[::-1])}
        found = self.around([i for i, w in enumerate(self.talk.words) if bare(w) in turned])
        if found is None:
            return None
        words, at, start, end = found
        words[at] = turned[bare(words[at])]
        return self.joined(words), start, end

    def reworded(self) -> tuple[str, int, int] | None:
        """Return three words of content replaced by words of another talk."""
        start, end = self.cut(10)
        words = list(self.talk.words[start:end])
        long = [i for i, word in enumerate(words) if len(bare(word)) >= 5]
        pool = [word for word in self.rng.choice(self.others).words if len(bare(word)) >= 6]
        if len(long) < 3 or len(pool) < 3:
            return None
        for i in self.rng.sample(long, 3):
            words[i] = self.rng.choice(pool)
        return self.joined(words), start, end

    def continued(self) -> tuple[str, int, int] | None:
        """Return a genuine beginning that goes on as it did not."""
        start, end = self.cut(8, 20)
        other = self.rng.choice(self.others).words
        at = self.rng.randrange(len(other) - 8)
        return self.joined(self.talk.words[start:end] + other[at : at + 5]), start, end

    def elided(self) -> tuple[str, int, int] | None:
        """Return a passage without its middle, as if it had been said in one breath."""
        start, end = self.cut(24, 36)
        words = self.talk.words[start:end]
        return self.joined(words[:7] + words[-7:]), start, end

    def around(self, places: list[int]) -> tuple[list[str], int, int, int] | None:
        """Return a passage with one of these places inside it, and where that is in it."""
        if not places:
            return None
        at = self.rng.choice(places)
        start = max(0, at - self.rng.randint(1, 12))
        end = min(len(self.talk.words), at + self.rng.randint(2, 12))
        if end - start < 6 or at == start:
            return None
        return list(self.talk.words[start:end]), at - start, start, end


def is_protected(word: str) -> bool:
    """Return whether a word states a number or denies something."""
    parts = re.split(r"[^\w']+", word)
    states = any(part in PROTECTED or "n't" in part for part in parts)
    return states or any(char.isdigit() for char in word) or not word


def is_digits(word: str) -> bool:
    """Return whether a word is a plain number."""
    return bare(word).isascii() and bare(word).isdigit()
