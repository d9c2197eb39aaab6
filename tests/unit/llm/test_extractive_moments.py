"""Moments by salience and cue phrases: what is kept, how it is quoted, what is left out."""

from __future__ import annotations

import itertools

import pytest

from footnoted.llm.methods.moments import content_type, extract
from footnoted.llm.methods.products import tools_in
from footnoted.llm.methods.signals import signals_for
from footnoted.llm.methods.statements import to_statement
from footnoted.llm.tasks import ExtractAnswer, ExtractTask
from footnoted.model.transcript import Cue

_TYPES = ("technique", "settings", "tip", "warning", "definition", "reasoning", "workflow")
_LESSON = (
    "A compressor is a tool that turns down the loud parts of a vocal.",
    "The threshold tells the compressor how loud the vocal must be.",
    "You should set the threshold of the compressor before you touch the ratio.",
    "Never use a fast attack on a vocal because the compressor will eat the consonants.",
)
_GEAR = ("reverb", "delay", "fader", "pedal", "amplifier", "cable", "mixer", "preamp", "tuner")
_CHATTER = (
    "Hey everyone, welcome back to the channel, my name is Ana.",
    "Please like this video and subscribe to the channel for more videos.",
    "This video is sponsored by Soundly, use the code ANA for ten percent off.",
    "Thank you so much for watching and I will see you in the next video.",
)


def _cues(lines: tuple[str, ...]) -> tuple[Cue, ...]:
    return tuple(Cue(at, at * 6000, at * 6000 + 6000, line) for at, line in enumerate(lines))


def _extract(
    cues: tuple[Cue, ...], *, types: tuple[str, ...] = _TYPES, language: str | None = "en"
) -> ExtractAnswer:
    return extract(
        ExtractTask(language=language, topic="Compressor", cues=cues, content_types=types)
    )


def _assert_verbatim(answer: ExtractAnswer, cues: tuple[Cue, ...]) -> None:
    by_index = {cue.index: cue for cue in cues}
    for moment in answer.moments:
        cited = [by_index[at].text for at in range(moment.first_cue, moment.last_cue + 1)]
        assert moment.quote in " ".join(cited)
        assert all(any(word in text for word in moment.quote.split()) for text in cited)


def test_a_lesson_gives_a_moment_with_its_quote_and_cues() -> None:
    """The sentence most worth keeping is quoted word for word from the cue it stands in."""
    (moment,) = _extract(_cues(_LESSON)).moments
    assert moment.quote in _LESSON
    assert moment.first_cue == moment.last_cue == _LESSON.index(moment.quote)
    assert moment.summary == moment.quote
    assert "Compressor" in moment.title


def test_greetings_sponsors_and_thanks_give_nothing() -> None:
    """None is a good answer."""
    assert _extract(_cues(_CHATTER)).moments == ()


def test_what_stands_around_an_advertisement_is_left_out_too() -> None:
    """An advertisement praises its product in ordinary sentences before and after its code."""
    advert = (
        "You should try Soundly because it makes a compressor easy to find.",
        "This episode is brought to you by Soundly.",
        "Soundly helps you find the right compressor for the vocal.",
    )
    assert _extract(_cues(advert)).moments == ()


def test_about_one_moment_is_kept_for_two_minutes_of_speech() -> None:
    """More talk gives more moments, in the order of the transcript and without overlap."""
    gear = [f"{size} {thing}" for size in ("tiny", "wooden", "golden") for thing in _GEAR]
    lines = tuple(
        f"You should put the {one} before the {other}, the {third} and the {fourth}."
        for one, other, third, fourth in itertools.islice(
            itertools.permutations(gear, 4), 0, None, 997
        )
    )[:90]
    moments = _extract(_cues(lines)).moments
    assert 3 <= len(moments) <= 6
    edges = [edge for moment in moments for edge in (moment.first_cue, moment.last_cue)]
    assert edges == sorted(edges)


def test_a_sentence_over_several_cues_cites_all_of_them() -> None:
    """Captions break lines anywhere; the quote runs over the cues the sentence runs over."""
    cues = tuple(
        Cue(at + 5, None, None, text)
        for at, text in enumerate(
            ("Right. You should set the threshold", "of the compressor before", "the ratio. Okay.")
        )
    )
    (moment,) = _extract(cues).moments
    assert moment.quote == "You should set the threshold of the compressor before the ratio."
    assert (moment.first_cue, moment.last_cue) == (5, 7)


