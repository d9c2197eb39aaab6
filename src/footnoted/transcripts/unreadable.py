"""The one error reading raises: a file from which no transcript can be had, and why."""

from __future__ import annotations

from enum import StrEnum

from footnoted.errors import FootnotedError, PermanentError


class UnreadableCode(StrEnum):
    """Why a file gave no transcript; stable, shown by `status`."""

    EMPTY = "transcript_empty"
    TOO_LARGE = "transcript_too_large"
    BINARY = "transcript_binary"
    ENCODING = "transcript_encoding"
    MALFORMED = "transcript_malformed"
    UNKNOWN_FORMAT = "transcript_unknown_format"
    ERROR_PAGE = "transcript_error_page"


class TranscriptUnreadableError(PermanentError):
    """The file holds no transcript that can be read; `failure_code` is an `UnreadableCode`."""

    code = "transcript_unreadable"

    def __init__(self, why: UnreadableCode, file_name: str, sentence: str) -> None:
        """Say which file and, in one clear sentence, what is wrong with it."""
        super().__init__(
            f"{file_name}: {sentence}", failure_code=why.value, concerns=file_name or None
        )


class FormatProblem(FootnotedError):  # noqa: N818 - a finding on its way to the error above
    """A reader's finding about the file it was given; `captions` adds the file's name."""

    def __init__(self, why: UnreadableCode, sentence: str) -> None:
        """Keep the code and the sentence without the file name, which readers do not know."""
        super().__init__(sentence)
        self.why = why
        self.sentence = sentence


def malformed(sentence: str) -> FormatProblem:
    """Return the finding that a file of a known format is broken."""
    return FormatProblem(UnreadableCode.MALFORMED, sentence)
