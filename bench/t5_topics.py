"""T5: topics of the extractive model against author chapters and Choi's corpus.

Boundary F1 pairs each author boundary with at most one found boundary within the tolerance (10 s
where chapters last about a minute, 30 s where they last about ten), nearest pairs first; figures
are means over files, and chapters are never given as hints. Baselines of the same run and units:

- even spacing, told the true number of chapters;
- TextTiling (Hearst, "TextTiling: segmenting text into multi-paragraph subtopic passages", 1997),
  block comparison with smoothing and the mean-minus-deviation cut-off, over a grid of block sizes
  and cut-offs of which the best for each corpus counts. Boundaries go to the nearest unit.

Pk (Beeferman, Berger and Lafferty, 1999) with k half the mean reference segment, on the files of
Choi 3-11 (Choi, "Advances in domain independent linear text segmentation", 2000), cues = sentences.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Any

TIME_LIMIT_S = 900
_ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_ROOT / "src"))

from footnoted.llm.extractive import answer_task  # noqa: E402 - found through the path above
from footnoted.llm.methods.lexicon import lexicon_for  # noqa: E402 - the same
from footnoted.llm.methods.units import units_of  # noqa: E402 - the same
from footnoted.llm.tasks import SegmentAnswer, SegmentTask  # noqa: E402 - the same
from footnoted.model.transcript import Cue  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from footnoted.llm.methods.units import Unit

_DATA = _ROOT.parent / "shared" / "data"
_TOLERANCE_MS = {"crashcourse": 10_000, "allin": 30_000}
_PK_GOAL = 0.15
_TOKENS_PER_SEQUENCE = 20
_BLOCKS = (4, 6, 10)
_CUTOFFS = (0.5, -0.5, -1.0)


@dataclass(frozen=True, slots=True)
class Talk:
    """A captioned recording with where its author begins chapters, in milliseconds."""

    cues: tuple[Cue, ...]
    units: tuple[Unit, ...]
    chapters: tuple[int, ...]
    duration_ms: float


def read_talks(folder: Path) -> list[Talk]:
    """Return the talks of a folder of chaptered captions, in name order."""
    return [_read_talk(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]


def _read_talk(data: dict[str, Any]) -> Talk:
    lines = data.get("lines") or data["segments"]
    cues = tuple(
        Cue(at, round(float(line["start"]) * 1000), _end_ms(lines, at), str(line["text"]))
        for at, line in enumerate(lines)
    )
    starts = [chapter.get("start_time", chapter.get("start", 0)) for chapter in data["chapters"]]
    chapters = tuple(round(float(start) * 1000) for start in starts if float(start) > 0)
    lexicon = lexicon_for("en", "")
    duration_ms = float(data["duration"]) * 1000 if "duration" in data else cues[-1].end_ms
    return Talk(cues, tuple(units_of(cues, lexicon)), chapters, duration_ms or 0.0)


def _end_ms(lines: Sequence[dict[str, float | str]], at: int) -> int:
    line = lines[at]
    following = lines[min(at + 1, len(lines) - 1)]
    return round(float(line.get("end", following["start"])) * 1000)


def ours(talk: Talk) -> list[float]:
    """Return where the product's topics begin; it sees cues and nothing else."""
    return [float(talk.cues[cue].start_ms or 0) for cue in topic_cues(talk.cues)]


def topic_cues(cues: tuple[Cue, ...]) -> list[int]:
    """Return the first cues of all topics but the first."""
    answer = answer_task(SegmentTask(language="en", cues=cues))
    assert isinstance(answer, SegmentAnswer)
    covered = [n for t in answer.topics for n in range(t.first_cue, t.last_cue + 1)]
    assert covered == list(range(len(cues))), "topics must cover every cue once, in order"
    return [topic.first_cue for topic in answer.topics[1:]]


def evenly(talk: Talk) -> list[float]:
    """Return as many evenly spaced boundaries as the author has."""
    count = len(talk.chapters) + 1
    return [talk.duration_ms * at / count for at in range(1, count)]


def texttiled(talk: Talk, block: int, cutoff: float) -> list[float]:
    """Return TextTiling's boundaries, each moved to the nearest beginning of a unit."""
    tokens = [(stem, unit.start_ms or 0) for unit in talk.units for stem in unit.stems]
    size = _TOKENS_PER_SEQUENCE
    sequences = [tokens[at : at + size] for at in range(0, len(tokens), size)]
    bags = [Counter(stem for stem, _ in sequence) for sequence in sequences]
    similar = _smoothed([_similarity(bags, gap, block) for gap in range(1, len(bags))])
    depths = [_depth(similar, at) for at in range(len(similar))]
    least = fmean(depths) - cutoff * pstdev(depths)
    chosen: list[int] = []
    for at in sorted(range(len(depths)), key=lambda at: -depths[at]):
        if depths[at] > max(least, 0) and all(abs(at - other) > 2 for other in chosen):
            chosen.append(at)
    starts = [unit.start_ms or 0 for unit in talk.units]
    times = [sequences[at + 1][0][1] for at in chosen]
    return sorted({float(min(starts, key=lambda s: abs(s - time))) for time in times})


