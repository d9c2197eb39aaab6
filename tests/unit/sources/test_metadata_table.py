"""Tables of facts, as spreadsheets and people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from footnoted.sources.metadata_table import read_table
from footnoted.sources.port import Chapter, Facts


def facts_of(text: str, stem: str = "a") -> Facts | None:
    """Return what a table says of `a`."""
    return read_table(text.encode(), "/x/metadata.csv").facts_of("", stem, [f"{stem}.en.vtt"])


def problems_of(data: bytes | str) -> list[tuple[int | None, str]]:
    """Return (line, reason) of what is wrong with a table."""
    table = read_table(data if isinstance(data, bytes) else data.encode(), "/x/metadata.csv")
    return [(problem.line, problem.reason) for problem in table.problems]


def test_every_column_says_something() -> None:
    """In any order, all but `file` optional."""
    row = (
        "tags,file,title,url,creator,published_at,duration_s,language,chapters\n"
        '"x; y",a.en.vtt,T,https://e.org/1,Ada,2024-05-06T10:00:00+02:00,1:02:03,en,'
        '"0:00 Start; 1:30 - The middle"\n'
    )
    assert problems_of(row) == []
    assert facts_of(row) == Facts(
        title="T",
        url="https://e.org/1",
        creator="Ada",
        published_at=datetime(2024, 5, 6, 8, tzinfo=UTC),
        duration_ms=3_723_000,
        language="en",
        tags=("x", "y"),
        chapters=(Chapter(start_ms=0, title="Start"), Chapter(start_ms=90_000, title="The middle")),
    )


@pytest.mark.parametrize("file", ["a", "a.en.vtt", "./a", ".\\a"])
def test_a_row_names_a_file_or_its_stem(file: str) -> None:
    """However a person writes it."""
    assert facts_of(f"file,title\n{file},T\n") == Facts(title="T")


def test_a_row_may_name_a_path_below_the_table() -> None:
    """With either slash."""
    table = read_table(b"file,title\nsub\\a.vtt,T\n", "x")
    assert table.facts_of("sub", "a", ["a.vtt"]) == Facts(title="T")
    assert table.facts_of("", "a", ["a.vtt"]) is None


@pytest.mark.parametrize(
    "data",
    [
        "file,title\na,Café\n".encode("utf-8-sig"),
        "file;title\r\na;Café\r\n".encode("cp1252"),
        "file\ttitle\na\tCafé\n".encode("utf-16"),
    ],
)
def test_what_spreadsheets_write_is_read(data: bytes) -> None:
    """Commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252."""
    assert read_table(data, "x").facts_of("", "a", []) == Facts(title="Café")


def test_a_quoted_cell_may_hold_lines_and_the_next_problem_names_its_own() -> None:
    """Lines are counted as an editor counts them."""
    text = 'file,title,duration_s\na,"two\nlines",1\nb,T,long\n'
    assert facts_of(text) == Facts(title="two lines", duration_ms=1_000)
    assert problems_of(text) == [(4, "duration_s is no time in seconds or h:mm:ss: 'long'")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title\nT\n", (1, "has no column `file`, so no row says what it is about")),
        ("file,titel\na,T\n", (1, "has a column `titel` that means nothing (known: ")),
        ("file,title\n,T\n", (2, "names no file")),
        ("file,title\na,T\na,U\n", (3, "names a again (first in line 2)")),
        ('file,title\na,"T\n', (2, "cannot be read: unexpected end of data")),
        ("file,chapters\na,later\n", (2, "chapters has a chapter that is not like `1:30 Title`")),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, problem: tuple[int, str]) -> None:
    """One sentence each."""
    ((line, reason),) = problems_of(text)
    assert (line, reason[: len(problem[1])]) == problem


def test_a_broken_row_does_not_cost_the_others() -> None:
    """Reading goes on behind it."""
    text = 'file,title\na,"x"y\nb,T\n'
    assert facts_of(text, "b") == Facts(title="T")
    assert [line for line, _ in problems_of(text)] == [2]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00\xff\x00", b"file,title\n" + b"x" * 200_000])
def test_nothing_makes_it_raise(data: bytes) -> None:
    """Whatever the bytes are."""
    assert read_table(data, "x").rows == [] or problems_of(data) == []
