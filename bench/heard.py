"""Whether a quote can be heard where it says: an audit of evidence by letters and nothing else.

Nothing here uses the words, lists or rules of `footnoted`: a quote was said when its letters stand
in the cues it names.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from bench.lying_model import squeeze

PROFILES = ("techniques", "stocks", "brain", "recipes")
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "techniques": ("moment", "page claim", "page tag", "page summary"),
    "stocks": ("mention", "theme", "stance", "stance event"),
    "brain": (
        *("named", "speaks", "together", "speaks of", "stated", "entity"),
        *("decision", "action", "question", "statement", "sentence", "correction"),
    ),
    "recipes": ("item", "page claim"),
}
"""What must have been published for a figure to say anything, for each profile.

The built-in model finds a direction of the market, and its reasons, in hardly any recording.
"""
LEAST_ALIKE = 0.6
"""How alike the letters of a loosely found quote and of what was said are at least."""

Ask = Callable[[str], Sequence[Any]]
"""Returns the rows of a statement."""

_EVIDENCE = """
  SELECT e.id, e.video_id, e.transcript_id, v.transcript_id AS current_id, e.quote, e.match,
    e.first_cue, e.last_cue, e.start_ms, e.end_ms, e.text
  FROM evidence e JOIN videos v ON v.id = e.video_id
"""


class Cue(NamedTuple):
    """A cue as it is stored."""

    number: int
    start_ms: int | None
    end_ms: int | None
    text: str
    speaker: str | None
    kind: str


@dataclass(frozen=True)
class Claim:
    """Something published, and the evidence it rests on."""

    profile: str
    kind: str
    id: str
    evidence: tuple[Any, ...]


@dataclass
class Audit:
    """How much was looked at of each kind, and what does not hold."""

    looked: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: dict[str, dict[tuple[str, str], str]] = field(default_factory=lambda: defaultdict(dict))
    by_text: dict[tuple[int, str], list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Evidence by its video and the letters of what was said."""

    def share(self, profile: str) -> float:
        """Return the percentage of what a profile published that holds."""
        looked = self.looked[profile].total()
        return 100 * (1 - len(self.faults[profile]) / looked) if looked else 0.0

    def missing(self, profile: str) -> list[str]:
        """Return the kinds of which a profile published nothing."""
        return [kind for kind in EXPECTED[profile] if not self.looked[profile][kind]]

    def told(self, profile: str) -> str:
        """Return what was looked at, for a note."""
        counts = sorted(self.looked[profile].items(), key=lambda pair: (-pair[1], pair[0]))
        return ", ".join(f"{count:,} {kind}" for kind, count in counts)

    def fault(self, profile: str, kind: str, key: str, why: str) -> None:
        """Note what is wrong with something published."""
        self.faults[profile].setdefault((kind, key), why)


@dataclass
class Library:
    """The cues of every transcript and all evidence, with what is wrong with each piece."""

    cues: dict[int, list[Cue]]
    evidence: dict[Any, Any]
    wrong: dict[Any, str]

    def held(self, key: Any, around: int = 0) -> list[Cue]:
        """Return the cues that a piece of evidence names, and so many more on both sides."""
        row = self.evidence[key]
        first = max(0, row["first_cue"] - around)
        return self.cues[row["transcript_id"]][first : row["last_cue"] + 1 + around]


def read_library(ask: Ask) -> Library:
    """Return all cues and all evidence."""
    cues = {
        row["id"]: [Cue(*cue) for cue in json.loads(row["cues"])]
        for row in ask("SELECT id, cues::text AS cues FROM transcripts")
    }
    evidence = {row["id"]: row for row in ask(_EVIDENCE)}
    wrong = {}
    for key, row in evidence.items():
        why = fault_of(row, cues[row["transcript_id"]])
        if why is not None:
            wrong[key] = why
    return Library(cues, evidence, wrong)


def fault_of(row: Any, cues: Sequence[Cue]) -> str | None:
    """Return why a quote can not be heard where its evidence says; None when it can."""
    if row["match"] == "rejected":
        return "its quote was rejected"
    if row["transcript_id"] != row["current_id"]:
        return "it cites another version of the transcript"
    held = cues[row["first_cue"] : row["last_cue"] + 1]
    if not held or (held[0].number, held[-1].number) != (row["first_cue"], row["last_cue"]):
        return "its cues do not exist"
    if (held[0].start_ms, held[-1].end_ms) != (row["start_ms"], row["end_ms"]):
        return "its times are not those of its cues"
    said = squeeze("".join(cue.text for cue in held if cue.kind == "speech"))
    text, quote = squeeze(row["text"]), squeeze(row["quote"])
    if not text or text not in said:
        return "its words do not stand in its cues"
    if text != quote and SequenceMatcher(None, quote, text, autojunk=False).ratio() < LEAST_ALIKE:
        return "its quote says something else"
    return None
