"""T6: companies found in spoken finance by the built-in model, beside a plain gazetteer.

The lists are silver (a model wrote them) and name what matters in a recording, so what is found
beyond them counts as wrong here although much of it was said. Both sides have the same table of
symbols, and only companies of the lists that are in it count; indices and coins are left out, since
some lists have them and others do not.

- the built-in model: topics, names in context, mentions bound to quotes and symbols, as a run does;
- the plain gazetteer: every symbol and name of the table, as words of the text whatever their case,
  the more often the surer. Where its recall is higher, the rarest are left out as long as it is.

    t6_mentions.py [--show]                                                  30 s
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

TIME_LIMIT_S = 300
_ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_ROOT / "src"))

from footnoted.llm.extractive import answer_task  # noqa: E402 - found through the path above
from footnoted.llm.stock_tasks import MentionAnswer, MentionTask  # noqa: E402 - the same
from footnoted.llm.tasks import SegmentAnswer, SegmentTask  # noqa: E402 - the same
from footnoted.model.transcript import Cue  # noqa: E402 - the same
from footnoted.profiles.stocks.binding import bind_mentions  # noqa: E402 - the same
from footnoted.profiles.stocks.spotting import Spotter  # noqa: E402 - the same
from footnoted.profiles.stocks.symbols import (  # noqa: E402 - the same
    SymbolTable,
    name_key,
    read_symbols,
)
from footnoted.profiles.stocks.types import MentionInput  # noqa: E402 - the same
from footnoted.stages.topic_ranges import cover_with_topics  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DATA = _ROOT.parent / "shared" / "data"
_KINDS = ("share", "etf")
_TIMED = re.compile(r"\[\d\d:\d\d:\d\d\] (.+)")
_LISTED = re.compile(r"^- (.+)$", re.MULTILINE)
_ASSETS = re.compile(r"^assets: \[(.+)\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Recording:
    """What was said, a cue a line, and what a list says is spoken of."""

    name: str
    language: str
    lines: tuple[str, ...]
    listed: tuple[str, ...]


def read_recordings() -> Iterator[Recording]:
    """Yield the recordings that have a list."""
    youtube, gooaye = _DATA / "gt-stock-mentions-youtube", _DATA / "gt-stock-mentions-gooaye"
    for path in sorted(youtube.glob("*/*.entities.json")):
        listed = json.loads(path.read_text(encoding="utf-8"))["companies_orgs"]
        said = path.with_name(path.name.replace(".entities.json", ".txt"))
        language = "zh" if path.parent.name == "zh" else "en"
        yield Recording(path.stem, language, _paragraphs(said), tuple(listed))
    for path in sorted((youtube / "finance-yt").glob("*_sumnew.md")):
        found = _ASSETS.findall(path.read_text(encoding="utf-8"))
        listed = [name.strip() for assets in found for name in assets.split(",")]
        said = path.with_name(path.name.replace("_sumnew", "_transcript"))
        yield Recording(path.stem, "en", _lines(said), tuple(listed))
    for path in sorted(gooaye.glob("summaries__*.md")):
        section = path.read_text(encoding="utf-8").split("## ")[1]
        said = gooaye / path.name.replace("summaries__", "transcripts__clean__").replace(
            "summary", "transcript"
        )
        text = said.read_text(encoding="utf-8")
        yield Recording(
            path.stem, "zh", tuple(_TIMED.findall(text)), tuple(_LISTED.findall(section))
        )


def _lines(path: Path) -> tuple[str, ...]:
    return tuple(
        line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    )


def _paragraphs(path: Path) -> tuple[str, ...]:
    """Return caption lines whose words stand on lines of their own, with blank ones between."""
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
    joined = (" ".join(block.split()) for block in blocks)
    return tuple(line for line in joined if line)


def wanted_of(recording: Recording, table: SymbolTable) -> set[str]:
    """Return the symbols of the list, as far as the table has them."""
    found = (table.listing(name) or table.named(name) for name in recording.listed)
    return {listing.symbol for listing in found if listing and listing.kind in _KINDS}


def found_by_model(recording: Recording, table: SymbolTable, spotter: Spotter) -> set[str]:
    """Return the symbols that the profile has mentions of."""
    cues = tuple(Cue(n, n * 4000, (n + 1) * 4000, line) for n, line in enumerate(recording.lines))
    told = answer_task(SegmentTask(language=recording.language, cues=cues))
    assert isinstance(told, SegmentAnswer)
    topics = cover_with_topics(told.topics, cues).topics
    names = spotter.names_in(cues)
    answers: list[MentionAnswer] = []
    for topic in topics:
        task = MentionTask(
            language=recording.language,
            topic=topic.title or "",
            cues=cues[topic.first_cue : topic.last_cue + 1],
            names=tuple(n for n in names if topic.first_cue <= n.first_cue <= topic.last_cue),
        )
        answer = answer_task(task)
        assert isinstance(answer, MentionAnswer)
        answers.append(answer)
    given = MentionInput(
        video_id=1, transcript_id=1, language=recording.language, cues=cues, topics=topics
    )
    out = bind_mentions(given, answers, names, table)
    symbols = {mention.company.symbol for mention in out.mentions}
    return {one for one in symbols if one and table.listings[one].kind in _KINDS}


class Gazetteer:
    """Looks every symbol and name up, whatever stands around it."""

    def __init__(self, table: SymbolTable) -> None:
        """Know what to look for."""
        self._wanted: list[tuple[str, re.Pattern[str]]] = []
        for listing in table.listings.values():
            if listing.kind in _KINDS:
                names = [name.text for name in listing.names if not name.is_misheard]
                keys = {name_key(name) for name in (listing.symbol, listing.company, *names)}
                either = "|".join(map(_pattern, sorted(keys, key=len, reverse=True)))
                self._wanted.append((listing.symbol, re.compile(either)))

    def count(self, lines: Sequence[str]) -> Counter[str]:
        """Return how often each symbol is named."""
        text = name_key(" ".join(lines))
        found = Counter({one: len(pattern.findall(text)) for one, pattern in self._wanted})
        return +found


def _pattern(key: str) -> str:
    return rf"(?<![a-z\d]){re.escape(key)}(?![a-z\d])" if key.isascii() else re.escape(key)


@dataclass
class Score:
    """Found symbols against listed ones, over all recordings."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def add(self, found: set[str], wanted: set[str]) -> None:
        """Count one recording."""
        self.right += len(found & wanted)
        self.found += len(found)
        self.wanted += len(wanted)

    @property
    def precision(self) -> float:
        """Return which part of what was found is listed."""
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        """Return which part of what is listed was found."""
        return self.right / max(1, self.wanted)


