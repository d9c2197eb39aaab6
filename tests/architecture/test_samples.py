"""The bundled samples are complete, varied and ours: what the demo stands on."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

_DESCRIPTIONS = ("README.md", "metadata.csv", ".info.json")
_COLUMNS = ["file", "title", "url", "creator", "published_at"]
_COLUMNS += ["duration_s", "language", "tags", "chapters"]
_INLINE_WORD = re.compile(r"<\d\d:\d\d:\d\d\.\d{3}><c> ([^<]+)</c>")
_CLOCK = re.compile(r"(\d\d):(\d\d):(\d\d)\.(\d{3})")


def _transcripts(samples: Path) -> list[Path]:
    return sorted(p for p in samples.iterdir() if not p.name.endswith(_DESCRIPTIONS))


def _described(samples: Path) -> list[tuple[str, str, str]]:
    """Return file name, creator and url from both kinds of description."""
    with (samples / "metadata.csv").open(encoding="utf-8", newline="") as file:
        found = [(row["file"], row["creator"], row["url"]) for row in csv.DictReader(file)]
    for path in samples.glob("*.info.json"):
        info = json.loads(path.read_text(encoding="utf-8"))
        stem = path.name.removesuffix(".info.json")
        beside = [p.name for p in _transcripts(samples) if p.name.startswith(f"{stem}.")]
        found += [(name, info["channel"], info["webpage_url"]) for name in beside]
    return sorted(found)


def _span_ms(timing: str) -> int:
    start, end = (
        ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(ms)
        for hours, minutes, seconds, ms in _CLOCK.findall(timing)
    )
    return end - start


def test_every_sample_is_described_once_and_has_a_creator(project_root: Path) -> None:
    """No transcript without a description, no description without a transcript."""
    samples = project_root / "samples"
    described = _described(samples)
    assert [name for name, _, _ in described] == [path.name for path in _transcripts(samples)]
    assert all(creator for _, creator, _ in described)


def test_sample_addresses_lead_nowhere(project_root: Path) -> None:
    """A deep link of a sample names a reserved domain (RFC 2606), never somebody's site."""
    urls = [url for _, _, url in _described(project_root / "samples") if url]
    assert {urlsplit(url).hostname for url in urls} == {"video.example", "podcast.example"}


def test_samples_come_in_many_formats(project_root: Path) -> None:
    """The demo shows more than one reader at work."""
    suffixes = {path.suffix for path in _transcripts(project_root / "samples")}
    assert suffixes == {".vtt", ".srt", ".json3", ".json", ".txt", ".docx"}


def test_metadata_has_the_columns_the_folder_source_reads(project_root: Path) -> None:
    """The header is the contract; a renamed column would be ignored in silence."""
    with (project_root / "samples" / "metadata.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == _COLUMNS


def test_the_rolling_sample_rolls_as_youtube_does(project_root: Path) -> None:
    """Each timed line is held for 10 ms, then shown above the next; 563 words were spoken."""
    path = project_root / "samples" / "low-ceiling-01-parallel-compression.en.vtt"
    blocks = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")[1:]
    shown, spoken = " ", []
    for timing, above, below in (block.split("\n") for block in blocks):
        assert timing.endswith(" align:start position:0%")
        assert above == shown
        if below == " ":
            assert _span_ms(timing) == 10
            continue
        shown = " ".join([below.partition("<")[0], *_INLINE_WORD.findall(below)])
        spoken += [] if shown == "[Music]" else shown.split()
    assert len(spoken) == 563
