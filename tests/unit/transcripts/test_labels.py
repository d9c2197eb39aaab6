"""Speaker labels and sounds: what is believed, and what stays words."""

from __future__ import annotations

import pytest

from footnoted.transcripts.sounds import is_sound
from footnoted.transcripts.speakers import continue_turns, take_labels


def speakers(texts: list[str]) -> list[str | None]:
    """Return who is taken to say each text."""
    return [label.speaker for label in take_labels(texts)]


def test_names_that_come_back_are_speakers_and_leave_the_text() -> None:
    """A label repeated is a label."""
    texts = ["Ada: Hello.", "Ben: Hi.", "Ada: Ready?", "Ben: Yes.", "Ada: Go.", "Ben: Gone."]
    found = take_labels(texts)
    assert [label.speaker for label in found] == ["Ada", "Ben"] * 3
    assert found[2].text == "Ready?"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("MAN 2: Over here!", "MAN 2"),
        ("SPEAKER_01: well", "SPEAKER_01"),
        ("[Speaker 3]: well", "Speaker 3"),
        (">> WOMAN: Who is it?", "WOMAN"),
        ("The Chair:\nOrder, please.", "The Chair"),
    ],
)
def test_shapes_of_labels_are_believed_at_once(text: str, speaker: str) -> None:
    """Capitals, numbers of speakers and a line of its own need no repetition."""
    assert speakers([text]) == [speaker]


@pytest.mark.parametrize(
    "text",
    [
        "Note: this part is hard.",
        "The question is: who pays?",
        "Remember: never on a Sunday.",
        "We meet at 12:30 by the gate.",
        "See https://example.org for more.",
        "so here is the thing: it rains",
    ],
)
def test_colons_in_a_sentence_make_nobody_a_speaker(text: str) -> None:
    """Anonymous rather than guessed."""
    assert speakers([text, "It rains again."]) == [None, None]


def test_a_guest_who_speaks_once_is_a_speaker_among_labelled_turns() -> None:
    """In a dialogue a label seen once is still a label."""
    texts = ["Ada: One.", "Ada: Two.", "Ada: Three.", "Zoë Quist: And me."]
    assert speakers(texts)[-1] == "Zoë Quist"


def test_a_sentence_that_runs_on_keeps_its_speaker_and_no_longer() -> None:
    """The first cue of a turn carries the label; past the full stop nobody is assumed."""
    texts = [
        "GUARD: You",
        "may not come in",
        "at this hour.",
        "Why not?",
        "COOK: Let them",
        "- No!",
    ]
    found = [label.speaker for label in continue_turns(take_labels(texts))]
    assert found == ["GUARD", "GUARD", "GUARD", None, "COOK", None]


def test_without_punctuation_no_label_runs_on() -> None:
    """Where sentences have no end, nothing says how long a turn lasts."""
    texts = ["ADA: so it began", *["and it went on"] * 20]
    assert [label.speaker for label in continue_turns(take_labels(texts))] == ["ADA"] + [None] * 20


@pytest.mark.parametrize(
    "text",
    [
        "[Music]",
        "[Applause] [Laughter]",
        "( clock ticking )",
        "♪",
        "♪ la la la ♪",
        "【拍手】",
        "*coughs*",
    ],
)
def test_sounds_are_sounds(text: str) -> None:
    """A cue that only names a sound, or is sung, is no speech."""
    assert is_sound(text)


@pytest.mark.parametrize(
    "text",
    [
        "[Music] Good morning.",
        "[ __ ]",
        "(which nobody in this whole room had ever really asked for)",
        "Press the * key",
        "Track [a, b] of it",
        "Hello.",
    ],
)
def test_speech_with_brackets_is_speech(text: str) -> None:
    """Words beside a bracket, asides and bleeps were spoken."""
    assert not is_sound(text)


def test_a_handle_in_small_letters_is_a_speaker_where_every_text_has_one() -> None:
    """As in recordings of calls, whose members choose what they are called."""
    texts = [*["Ada Lee: One.", "kim-dev: Two."] * 6, "so: three"]
    found = take_labels(texts)
    assert [label.speaker for label in found] == [*["Ada Lee", "kim-dev"] * 6, None]
    assert found[1].text == "Two."


def test_a_word_before_a_colon_is_no_handle_among_unlabelled_talk() -> None:
    """Two labels in ten lines say nothing of the others."""
    texts = ["Ada: One.", "kim: it rains", *["It rains again."] * 8]
    assert speakers(texts)[1] is None


def test_a_name_with_another_in_brackets_is_a_speaker() -> None:
    """Members of calls write who they are behind their name."""
    texts = ["Kim Roe (kdev): One.", "Ada Lee (Northwind): Two.", "It rains (so they say): well"]
    found = take_labels([*texts[:2] * 3, texts[2]])
    assert [label.speaker for label in found[:2]] == ["Kim Roe (kdev)", "Ada Lee (Northwind)"]
    assert found[6] == (None, texts[2])
