"""Figure P9: hours of captions read per second ÷ webvtt-py's, same WebVTT files, same run.

Ours is the whole way from bytes to clean cues (decoding, de-rolling, speakers, sounds); theirs is
`webvtt.from_string` on text already decoded. Files webvtt-py refuses are left out for both.
Median of paired rounds, order alternating.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import webvtt

TIME_LIMIT_S = 600
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT / "src"))

from footnoted.model.transcript import TranscriptOrigin  # noqa: E402 - found through the path above
from footnoted.transcripts.captions import read_transcript  # noqa: E402 - the same

ROUNDS = 7
GOAL = 1.0


def files() -> list[tuple[str, bytes, str]]:
    """Return name, bytes and text of every WebVTT file both can read."""
    found: list[tuple[str, bytes, str]] = []
    for path in sorted(DATA.glob("captions-*/**/*.vtt")):
        data = path.read_bytes()
        text = data.decode("utf-8-sig", errors="replace")
        try:
            theirs = list(webvtt.from_string(text))
        except webvtt.errors.MalformedFileError:
            continue
        if len(theirs) >= 20:
            found.append((path.name, data, text))
    return found


def ours(found: list[tuple[str, bytes, str]]) -> float:
    """Return the hours of captions our reader finds."""
    total_ms = 0
    for name, data, _ in found:
        transcript = read_transcript(data, name, origin=TranscriptOrigin.CAPTIONS_AUTO)
        total_ms += transcript.duration_ms or 0
    return total_ms / 3_600_000


def theirs(found: list[tuple[str, bytes, str]]) -> float:
    """Return the hours of captions webvtt-py finds."""
    return (
        sum(max(cue.end_in_seconds for cue in webvtt.from_string(text)) for _, _, text in found)
        / 3600
    )


def seconds(read: object, found: list[tuple[str, bytes, str]]) -> float:
    """Return how long one pass over all files takes."""
    assert callable(read)
    began = time.perf_counter()
    read(found)
    return time.perf_counter() - began


def main() -> int:
    """Print our rate ÷ theirs."""
    if not DATA.is_dir():
        print("P9 - - - SKIP (no ../shared/data)")
        return 0
    found = files()
    hours, their_hours = ours(found), theirs(found)
    assert len(found) >= 20, f"only {len(found)} files both can read"
    assert abs(hours - their_hours) < their_hours * 0.01, (hours, their_hours)
    quotients: list[float] = []
    rates: list[float] = []
    for number in range(ROUNDS):
        pair = (ours, theirs) if number % 2 else (theirs, ours)
        took = {read: seconds(read, found) for read in pair}
        quotients.append(took[theirs] / took[ours])
        rates.append(hours / took[ours])
    ratio = statistics.median(quotients)
    print(
        f"  {statistics.median(rates):.0f} hours/s over {hours:.1f} h in {len(found)} files",
        file=sys.stderr,
    )
    print(f"P9 {ratio:.2f} ours/webvtt-py >=1.0 {'PASS' if ratio >= GOAL else 'FAIL'}")
    return 0 if ratio >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
