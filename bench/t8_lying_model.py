"""T8: a model that lies about what was said, against real transcripts.

Of its quotes 20 % are invented, 20 % carry recognition-level noise, 20 % cite the wrong cues, and
the rest are genuine. Which is which is known by how each was made; nothing here uses the words,
lists or rules of `footnoted.knowledge`. An invention is kept only when its letters do not stand in
the transcript anyway, and a quote with wrong cues only when they stand there once.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from footnoted.errors import FootnotedError
from footnoted.knowledge.evidence import QuoteMatcher
from footnoted.model.transcript import CueKind, TranscriptOrigin
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.model.citation import Evidence
    from footnoted.model.transcript import Cue

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FOLDERS = ("captions-*", "asr-json", "gt-chapters-*", "gt-stock-mentions-youtube")
SUFFIXES = {".vtt", ".srt", ".json", ".json3", ".ttml"}
SEED = 8
QUOTES_PER_TRANSCRIPT = 100
NUMBERS = [
    *[
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
    ],
    *[
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
    ],
    *["ninety", "hundred", "thousand", "million", "billion"],
]
PROTECTED = {
    *NUMBERS,
    *[
        "one",
        "zero",
        "first",
        "second",
        "third",
        "half",
        "quarter",
        "twice",
        "double",
        "percent",
        "dollar",
        "dollars",
        "k",
    ],
    *[
        "no",
        "not",
        "never",
        "none",
        "nothing",
        "nobody",
        "nowhere",
        "neither",
        "nor",
        "cannot",
        "without",
        "hardly",
        "barely",
    ],
    *("ない無不未非ず別んなけく一二三四五六七八九十百千万"),
    *[
        "nicht",
        "kein",
        "keine",
        "nie",
        "niemals",
        "ohne",
        "pas",
        "jamais",
        "sans",
        "rien",
        "ne",
        "nunca",
        "sin",
        "não",
        "nem",
        "sem",
    ],
    *[
        "не",
        "нет",
        "без",
        "ні",
        "ikke",
        "inte",
        "aldrig",
        "nije",
        "nisam",
        "nismo",
        "nema",
        "bez",
        "नहीं",
        "न",
        "ना",
    ],
    *[
        "unless",
        "except",
        "instead",
        "avoid",
        "against",
        "false",
        "rarely",
        "seldom",
        "nah",
        "nope",
    ],
}
HIRAGANA = (
    "あいうえおかきくけこさしすせそたちつてとはひふへほまみむめもらりるれろわをがぎぐげごだで"
)
ADDED = [
    "the",
    "a",
    "and",
    "to",
    "of",
    "in",
    "that",
    "is",
    "so",
    "you",
    "it",
    "uh",
    "um",
    "well",
    "just",
    "okay",
]
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
NAMES = [
    "Margaret",
    "Timothy",
    "Volkswagen",
    "Siemens",
    "Yokohama",
    "Patricia",
    "Gutenberg",
    "Oregon",
    "Fujitsu",
]
FUNCTION_WORDS = {
    *"there these those their which where would could should gonna going being about".split(),
    *"while they're we're you're that's okay".split(),
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


def read_talks() -> list[Talk]:
    """Return every transcript with enough words in it, each text once."""
    talks: list[Talk] = []
    seen: set[str] = set()
    for pattern in FOLDERS:
        for path in sorted(DATA.glob(f"{pattern}/**/*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            try:
                cues = read_transcript(
                    path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED
                ).cues
            except FootnotedError:
                continue
            talk = make_talk(path, cues)
            if len(talk.words) >= 300 and talk.letters[:400] not in seen:
                seen.add(talk.letters[:400])
                talks.append(talk)
    return talks


def make_talk(path: Path, cues: tuple[Cue, ...]) -> Talk:
    """Return the words of the speech in a transcript."""
    speech = [cue for cue in cues if cue.kind is CueKind.SPEECH]
    text = " ".join(cue.text for cue in speech)
    is_unspaced = len(text) > 12 * len(text.split())
    pairs = [
        (word, cue.index)
        for cue in speech
        for word in (split_characters(cue.text) if is_unspaced else cue.text.split())
        if squeeze(word)
    ]
    words = [word for word, _ in pairs]
    owners = [owner for _, owner in pairs]
    group = str(path.relative_to(DATA)).split("/", maxsplit=1)[0]
    glue = "" if is_unspaced else " "
    return Talk(path.name, group, cues, words, owners, squeeze("".join(words)), glue)


def split_characters(text: str) -> list[str]:
    """Return the characters of a text with their signs; numbers and Latin words whole."""
    return re.findall(r"[A-Za-z0-9.,:]*[A-Za-z0-9][^\w\s]*\s?|\w[^\w\s]*", text + " ")


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


def tell(liar: Liar, count: int) -> list[Told]:
    """Return quotes in the shares that T8 names, as far as the talk has room for them."""
    told: list[Told] = []
    makers = [liar.invented, liar.noisy, liar.misplaced, liar.genuine, liar.genuine]
    for turn in range(count):
        maker = makers[turn % 5]
        for attempt in range(60):
            made = maker(turn // 5 + attempt) if maker == liar.invented else maker()
            if made is not None:
                told.append(made)
                break
    return told


def holds(evidence: Evidence, told: Told, talk: Talk) -> bool:
    """Return whether the evidence is where the quote was said, judged by the cues' own letters."""
    if evidence.first_cue is None or evidence.last_cue is None:
        return False
    cues = talk.cues[evidence.first_cue : evidence.last_cue + 1]
    said = "".join(cue.text for cue in cues if cue.kind is CueKind.SPEECH)
    if squeeze(told.text) in squeeze(said):
        return True
    overlaps = evidence.first_cue <= told.true_last_cue and evidence.last_cue >= told.true_first_cue
    return told.kind == "noise" and overlaps


