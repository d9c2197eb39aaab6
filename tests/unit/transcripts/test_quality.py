"""The gate: real speech passes in any language, everything else is stopped with a reason."""

from __future__ import annotations

from itertools import islice, product

import pytest

from footnoted.model.transcript import (
    Cue,
    CueKind,
    Transcript,
    TranscriptFormat,
    TranscriptOrigin,
)
from footnoted.transcripts.quality import assess

TALK = """
We put the bread in when the oven is hot, and not a minute before that. The crust wants steam at
first, so I throw a cup of water on the floor of the oven and close the door at once. After ten
minutes you let the steam out. My father never did it that way, but he had a wood oven and knew
every brick of it. If you tap the loaf and it sounds hollow, it is done. Let it cool, which is
the hard part, because nobody wants to wait. I have tried rye, spelt and an old wheat from the
valley, and each of them drinks a different amount of water. Write down what you did, or you will
never bake the same bread twice. What about salt? Two parts in a hundred, weighed, never guessed.
"""


def transcript(
    lines: list[str], *, cue_ms: int = 3_000, kind: CueKind = CueKind.SPEECH
) -> Transcript:
    """Return lines as cues that follow each other."""
    return Transcript(
        format=TranscriptFormat.SRT,
        origin=TranscriptOrigin.CAPTIONS_AUTO,
        language=None,
        cues=tuple(
            Cue(n, n * cue_ms, (n + 1) * cue_ms, line, None, kind) for n, line in enumerate(lines)
        ),
    )


def spoken(text: str) -> Transcript:
    """Return a text in cues of eight words."""
    words = text.split()
    return transcript([" ".join(words[at : at + 8]) for at in range(0, len(words), 8)])


def test_speech_passes_and_its_language_is_told() -> None:
    """A good transcript has no code and no reason."""
    quality = assess(spoken(TALK), expected_language="en")
    assert (quality.passed, quality.code, quality.reason) == (True, None, None)
    assert quality.language == "en"


def test_the_preview_is_the_beginning_in_about_two_hundred_characters() -> None:
    """A person sees what was stopped."""
    preview = assess(spoken(TALK)).preview
    assert preview.startswith("We put the bread in")
    assert 150 < len(preview) <= 200


def test_the_measures_are_kept_with_the_verdict() -> None:
    """Each threshold can be checked by hand."""
    measures = assess(transcript(["one two three"] * 2), duration_ms=60_000).measures
    assert (measures["words"], measures["words_per_minute"], measures["cues"]) == (6, 6, 2)


def babble(words: int) -> str:
    """Return that many different words."""
    syllables = ["ba", "ko", "ri", "nu", "te", "so", "la", "mi", "du", "fe"]
    return " ".join("".join(word) for word in islice(product(syllables, repeat=3), words))


LOOP = ["we go to the market to buy some fish", "and bread and then we go home", "again"]
STOPPED = [
    ("quality_repetition", transcript(["Thank you for watching this."] * 40)),
    (
        "quality_repetition",
        transcript(["Thank you.", *babble(60).split()] * 1 + ["Thank you.", "So."] * 60),
    ),
    ("quality_repetition", transcript(LOOP * 12)),
    ("quality_non_speech", transcript(["[Music]"] * 12, kind=CueKind.SOUND)),
    ("quality_wpm", transcript(["Thank you.", "Goodbye now."], cue_ms=600_000)),
    ("quality_wpm", transcript([babble(600).replace(" ", " the ")], cue_ms=125_000)),
    (
        "quality_letters",
        transcript(["h e l l o m y f r i e n d s", "a b c d e f g h i j k l m n o p"]),
    ),
    ("quality_letters", transcript(["0x1f 99 -- ## 12 34 || 55 7 8 9 10 11 12"] * 3)),
    ("quality_letters", transcript([f"{word} \ufffd\ufffd" for word in babble(30).split()])),
    ("quality_error_page", transcript(["403 Forbidden", "You may not see this resource."])),
    ("quality_empty", transcript(["...", "—"])),
    ("quality_empty", transcript(["https://example.org/watch?v=1"])),
]


@pytest.mark.parametrize(("code", "case"), STOPPED)
def test_what_is_no_speech_is_stopped(code: str, case: Transcript) -> None:
    """Each kind of rubbish has its code and a sentence."""
    quality = assess(case)
    assert (quality.passed, quality.code) == (False, code)
    assert quality.reason is not None
    assert quality.reason.endswith(".")


def test_a_short_text_is_not_judged_by_its_language() -> None:
    """Ten words prove nothing."""
    assert assess(transcript(["Guten Tag und willkommen."]), expected_language="en").passed


def test_a_bilingual_tag_of_a_near_relation_passes() -> None:
    """Detection cannot hold Danish and Norwegian apart, so neither do we."""
    text = (
        "Vi starter med det gamle hus ved havnen, hvor min far havde sin båd. Han sagde altid, at "
        "vejret skifter hurtigt herude, og det havde han ret i. I dag er havnen stille, men før "
        "var der fulde net hver morgen, og alle børn hjalp til, før de gik i skole med våde sko."
    )
    assert assess(spoken(text), expected_language="nb").passed


def test_chinese_is_counted_in_words_and_passes() -> None:
    """Scripts without spaces are not one long word."""
    line = "我们今天来讲一讲怎么样用木头做一把椅子"
    tail = "首先要选好材料然后慢慢地把它锯成四条一样长的腿最后再用砂纸磨光上油等它干了才可以坐"
    quality = assess(
        transcript([line, tail, "如果你没有电锯用手锯也可以只是会累一点", "做好以后可以用一辈子"])
    )
    assert quality.passed
    assert 30 < quality.measures["words"] < 60
