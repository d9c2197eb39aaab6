"""What the built-in model calls the same, and what a contradiction."""

from __future__ import annotations

import pytest

from footnoted.llm.methods.comparison import merge
from footnoted.llm.tasks import MergeAnswer, MergeClaim, MergeTask


def _merged(
    first: str,
    second: str,
    titles: tuple[str, str] = ("Compression", "Reverb"),
    language: str | None = "en",
) -> MergeAnswer:
    one, other = ((MergeClaim(index=3, text=text),) for text in (first, second))
    return merge(
        MergeTask(
            language=language,
            category="Audio",
            first_title=titles[0],
            second_title=titles[1],
            first=one,
            second=other,
        )
    )


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (
            "Filter the crushed copy of the drums with a high-pass at 100 Hz.",
            "The crushed copy of the drums is filtered with a high-pass at 100 Hz.",
            "same",
        ),
        (
            "Filter the crushed copy of the drums with a high-pass at 100 Hz.",
            "Filter the crushed copy of the drums with a high-pass at 200 Hz.",
            "conflicts",
        ),
        (
            "Always compress the crushed copy of the drums.",
            "Never compress the crushed copy of the drums.",
            "conflicts",
        ),
        (
            "The compressor stands before the reverb of the vocals.",
            "Four buses carry the guitars of the chorus.",
            "",
        ),
        ("Salt it at 3 percent.", "Salt it at 4 percent.", ""),
    ],
)
def test_only_what_is_plain_is_called_so(first: str, second: str, found: str) -> None:
    """Same stems with the same numbers; the same with another number or denied; else nothing."""
    answer = _merged(first, second)
    names = [name for name in ("same", "conflicts") if getattr(answer, name)]
    assert names == ([found] if found else [])


def test_titles_of_the_same_stems_are_one_subject() -> None:
    """Inflection and order make no difference; a part of a subject is not the subject."""
    said = ("A gate closes below the threshold.", "A gate opens above the threshold.")
    assert _merged(*said, ("Gating drums", "Drum gates")).same_subject
    assert not _merged(*said, ("Gating drums", "Drums")).same_subject


def test_without_a_list_of_numbers_and_denials_nothing_is_compared() -> None:
    """What can't be told apart is left side by side."""
    text = "Komprimovaná kopie bicích potřebuje filtr pod 100 Hz."
    assert _merged(text, text, language="cs") == MergeAnswer()
