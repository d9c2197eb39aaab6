"""Plain text, Markdown, and the text of Word documents: times only where the text states them.

Lines that begin with a time stamp make timed cues. Without stamps the text becomes one cue per
sentence, cited by number and never with an invented second.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from footnoted.model.transcript import TranscriptFormat
from footnoted.transcripts.reading import RawCue, Reading

_CLOCK = r"([0-9]{1,3}):([0-5][0-9])(?::([0-5][0-9]))?(?:[.,]([0-9]{1,3}))?"
_STAMP = re.compile(
    rf"^[ \t]*(?:[-*] )?[\[(]?{_CLOCK}(?:[ \t]*(?:-->|-|\u2013|—)[ \t]*{_CLOCK})?"
    r"[\])]?(?![0-9:])[ \t]*[-\u2013—:]?(?:[ \t]+|$)"
)
_NAME = r"[^\W\d_][^:\[\]()<>]{0,48}?"
_TURN = re.compile(rf"^[ \t]*({_NAME})[ \t]*[,:\u2013-]?[ \t]*[\[(]?{_CLOCK}[\])]?[ \t]*:?[ \t]*$")
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]")
_RULE = re.compile(r"^[ \t]*([-*_=])(?:[ \t]*\1){2,}[ \t]*$")
_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\"'”\u2019)\]]*\s+(?=[\"'“\u2018(\[¿¡>-]*(?:[^\W\d_a-z]|[0-9]))"
    r"|(?<=[。\uff01\uff1f])[”』」]*"
)
_ABBREVIATION = re.compile(
    r"^\W*(?:[A-HJ-Z]|[Mm]rs?|[Mm]s|[Dd]r|[Ss]t|[Pp]rof|vs|e\.g|i\.e|z\.B|d\.h)\.$"
)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.{1,200}?)(?<=\S)\1")
_MAX_TURN_CHARS = 120
_STAMPED_SHARE = 0.25
_MIN_STAMPS = 2
_MAX_CUE_CHARS = 320
_CHARS_PER_SENTENCE_END = 600


class _Stamp(NamedTuple):
    start_ms: int
    end_ms: int | None
    rest: str
    speaker: str | None


def read_plain(
    text: str, *, as_format: TranscriptFormat = TranscriptFormat.PLAIN, is_markdown: bool = False
) -> Reading:
    """Return the raw cues of a text, timed when its lines are stamped."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if is_markdown:
        lines = _without_front_matter(lines)
        lines = [_EMPHASIS.sub(r"\2", line) for line in lines if not _RULE.match(line)]
    stamps = [_stamp(line) for line in lines]
    found = sum(1 for stamp in stamps if stamp)
    written = sum(1 for line in lines if line.strip())
    if found >= _MIN_STAMPS and found >= written * _STAMPED_SHARE and _ascends(stamps):
        return _stamped(lines, stamps, as_format)
    prose = [line for line in lines if not _HEADING.match(line)] if is_markdown else lines
    cues = [RawCue(None, None, piece) for piece in _pieces(prose)]
    return Reading(format=as_format, cues=cues)