def cut_to(recall: float, counted: Sequence[tuple[Counter[str], set[str]]]) -> Score:
    """Return the gazetteer's score with the rarest finds left out, at no less than `recall`."""
    best = Score()
    for least in range(1, 1_000):
        score = Score()
        for counts, wanted in counted:
            score.add({one for one, times in counts.items() if times >= least}, wanted)
        if least > 1 and score.recall < recall:
            break
        best = score
    return best


def main() -> int:
    """Print the figures; 1 when the model is not more precise than the gazetteer."""
    recordings = list(read_recordings())
    if not recordings:
        print("t6_mentions - - - SKIP (no ../shared/data)")
        return 0
    table = read_symbols([_ROOT / "prompts"], "stocks")
    spotter, gazetteer, model = Spotter(table), Gazetteer(table), Score()
    counted: list[tuple[Counter[str], set[str]]] = []
    for recording in recordings:
        wanted = wanted_of(recording, table)
        found = found_by_model(recording, table, spotter)
        counts = gazetteer.count(recording.lines)
        model.add(found, wanted)
        counted.append((counts, wanted))
        if "--show" in sys.argv:
            print(f"# {recording.name}: beyond {sorted(found - wanted)}")
            print(f"#   missed {sorted(wanted - found)}; gazetteer {len(counts)}")
    whole, cut = cut_to(1.0, counted), cut_to(model.recall, counted)
    passed = model.precision > cut.precision
    word = "PASS" if passed else "FAIL"
    print(f"T6.lists {len(recordings)} lists reported PASS")
    print(f"T6.recall {model.recall:.3f} share reported PASS")
    print(f"T6.recall_gazetteer {whole.recall:.3f} share reported PASS")
    print(f"T6.precision {model.precision:.3f} share >{cut.precision:.3f} {word}")
    print(f"T6.precision_gazetteer_cut {cut.precision:.3f} share at_recall_{cut.recall:.3f} PASS")
    print(f"T6.precision_gazetteer {whole.precision:.3f} share reported PASS")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
