"""T8: a model that lies about what was said, against real transcripts.

Of its quotes 20 % are invented, 20 % carry recognition-level noise, 20 % cite the wrong cues, and
the rest are genuine. Which is which is known by how each was made; nothing here uses the words,
lists or rules of `footnoted.knowledge`. An invention is kept only when its letters do not stand in
the transcript anyway, and a quote with wrong cues only when they stand there once.
"""

from __future__ import annotations

import glob
import random
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from lying_model import Liar, Talk, Told, squeeze

from footnoted.errors import FootnotedError
from footnoted.knowledge.evidence import QuoteMatcher
from footnoted.model.transcript import CueKind, TranscriptOrigin
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from footnoted.model.citation import Evidence

TIME_LIMIT_S = 900
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
FOLDERS = ("captions-*", "asr-json", "gt-chapters-*", "gt-stock-mentions-youtube")
SUFFIXES = {".vtt", ".srt", ".json", ".json3", ".ttml"}
SEED = 8
QUOTES_PER_TRANSCRIPT = 100


def read_talks() -> list[Talk]:
    """Return every transcript with enough words in it, each text once."""
    talks: list[Talk] = []
    seen: set[str] = set()
    for pattern in FOLDERS:
        for path in sorted(DATA.glob(f"{pattern}/**/*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            try:
                talk = read_talk(path)
            except FootnotedError:
                continue
            if len(talk.words) >= 300 and talk.letters[:400] not in seen:
                seen.add(talk.letters[:400])
                talks.append(talk)
    return talks


def source_of(talk: Talk) -> Path:
    """Return the file of a talk; files of one folder may be called the same."""
    paths = sorted(DATA.glob(f"{talk.group}/**/{glob.escape(talk.name)}"))
    return next(path for path in paths if read_talk(path).letters == talk.letters)


def read_talk(path: Path) -> Talk:
    """Return the words of the speech in a transcript. Raises FootnotedError when it is none."""
    cues = read_transcript(path.read_bytes(), path.name, origin=TranscriptOrigin.IMPORTED).cues
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
        liar = Liar(talk, talks, random.Random(SEED * 1000 + number))
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
