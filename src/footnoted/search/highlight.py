"""Where a text matches a query, judged by the very terms the index matches."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from footnoted.search.terms import query_pieces, query_terms, word_terms, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXCERPT_CHARACTERS = 200
_ELLIPSIS = "…"
_SPACE = re.compile(r"\s+")
_LONGEST_SNAP = 24
"""How far a cut moves to fall between words; text without spaces is cut where it is."""


class Span(NamedTuple):
    """A match, from `start` up to `end`, in characters."""

    start: int
    end: int


class Excerpt(BaseModel):
    """A piece of a text with the matches in it; an ellipsis stands where it was cut."""

    model_config = ConfigDict(frozen=True)

    text: str
    spans: tuple[Span, ...]


class _Match(NamedTuple):
    span: Span
    term: object


def highlight(text: str, query_text: str) -> list[Span]:
    """Return where `text` matches, in order and without overlaps.

    A word matches when the index takes it for a word of the query: another case, accent, plural
    or tense does, a stop word does not.
    """
    merged: list[Span] = []
    for match in _matches(text, query_text):
        if merged and match.span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, match.span.end))
        else:
            merged.append(match.span)
    return merged


def excerpt(text: str, query_text: str, *, size: int = EXCERPT_CHARACTERS) -> Excerpt:
    """Return about `size` characters of `text` on one line, around the best of its matches.

    The best place holds the most different words of the query, then the most matches, then comes
    first. Without a match it is the beginning.
    """
    line = _SPACE.sub(" ", text).strip()
    start, end = _best_place(list(_matches(line, query_text)), len(line), size)
    start, end = _snapped(line, start, end)
    cut = line[start:end].strip()
    before = _ELLIPSIS if start > 0 else ""
    shown = f"{before}{cut}{_ELLIPSIS if end < len(line) else ''}"
    return Excerpt(text=shown, spans=tuple(highlight(shown, query_text)))


def _matches(text: str, query_text: str) -> Iterator[_Match]:
    terms = query_terms(query_text)
    pieces = query_pieces(query_text)
    known: dict[str, set[int]] = {}
    for word in words(text):
        if word.is_unspaced:
            yield from _piece_matches(word.start, word.text, pieces)
            continue
        if word.text not in known:
            known[word.text] = word_terms(word.text) & terms
        if known[word.text]:
            yield _Match(Span(word.start, word.end), frozenset(known[word.text]))


def _piece_matches(offset: int, run: str, pieces: set[str]) -> Iterator[_Match]:
    for at in range(len(run)):
        for size in (1, 2):
            piece = run[at : at + size]
            if len(piece) == size and piece in pieces:
                yield _Match(Span(offset + at, offset + at + size), piece)


def _best_place(matches: Sequence[_Match], length: int, size: int) -> tuple[int, int]:
    """Return the start and end of the best `size` characters, its matches in the middle."""
    if length <= size:
        return 0, length
    if not matches:
        return 0, size
    starts = [match.span.start for match in matches]
    best = (0, 0, 0)
    place = (0, 0)
    for first, start in enumerate(starts):
        within = [
            match
            for match in matches[first : bisect_right(starts, start + size)]
            if match.span.end <= start + size
        ]
        worth = (len({match.term for match in within}), len(within), -start)
        if within and (worth > best or not place[1]):
            best, place = worth, (start, within[-1].span.end)
    slack = size - (place[1] - place[0])
    start = min(max(0, place[0] - slack // 2), length - size)
    return start, start + size


def _snapped(line: str, start: int, end: int) -> tuple[int, int]:
    """Return the cut moved inwards to where a word begins and a word ends, if that is near."""
    if start > 0 and line[start - 1] != " ":
        space = line.find(" ", start, start + _LONGEST_SNAP)
        start = space + 1 if space >= 0 else start
    if end < len(line) and line[end] != " ":
        space = line.rfind(" ", end - _LONGEST_SNAP, end)
        end = space if space >= 0 else end
    return start, end