def test_a_sentence_that_leans_back_is_quoted_with_the_one_before() -> None:
    """`It` alone says nothing."""
    lines = (
        "The knee of a compressor decides how the ratio comes in.",
        "It is important to set the knee of the compressor soft for a vocal.",
    )
    (moment,) = _extract(_cues(lines)).moments
    assert moment.quote == " ".join(lines)
    assert (moment.first_cue, moment.last_cue) == (0, 1)


def test_automatic_captions_without_case_or_punctuation_work() -> None:
    """Quotes stay as captioned; the summary gets its capital and its full stop."""
    words = " ".join(_LESSON).lower().replace(".", "").split()
    lines = tuple(" ".join(words[at : at + 7]) for at in range(0, len(words), 7))
    cues = _cues(lines)
    answer = _extract(cues)
    assert answer.moments
    _assert_verbatim(answer, cues)
    assert all(m.summary[0].isupper() and m.summary.endswith(".") for m in answer.moments)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "Le compresseur réduit les parties fortes de la voix avec un seuil et un ratio."),
        ("hi", "कंप्रेसर आवाज़ के तेज़ हिस्सों को थ्रेशोल्ड और अनुपात से कम करता है।"),
        ("ja", "コンプレッサーは音声の大きな部分を閾値と比率で抑えるための装置です。"),
        (None, "Компрессор уменьшает громкие части голоса, порог и отношения."),
    ],
)
def test_other_languages_give_verbatim_quotes(language: str | None, line: str) -> None:
    """No list of cue phrases, no spaces between words: salience alone still finds quotes."""
    cues = _cues((line,))
    answer = _extract(cues, language=language)
    assert [moment.quote for moment in answer.moments] == [line]
    _assert_verbatim(answer, cues)


@pytest.mark.parametrize(
    ("kinds", "allowed", "expected"),
    [
        ({"tip": 1.2, "warning": 1.1}, _TYPES, "tip"),
        ({"tip": 1.2, "warning": 1.1}, ("warning", "technique"), "warning"),
        ({}, _TYPES, "technique"),
        ({"tip": 1.2}, ("mention", "outlook"), "mention"),
    ],
)
def test_the_content_type_is_one_of_those_the_task_allows(
    kinds: dict[str, float], allowed: tuple[str, ...], expected: str
) -> None:
    """The strongest sign wins; without one it is a technique, else the first of the list."""
    assert content_type(kinds, allowed) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Set the threshold of the compressor to minus 18 dB.", "settings"),
        ("A compressor is a tool that turns down the loud parts of a vocal.", "definition"),
        ("Watch out, a compressor with a short release makes a vocal pump.", "warning"),
        ("My tip is to keep the compressor after the equalizer on a vocal.", "tip"),
    ],
)
def test_cue_words_decide_the_content_type(line: str, expected: str) -> None:
    """Each kind of statement gives itself away by its words."""
    assert content_type(signals_for("en").kinds_of(line), _TYPES) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Open FabFilter and then the Serum plugin.", ("FabFilter", "Serum")),
        ("I write JavaScript with Node.js on my iPhone.", ("JavaScript", "Node.js", "iPhone")),
        ("The compressor turns down the vocal on Monday.", ()),
        ("open fabfilter and the serum plugin", ()),
    ],
)
def test_tools_are_names_and_never_guesses(text: str, names: tuple[str, ...]) -> None:
    """Only what is written as a name is one; text without case names nothing."""
    assert tools_in(text) == names


@pytest.mark.parametrize(
    ("said", "language", "read"),
    [
        ("so um, you take the the dough", "en", "You take the dough."),
        ("and then i'm gonna bake it", "en", "Then I'm gonna bake it."),
        ("No plugin can do this", "en", "No plugin can do this."),
        ("Right click on the track", "en", "Right click on the track."),
        ("do you know how it works?", "en", "Do you know how it works?"),
        ("it was, like, really really hot", "en", "It was, really really hot."),
        ("Er geht um die Ecke, ähm, nach Hause", "de", "Er geht um die Ecke, nach Hause."),
        ("nous nous levons tôt", "fr", "Nous nous levons tôt."),
        (">> - Hello there my friend.", "en", "Hello there my friend."),
    ],
)
def test_statements_lose_noise_and_keep_their_words(said: str, language: str, read: str) -> None:
    """A filler of one language is a word of another, and `no` is never lost."""
    assert to_statement(said, language) == read