def _without_front_matter(lines: list[str]) -> list[str]:
    """Return the lines after a YAML block between two `---` at the very top."""
    if not lines or lines[0].strip() != "---":
        return lines
    end = next((at for at, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    return lines if end is None else lines[end + 1 :]


def _stamp(line: str) -> _Stamp | None:
    match = _STAMP.match(line)
    if match:
        parts = match.groups()
        end_ms = _clock_ms(parts[4:]) if parts[4] is not None else None
        return _Stamp(_clock_ms(parts[:4]), end_ms, line[match.end() :], None)
    turn = _TURN.match(line) if ":" in line and len(line) <= _MAX_TURN_CHARS else None
    if turn:
        name, *clock = turn.groups()
        return _Stamp(_clock_ms(tuple(clock)), None, "", str(name).strip())
    return None


def _ascends(stamps: list[_Stamp | None]) -> bool:
    starts = [stamp.start_ms for stamp in stamps if stamp]
    falls = sum(1 for before, after in itertools.pairwise(starts) if after < before)
    return falls <= len(starts) // 20


def _stamped(lines: list[str], stamps: list[_Stamp | None], as_format: TranscriptFormat) -> Reading:
    """Return a cue per stamp; it runs to the next stamp, and lines without one continue it."""
    opened: list[tuple[_Stamp, list[str]]] = []
    skipped = 0
    for line, stamp in zip(lines, stamps, strict=True):
        if stamp is not None:
            opened.append((stamp, [stamp.rest]))
        elif opened and not _HEADING.match(line):
            opened[-1][1].append(line)
        elif line.strip():
            skipped += 1
    following = [stamp.start_ms for stamp, _ in opened[1:]]
    cues: list[RawCue] = []
    for (stamp, body), next_ms in zip(opened, [*following, None], strict=True):
        end_ms = stamp.end_ms
        if end_ms is None:
            end_ms = max(next_ms, stamp.start_ms) if next_ms is not None else stamp.start_ms
        cues.append(RawCue(stamp.start_ms, end_ms, "\n".join(body), stamp.speaker))
    notes = (f"{skipped} lines before the first time stamp left out",) if skipped else ()
    return Reading(format=as_format, cues=cues, notes=notes)


def _pieces(lines: list[str]) -> list[str]:
    """Return the sentences of unstamped lines, or the lines where no sentence ends are written."""
    text = "\n".join(lines)
    ends = sum(1 for _ in _SENTENCE_END.finditer(text))
    if ends * _CHARS_PER_SENTENCE_END < len(text):
        return [piece for line in lines if line.strip() for piece in _bounded(line.strip())]
    flows = _is_word_per_line(lines)
    paragraphs = [" ".join(text.split())] if flows else _paragraphs(lines)
    return [
        piece
        for paragraph in paragraphs
        for sentence in _sentences(paragraph)
        for piece in _bounded(sentence)
    ]


def _sentences(paragraph: str) -> list[str]:
    """Return a paragraph cut after sentences, closing quotes with them; `Mr.` ends none."""
    sentences: list[str] = []
    begin = 0
    for end in _SENTENCE_END.finditer(paragraph):
        word_begin = paragraph.rfind(" ", begin, end.start()) + 1
        if _ABBREVIATION.match(paragraph[max(word_begin, begin) : end.start()]):
            continue
        sentences.append(paragraph[begin : end.end()].strip())
        begin = end.end()
    rest = paragraph[begin:].strip()
    return [*sentences, rest] if rest else sentences


def _is_word_per_line(lines: list[str]) -> bool:
    counts = sorted(len(line.split()) for line in lines if line.strip())
    return bool(counts) and counts[len(counts) // 2] <= 2 and len(counts) > 20  # noqa: PLR2004 - one or two words a line


def _paragraphs(lines: list[str]) -> list[str]:
    """Return runs of lines joined; a blank line, a bullet or a `>>` begins a new one."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith((">>", "- ", "* ", "• ")) or _starts_turn(stripped):
            paragraphs.append([])
        if stripped:
            paragraphs[-1].append(stripped)
    return [" ".join(paragraph) for paragraph in paragraphs if paragraph]


def _starts_turn(line: str) -> bool:
    name, colon, _ = line.partition(":")
    return bool(colon) and len(name) <= 40 and name[:1].isupper() and name.istitle()  # noqa: PLR2004 - a name's length


def _bounded(sentence: str) -> list[str]:
    """Return a sentence in pieces a person can take in at once, cut after clauses or at spaces."""
    pieces: list[str] = []
    begin = 0
    while len(sentence) - begin > _MAX_CUE_CHARS:
        end = begin + _MAX_CUE_CHARS
        middle = begin + _MAX_CUE_CHARS // 2
        clause = max(sentence.rfind(", ", middle, end), sentence.rfind("; ", middle, end))
        space = sentence.rfind(" ", begin + 1, end)
        cut = clause + 1 if clause > 0 else space if space > 0 else end
        pieces.append(sentence[begin:cut].strip())
        begin = cut
    return [*pieces, sentence[begin:].strip()]


def _clock_ms(parts: tuple[str | None, ...]) -> int:
    first, second, third, fraction = parts
    if third is None:
        whole_s = int(first or 0) * 60 + int(second or 0)
    else:
        whole_s = (int(first or 0) * 60 + int(second or 0)) * 60 + int(third)
    return whole_s * 1000 + int((fraction or "0").ljust(3, "0"))
