"""Figure T2: words after reading rolling captions ÷ words spoken, 1.00 ± 0.005 for every file.

The words spoken are counted by routes that share nothing with the reader:

- stills: YouTube's rolling WebVTT repeats each finished line alone in a cue of 10 ms, so the
  words of those cues are the words spoken; before a pause the still is blank, and the bottom
  line of the cue before it counts instead;
- twin: the same video's captions in a format that says every line once (SRT, json3 words);
- segments: all `utf8` pieces of a json3 file put together.

Sounds such as [Music] are counted on both sides; tokens without a letter or digit on neither.
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path

TIME_LIMIT_S = 600
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT / "src"))

from footnoted.model.transcript import TranscriptOrigin  # noqa: E402 - found through the path above
from footnoted.transcripts.captions import read_transcript  # noqa: E402 - the same

TOLERANCE = 0.005
AUTO = DATA / "captions-youtube-auto"
TWINS = (
    (AUTO / "auto-agents-20min.en.vtt", AUTO / "auto-agents-20min.en.overlapping.srt"),
    (
        DATA / "captions-misc/videogrep/manifesto.vtt",
        DATA / "captions-misc/videogrep/manifesto.srt",
    ),
)
SRTS = ("auto-agents-20min.en-orig.overlapping.srt", "auto-selenium-1h11.en.overlapping.srt")


def words(text: str) -> int:
    """Return how many white-space separated tokens of a text hold a letter or a digit."""
    return sum(1 for token in text.split() if any(char.isalnum() for char in token))


def words_read(data: bytes, name: str) -> int:
    """Return the words of a file as our reader gives them."""
    transcript = read_transcript(data, name, origin=TranscriptOrigin.CAPTIONS_AUTO)
    return sum(words(cue.text) for cue in transcript.cues)


def words_in_stills(path: Path) -> int:
    """Return the words of the 10 ms cues of a rolling WebVTT, or of the line typed before."""
    total = 0
    typed = ""
    for block in re.split(r"\n(?=\d\d:\d\d:\d\d\.\d{3} --> )", path.read_text("utf-8")):
        head, _, body = block.partition("\n")
        clock = re.findall(r"(\d\d):(\d\d):(\d\d)\.(\d{3})", head)
        if len(clock) != 2:
            continue
        start, end = (
            ((int(h) * 60 + int(m)) * 60 + int(s)) * 1000 + int(f) for h, m, s, f in clock
        )
        text = html.unescape(re.sub(r"<[^>]*>", "", body)).strip()
        if end - start <= 10:
            total += words(text or typed)
            typed = ""
        else:
            typed = text.rpartition("\n")[2]
    return total + words(typed)


def as_converters_write_it(path: Path) -> bytes:
    """Return a rolling WebVTT as converters make SRT of it: no word times, no blank lines."""
    blocks: list[str] = []
    for block in re.split(r"\n(?=\d\d:\d\d:\d\d\.\d{3} --> )", path.read_text("utf-8")):
        head, _, body = block.partition("\n")
        clock = re.match(r"(\S+) --> (\S+)", head)
        lines = [line for line in re.sub(r"<[^>]*>", "", body).splitlines() if line.strip()]
        if clock and lines:
            times = f"{clock[1]} --> {clock[2]}".replace(".", ",")
            blocks.append("\n".join([str(len(blocks) + 1), times, *lines, ""]))
    return "\n".join(blocks).encode()


def words_in_srt(path: Path) -> int:
    """Return the words of the text lines of an SRT file in which every line comes once."""
    lines = path.read_text("utf-8-sig").splitlines()
    return sum(
        words(html.unescape(line)) for line in lines if "-->" not in line and not line.isdigit()
    )


def words_in_segments(path: Path) -> int:
    """Return the words of all the pieces of a json3 file."""
    events = json.loads(path.read_text("utf-8"))["events"]
    return words(
        " ".join("".join(seg["utf8"] for seg in event.get("segs", [])) for event in events)
    )


def ratios() -> dict[str, float]:
    """Return read ÷ spoken for every rolling file there is, by file and route."""
    found: dict[str, float] = {}
    for path in sorted(AUTO.glob("*.vtt")):
        if path.read_text("utf-8").count("<c>") > 20:
            found[f"{path.name} (stills)"] = words_read(
                path.read_bytes(), path.name
            ) / words_in_stills(path)
            converted = as_converters_write_it(path)
            found[f"{path.name} (converted to SRT)"] = words_read(
                converted, "rolling.srt"
            ) / words_in_stills(path)
    for rolling, twin in TWINS:
        read = words_read(rolling.read_bytes(), rolling.name)
        found[f"{rolling.name} (twin)"] = read / words_in_srt(twin)
    for name in SRTS:
        found[f"{name} (lines)"] = words_read(
            (AUTO / name).read_bytes(), (AUTO / name).name
        ) / words_in_srt(AUTO / name)
    json3 = AUTO / "auto-dashboards-8min.en.json3"
    found[f"{json3.name} (segments)"] = words_read(
        json3.read_bytes(), json3.name
    ) / words_in_segments(json3)
    return found


def main() -> int:
    """Print the ratio furthest from one; each file's own is printed on stderr."""
    if not DATA.is_dir():
        print("T2 - - - SKIP (no ../shared/data)")
        return 0
    found = ratios()
    assert len(found) >= 20, f"only {len(found)} rolling files were found"
    for name, ratio in found.items():
        print(f"  {ratio:.4f}  {name}", file=sys.stderr)
    worst = max(found.values(), key=lambda ratio: abs(ratio - 1))
    passed = abs(worst - 1) <= TOLERANCE
    print(f"T2 {worst:.4f} read/spoken 1.00±0.005 {'PASS' if passed else 'FAIL'}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
