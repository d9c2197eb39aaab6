"""Which of several transcript files of one recording to use: a pure order, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from footnoted.model.transcript import TranscriptOrigin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Candidate(NamedTuple):
    """A transcript file as the choice sees it.

    `is_original` says that it is in the language that is spoken, as far as anybody told.
    `is_copy` marks a file that belongs to the recording only because its content once did.
    """

    path: str
    sha256: str
    origin: TranscriptOrigin
    language: str | None
    is_original: bool
    is_timed: bool
    is_copy: bool
    modified_ns: int


def rank(candidates: Iterable[Candidate], languages: Sequence[str] = ()) -> list[Candidate]:
    """Return the candidates, best first; equal sets give equal orders.

    What a person corrected or wrote comes before what a machine heard in the language spoken, and
    that before the rest, translations by machine included. Then times before none, the language
    wanted (`languages`, best first; the language spoken when it is named there first), the newest
    file, and at last the path.
    """
    return sorted(candidates, key=lambda candidate: _key(candidate, languages))


def _key(candidate: Candidate, languages: Sequence[str]) -> tuple[object, ...]:
    return (
        candidate.is_copy,
        _origin_rank(candidate),
        not candidate.is_timed,
        _language_rank(candidate.language, languages),
        -candidate.modified_ns,
        candidate.path,
    )


def _origin_rank(candidate: Candidate) -> int:
    match candidate.origin:
        case TranscriptOrigin.EDITED:
            return 0
        case TranscriptOrigin.CAPTIONS_MANUAL:
            return 1
        case TranscriptOrigin.CAPTIONS_AUTO if candidate.is_original:
            return 2
        case TranscriptOrigin.IMPORTED | TranscriptOrigin.ASR:
            return 3
        case TranscriptOrigin.CAPTIONS_AUTO | TranscriptOrigin.CAPTIONS_TRANSLATED:
            return 4


def _language_rank(language: str | None, languages: Sequence[str]) -> tuple[int, bool]:
    """Return the place of a language in the list; a file that names none stands before strangers.

    `en-GB` is as good as `en`, but after an equal tag.
    """
    wanted = [tag.lower() for tag in languages]
    if language is None:
        return len(wanted), False
    tag = language.lower()
    primary = tag.partition("-")[0]
    for place, want in enumerate(wanted):
        if primary == want.partition("-")[0]:
            return place, tag != want
    return len(wanted) + 1, False
