"""What a person asks of a source in words: the language that is written in."""

from __future__ import annotations

import pytest

from footnoted.errors import UsageError
from footnoted.sources.net.asking import (
    Asked,
    cap_usd,
    options_of,
    require_for_folder,
    told_by_few_files,
)
from footnoted.sources.options import SourceOptions


@pytest.mark.parametrize(
    ("asked", "before", "expected"),
    [
        (None, "de", "de"),
        ("fr", "de", "fr"),
        (" pt-BR ", None, "pt-BR"),
        ("spoken", "de", "spoken"),
        ("", "de", None),
    ],
)
def test_a_source_keeps_the_language_it_was_asked_for_until_it_is_asked_otherwise(
    asked: str | None, before: str | None, expected: str | None
) -> None:
    """An empty word takes it back; a folder may be asked for one, too."""
    words = Asked(output_language=asked)
    options = options_of(words, SourceOptions(output_language=before))
    require_for_folder(words)
    assert options == SourceOptions(output_language=expected)
    assert not words.rereads, "what is taken of it stays as it is"


def test_a_language_that_is_none_is_refused() -> None:
    """Before anything is written in it."""
    with pytest.raises(UsageError) as raised:
        options_of(Asked(output_language="german"), SourceOptions())
    assert raised.value.message == (
        "'german' is no language tag like en or pt-BR, nor the word spoken"
    )


@pytest.mark.parametrize("name", ["shorts", "live", "captions", "allows_translated"])
def test_what_no_file_tells_is_not_asked_of_a_folder(name: str) -> None:
    """It is refused, and not left out without a word."""
    with pytest.raises(UsageError, match="for channels, feeds and pages"):
        require_for_folder(Asked(**{name: "only"}))


def test_what_few_files_tell_is_said_when_it_is_asked() -> None:
    """Once for each; titles, dates and lengths are told by the files themselves."""
    asked = Asked(description_has="a", description_lacks="b", languages="en")
    assert told_by_few_files(asked) == (
        "descriptions are read from an info.json only and languages are read from sidecars and"
        " names of transcripts only; a recording without is taken"
    )
    assert (
        told_by_few_files(Asked(title_has="x", max_age="2d", min_duration="1m", backfill="5"))
        is None
    )


@pytest.mark.parametrize("words", ["much", "-1", "nan", "Infinity", "1000001"])
def test_a_cap_that_is_no_sum_of_dollars_is_refused(words: str) -> None:
    """In one sentence, and not held for no cap."""
    with pytest.raises(UsageError) as raised:
        cap_usd(Asked(daily_cap_usd=words))
    assert raised.value.message == (
        f"{words!r} is no cap: it is a number of dollars, up to 1000000"
    )
