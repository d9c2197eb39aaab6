"""T4: a quote with a rough citation, to the second: against transcripts that time every word.

Words are grouped into cues here, as captions are; random quotes are cut from the words and cited
roughly (shifted, widened) or wrongly (anywhere). The time that comes back is compared with the
word's own: it is right when the word starts within the cue found, or one cue beside it. Where
captions of the same recording were made by people, the quotes are looked up in those too.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from footnoted.knowledge.evidence import QuoteMatcher
from footnoted.model.transcript import Cue, TranscriptOrigin
from footnoted.transcripts.captions import read_transcript

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TIME_LIMIT_S = 900
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SEED = 4
QUOTES_PER_TALK = 150
WORDS_PER_CUE = (4, 14)
MIN_WORDS = 250
NOT_FOUND = 10**6


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word with when it starts and ends, in milliseconds."""

    text: str
    start_ms: int
    end_ms: int


def timed(rows: Iterable[tuple[str, Any, Any]]) -> list[TimedWord]:
    """Return words from (text, start, end) in seconds, blank and untimed ones left out."""
    return [
        TimedWord(text.strip(), round(float(start) * 1000), round(float(end) * 1000))
        for text, start, end in rows
        if text.strip() and start not in ("", None)
    ]


def read_amazon(path: Path) -> list[TimedWord]:
    """Return the words of an Amazon Transcribe answer."""
    items = json.loads(path.read_bytes())["results"]["items"]
    spoken = [item for item in items if "start_time" in item]
    return timed((i["alternatives"][0]["content"], i["start_time"], i["end_time"]) for i in spoken)


def read_kaldi(path: Path) -> list[TimedWord]:
    """Return the words of a BBC Kaldi answer."""
    words = json.loads(path.read_bytes())["retval"]["words"]
    return timed((word["punct"], word["start"], word["end"]) for word in words)


def read_deepgram(path: Path) -> list[TimedWord]:
    """Return the words of a Deepgram answer."""
    answer = json.loads(path.read_bytes())["results"]["channels"][0]["alternatives"][0]
    return timed((word["word"], word["start"], word["end"]) for word in answer["words"])


def read_word_list(path: Path) -> list[TimedWord]:
    """Return the words of a plain list of objects or of triples."""
    words = json.loads(path.read_bytes())
    if isinstance(words[0], dict):
        return timed((word["word"], word["start"], word["end"]) for word in words)
    return timed((text, start, end) for text, start, end in words)


