"""Which format a text is in: its content first, then the file's name."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from footnoted.transcripts.formats.srt import has_timing_line


class Shape(StrEnum):
    """The readers there are, by what a text looks like."""

    WEBVTT = "webvtt"
    SRT = "srt"
    SBV = "sbv"
    TTML = "ttml"
    SRV3 = "srv3"
    SRV1 = "srv1"
    JSON = "json"
    ASS = "ass"
    LRC = "lrc"
    TSV = "tsv"
    MICRODVD = "microdvd"
    SCC = "scc"
    WEBPAGE = "webpage"
    OTHER_XML = "other_xml"
    PLAIN = "plain"
    MARKDOWN = "markdown"


_SAMPLE_CHARS = 20_000
_ROOT = re.compile(
    r"^\s*(?>(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)\s*)*+<([A-Za-z_][\w.:-]*)",
    re.DOTALL,
)
_SBV = re.compile(r"^\d{1,3}:\d\d:\d\d\.\d{3},\d{1,3}:\d\d:\d\d\.\d{3}\s*$", re.MULTILINE)
_LRC = re.compile(r"^\[\d{1,3}:\d\d\.\d{2,3}\]", re.MULTILINE)
_TSV = re.compile(r"\A\s*start\tend\ttext\s*$", re.MULTILINE)
_MICRODVD = re.compile(r"\A\s*\{\d+\}\{\d*\}")
_JSON = re.compile(r"\A\s*(?:\{\s*[\"}]|\[\s*[\[{\]\"]|\[\s*\Z)")
_TURN = re.compile(r"<(?:cite|time)\b[^<>]*>", re.IGNORECASE)
_MIN_TURNS = 2
_XML_SHAPES = {"tt": Shape.TTML, "timedtext": Shape.SRV3, "transcript": Shape.SRV1}
_MARKDOWN = frozenset({".md", ".markdown"})


def sniff(text: str, file_name: str) -> Shape:
    """Return the shape of a decoded text; what tells nothing apart is plain text."""
    sample = text[:_SAMPLE_CHARS]
    marked = _by_signature(sample)
    if marked is not None:
        return marked
    suffix = PurePath(file_name).suffix.lower()
    if suffix not in _MARKDOWN and has_timing_line(sample):
        return Shape.SRT
    if suffix == ".json":
        return Shape.JSON
    return Shape.MARKDOWN if suffix in _MARKDOWN else Shape.PLAIN


def _by_signature(sample: str) -> Shape | None:
    if sample.startswith("WEBVTT"):
        return Shape.WEBVTT
    root = _ROOT.match(sample) if "<" in sample[:200] else None
    if root and not has_timing_line(sample):
        name = root.group(1).rpartition(":")[2].lower()
        is_page = name not in _XML_SHAPES and len(_TURN.findall(sample)) >= _MIN_TURNS
        return Shape.WEBPAGE if is_page else _XML_SHAPES.get(name, Shape.OTHER_XML)
    if sample.lstrip()[:13].lower() == "[script info]":
        return Shape.ASS
    if sample.startswith("Scenarist_SCC"):
        return Shape.SCC
    tables = (
        (_JSON, Shape.JSON),
        (_MICRODVD, Shape.MICRODVD),
        (_TSV, Shape.TSV),
        (_SBV, Shape.SBV),
        (_LRC, Shape.LRC),
    )
    return next((shape for pattern, shape in tables if pattern.search(sample)), None)