def _similarity(bags: Sequence[Counter[str]], gap: int, block: int) -> float:
    reach = min(block, gap, len(bags) - gap)
    left = sum(bags[gap - reach : gap], Counter[str]())
    right = sum(bags[gap : gap + reach], Counter[str]())
    norm = sum(n * n for n in left.values()) * sum(n * n for n in right.values())
    return float(sum(n * right[stem] for stem, n in left.items()) / norm**0.5) if norm else 0.0


def _smoothed(values: Sequence[float]) -> list[float]:
    return [fmean(values[max(0, at - 1) : at + 2]) for at in range(len(values))]


def _depth(values: Sequence[float], at: int) -> float:
    left = right = at
    while left > 0 and values[left - 1] >= values[left]:
        left -= 1
    while right < len(values) - 1 and values[right + 1] >= values[right]:
        right += 1
    return values[left] + values[right] - 2 * values[at]


def boundary_f1(expected: Sequence[float], found: Sequence[float], tolerance_ms: int) -> float:
    """Return the F1 of one-to-one pairs of boundaries within the tolerance."""
    pairs = sorted((abs(e - f), e, f) for e, f in itertools.product(expected, found))
    used_e: set[float] = set()
    used_f: set[float] = set()
    for distance, e, f in pairs:
        if distance <= tolerance_ms and e not in used_e and f not in used_f:
            used_e.add(e)
            used_f.add(f)
    return 2 * len(used_e) / max(1, len(expected) + len(found))


def mean_f1(talks: Sequence[Talk], find: Callable[[Talk], list[float]], tolerance: int) -> float:
    """Return the mean boundary F1 of a method over talks."""
    return fmean(boundary_f1(talk.chapters, find(talk), tolerance) for talk in talks)


def read_choi(path: Path) -> tuple[tuple[Cue, ...], set[int]]:
    """Return the sentences of a Choi file as cues without times, and where segments begin."""
    sentences: list[str] = []
    boundaries: set[int] = set()
    for segment in path.read_text(encoding="utf-8").split("=========="):
        lines = [line.strip() for line in segment.splitlines() if line.strip()]
        if lines and sentences:
            boundaries.add(len(sentences))
        sentences += lines
    return tuple(Cue(at, None, None, text) for at, text in enumerate(sentences)), boundaries


def pk(expected: set[int], found: set[int], length: int) -> float:
    """Return the share of pairs k apart on whose sides the two disagree."""
    k = max(2, round(length / (len(expected) + 1) / 2))
    labels = [
        list(itertools.accumulate(int(at in edges) for at in range(length)))
        for edges in (expected, found)
    ]
    apart = [[row[at] == row[at + k] for at in range(length - k)] for row in labels]
    return fmean(one != other for one, other in zip(*apart, strict=True))


def report(name: str, value: float, goal: str, *, passed: bool) -> bool:
    """Print one figure; return whether it passed."""
    print(f"{name} {value:.3f} - {goal} {'PASS' if passed else 'FAIL'}")
    return passed


def report_talks(corpus: str) -> bool:
    """Print and judge the boundary F1 of one corpus against both baselines."""
    talks = read_talks(_DATA / f"gt-chapters-{corpus}")
    assert talks, f"no talks in gt-chapters-{corpus}"
    assert all(talk.chapters for talk in talks)
    tolerance = _TOLERANCE_MS[corpus]
    even = mean_f1(talks, evenly, tolerance)
    tiled = max(
        mean_f1(talks, partial(texttiled, block=block, cutoff=cutoff), tolerance)
        for block, cutoff in itertools.product(_BLOCKS, _CUTOFFS)
    )
    value = mean_f1(talks, ours, tolerance)
    goal = f">max(even={even:.3f},texttiling={tiled:.3f})"
    return report(f"T5.f1-{corpus}", value, goal, passed=value > max(even, tiled))


def report_choi() -> bool:
    """Print and judge Pk on Choi 3-11; proposing nothing at all must be worse."""
    files = sorted((_DATA / "gt-seg-choi" / "1" / "3-11").glob("*.ref"))
    assert files, "no files in gt-seg-choi"
    scores: list[float] = []
    nothing: list[float] = []
    for path in files:
        cues, boundaries = read_choi(path)
        scores.append(pk(boundaries, set(topic_cues(cues)), len(cues)))
        nothing.append(pk(boundaries, set(), len(cues)))
    value = fmean(scores)
    assert value < fmean(nothing)
    return report("T5.pk-choi-3-11", value, f"<={_PK_GOAL}", passed=value <= _PK_GOAL)


def main() -> int:
    """Print the figures of T5; return 1 when one fails."""
    if not _DATA.is_dir():
        print("T5 - - - SKIP (no ../shared/data)")
        return 0
    results = [report_talks("crashcourse"), report_talks("allin"), report_choi()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