def read_aligned(path: Path) -> list[TimedWord]:
    """Return the words of an earnings call aligned with its recording."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE)
        return timed((row["token"] + row["punctuation"], row["ts"], row["endTs"]) for row in rows)


def read_json3(path: Path) -> list[TimedWord]:
    """Return the words of a YouTube json3 file, each ending where the next begins."""
    starts = [
        (segment["utf8"], event["tStartMs"] + segment.get("tOffsetMs", 0))
        for event in json.loads(path.read_bytes())["events"]
        for segment in event.get("segs", ())
        if segment["utf8"].strip()
    ]
    ends = [start for _, start in starts[1:]] + [starts[-1][1] + 500]
    return [
        TimedWord(text.strip(), start, end) for (text, start), end in zip(starts, ends, strict=True)
    ]


def read_talks() -> Iterator[tuple[str, list[TimedWord]]]:
    """Yield every word-timed transcript there is, by name."""
    readers = {
        "asr-json/bbc-amazon*.json": read_amazon,
        "asr-json/bbc-bbc-kaldi-kaldiTed*.json": read_kaldi,
        "asr-json/deepgram-*.json": read_deepgram,
        "asr-json/smagnacca-*.json": read_word_list,
        "captions-3b1b/*/english.word_timings.json": read_word_list,
        "captions-youtube-auto/auto-*.json3": read_json3,
        "gt-earnings-calls/earnings22/aligned/*.nlp": read_aligned,
    }
    for pattern, reader in readers.items():
        for path in sorted(DATA.glob(pattern)):
            words = reader(path)
            if len(words) >= MIN_WORDS:
                yield str(path.relative_to(DATA)), words


def group(words: list[TimedWord], rng: random.Random) -> list[Cue]:
    """Return the words as cues of a few words each."""
    cues: list[Cue] = []
    at = 0
    while at < len(words):
        part = words[at : at + rng.randint(*WORDS_PER_CUE)]
        text = " ".join(word.text for word in part)
        cues.append(Cue(len(cues), part[0].start_ms, part[-1].end_ms, text))
        at += len(part)
    return cues


def cite(true_first: int, true_last: int, count: int, rng: random.Random) -> tuple[int, int]:
    """Return a citation as models give them: shifted, too wide, or somewhere else altogether."""
    how = rng.choice(("shifted", "wide", "wrong"))
    if how == "shifted":
        shift = rng.choice((-2, -1, 1, 2))
        return true_first + shift, true_last + shift
    if how == "wide":
        return max(0, true_first - rng.randint(0, 10)), true_last + rng.randint(0, 10)
    first = rng.randrange(count)
    return first, first + rng.randint(0, 3)


def errors_of(
    words: list[TimedWord], cues: Sequence[Cue], rng: random.Random
) -> list[tuple[int, float]]:
    """Return, per quote, the error in cues and in seconds; NOT_FOUND cues for one not found.

    Quotes are of eight words or more and said once, or there would be no one true time.
    """
    matcher = QuoteMatcher(cues)
    said = "\n".join(word.text.lower() for word in words) + "\n"
    starts = [cue.start_ms or 0 for cue in cues]
    errors: list[tuple[int, float]] = []
    while len(errors) < QUOTES_PER_TALK:
        size = rng.randint(8, 30)
        at = rng.randrange(len(words) - size)
        part = words[at : at + size]
        if said.count("\n".join(word.text.lower() for word in part)) != 1:
            continue
        first, last = (bisect_right(starts, part[end].start_ms) - 1 for end in (0, -1))
        cited = cite(first, last, len(cues), rng)
        found = matcher.match(" ".join(word.text for word in part), *cited)
        if found.start_ms is None:
            errors.append((NOT_FOUND, 0.0))
            continue
        off = abs(bisect_right(starts, found.start_ms) - 1 - first)
        errors.append((off, abs(found.start_ms - part[0].start_ms) / 1000))
    return errors


def measure(number: int, name: str, words: list[TimedWord]) -> list[tuple[int, float]]:
    """Return the errors in cues made of these words, and in captions by people beside them."""
    rng = random.Random(SEED * 1000 + number)
    places = {name: group(words, rng)}
    captions = (DATA / name).with_name("english.captions.srt")
    if captions.is_file():
        read = read_transcript(
            captions.read_bytes(), captions.name, origin=TranscriptOrigin.CAPTIONS_MANUAL
        )
        places[str(captions.relative_to(DATA))] = list(read.cues)
    errors: list[tuple[int, float]] = []
    for place, cues in places.items():
        part = errors_of(words, cues, rng)
        errors += part
        within = sum(off <= 1 for off, _ in part)
        lost = sum(off == NOT_FOUND for off, _ in part)
        print(f"# {place}: {within} of {len(part)} quotes within one cue, {lost} not found")
    return errors


def main() -> int:
    """Print the figure T4; return 1 when it misses its goal."""
    if not DATA.is_dir():
        print("T4 - - - SKIP (no ../shared/data)")
        return 0
    errors: list[tuple[int, float]] = []
    talks = list(read_talks())
    assert len(talks) >= 10, f"only {len(talks)} word-timed transcripts were read"
    for number, (name, words) in enumerate(talks):
        errors += measure(number, name, words)
    seconds = [s for cues, s in errors if cues < NOT_FOUND]
    print(f"# {len(errors)} quotes; start against the word's own: median {median(seconds):.2f} s")
    share = 100 * sum(cues <= 1 for cues, _ in errors) / len(errors)
    passed = share >= 99
    print(f"T4 {share:.2f} percent_within_one_cue >=99 {'PASS' if passed else 'FAIL'}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
