"""Bytes to text: marks first, then UTF-8, then a guess that is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnoted.transcripts.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from footnoted.model.transcript import Transcript

    Read = Callable[..., Transcript]

TEXT = "Grüße an Łukasz und Zoë."


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_unicode_is_read_in_every_width(encoding: str) -> None:
    """With a byte order mark, or without one where zero bytes give the width away."""
    assert decode(TEXT.encode(encoding)).text == TEXT


def test_only_one_byte_order_mark_is_taken_off() -> None:
    """A second one is a character of the text."""
    assert decode("\ufeffx".encode("utf-8-sig")).text == "\ufeffx"


def test_a_download_cut_inside_a_character_loses_only_that() -> None:
    """The rest of the text is good."""
    assert decode("Zoë".encode()[:-1]).text == "Zo"


def test_an_old_code_page_is_guessed_and_noted(read: Read) -> None:
    """What had to be guessed is said."""
    lines = "\n".join(
        f"{n}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n"
        "Džep je pun, a čaša još čeka. Šta ćeš, život!\n"
        for n in range(20)
    )
    transcript = read(lines.encode("cp1250"), "a.srt")
    assert transcript.cues[3].text == "Džep je pun, a čaša još čeka. Šta ćeš, život!"
    assert transcript.notes == ("read as cp1250: its encoding had to be guessed",)