def main() -> int:
    """Print the figures of T8; return 1 when one misses its goal."""
    if not DATA.is_dir():
        print("T8 - - - SKIP (no ../shared/data)")
        return 0
    talks = read_talks()
    assert len(talks) >= 30, f"only {len(talks)} transcripts were read"
    asked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    verbose = "--verbose" in sys.argv
    for number, talk in enumerate(talks):
        matcher = QuoteMatcher(talk.cues)
        liar = Liar(talk, talks, random.Random(SEED * 1000 + number))  # noqa: S311 - a seed
        for told in tell(liar, QUOTES_PER_TRANSCRIPT):
            evidence = matcher.match(told.text, told.first_cue, told.last_cue)
            is_lie = told.kind.startswith("invented")
            is_wrong = evidence.resolves if is_lie else not holds(evidence, told, talk)
            if told.kind == "wrong cues" and not is_wrong:
                found = (evidence.first_cue, evidence.last_cue)
                is_wrong = found != (told.true_first_cue, told.true_last_cue)
            asked[told.kind] += 1
            wrong[told.kind] += is_wrong
            if verbose and is_wrong:
                print(
                    f"# {talk.name} {told}\n#   {evidence.match} {evidence.score} {evidence.text}"
                )
    return report(asked, wrong, len(talks))


def report(asked: Counter[str], wrong: Counter[str], talks: int) -> int:
    """Print the figures and what stands behind them; return 1 on FAIL."""
    lies = [kind for kind in asked if kind.startswith("invented")]
    true = [kind for kind in asked if kind not in lies]
    total = asked.total()
    assert len(lies) == 11, "a kind of invention was never told"
    assert 0.19 <= sum(asked[kind] for kind in lies) / total <= 0.21
    for kind in sorted(asked):
        print(f"# {kind}: {asked[kind]} told, {wrong[kind]} judged wrongly")
    published = sum(wrong[kind] for kind in lies)
    rejected = 100 * sum(wrong[kind] for kind in true) / sum(asked[kind] for kind in true)
    corrected = 100 - 100 * wrong["wrong cues"] / asked["wrong cues"]
    print(f"# {total} quotes of {talks} transcripts")
    rows = [
        ("T8a", f"{published}", "inventions_published", "=0", published == 0),
        ("T8b", f"{rejected:.2f}", "percent_genuine_rejected", "<=1", rejected <= 1),
        ("T8c", f"{corrected:.2f}", "percent_wrong_cues_corrected", ">=99", corrected >= 99),
    ]
    for name, value, unit, goal, passed in rows:
        print(f"{name} {value} {unit} {goal} {'PASS' if passed else 'FAIL'}")
    return 0 if all(row[-1] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
