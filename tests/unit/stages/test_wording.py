"""In which language a stage writes: who decides, and what prompts are told."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from footnoted.errors import ConfigurationError, PermanentError
from footnoted.prompting import parse_prompt
from footnoted.stages.port import StageContext
from footnoted.stages.profile import Build
from footnoted.stages.wording import Wording, parse_languages, shown_language
from tests.fakes.asker import FakeAsker

PROFILES = ("techniques", "stocks", "brain")
ASKS = parse_prompt("a.md", "S\n=== user ===\n{{output_language}} {{transcript}}")
SILENT = parse_prompt("techniques/extract.md", "You extract.\n=== user ===\n{{transcript}}")


@pytest.mark.parametrize(
    ("wording", "asked", "spoken", "expected"),
    [
        (Wording(), None, "de", None),
        (Wording(), "en", "de", "en"),
        (Wording("en"), None, "de", "en"),
        (Wording("en"), "fr", "de", "fr"),
        (Wording("en"), "spoken", "de", None),
        (Wording(), "en", None, "en"),
        (Wording(), "en", "en-US", None),
        (Wording(), "pt-BR", "pt", "pt-BR"),
        (Wording(), "pt_BR", "pt-br", None),
        (Wording("en", verbatim=True), "fr", "de", None),
    ],
)
def test_a_source_goes_before_the_default_and_what_is_spoken_is_not_translated(
    wording: Wording, asked: str | None, spoken: str | None, expected: str | None
) -> None:
    """Nothing is asked for where the language is the one spoken, or nothing is reworded."""
    assert wording.language(asked, spoken) == expected


def test_prompts_are_told_the_language_or_that_it_is_the_one_spoken() -> None:
    """A request that asks for no other language is the same for every source."""
    assert [shown_language("de"), shown_language(None)] == ["de", "the language spoken"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("de", {"": "de"}),
        (" en , stocks = pt-BR,brain=spoken", {"": "en", "stocks": "pt-BR", "brain": "spoken"}),
    ],
)
def test_settings_name_a_language_for_all_profiles_and_for_single_ones(
    text: str, expected: dict[str, str]
) -> None:
    """Parts are divided by commas; `profile=tag` is about one of them."""
    assert parse_languages(text, "X", PROFILES) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("wiki=de", "X: no profile 'wiki'; there is techniques, stocks, brain"),
        ("german", "X: 'german' is not one language tag like en, nor profile=en"),
        ("de,en", "X: 'en' is not one language tag like en, nor profile=en"),
        ("stocks=", "X: 'stocks=' is not one language tag like en, nor profile=en"),
    ],
)
def test_a_language_that_is_none_is_refused(text: str, complaint: str) -> None:
    """The sentence names the variable and the part that is wrong."""
    with pytest.raises(ConfigurationError) as raised:
        parse_languages(text, "X", PROFILES)
    assert raised.value.message == complaint


@pytest.mark.parametrize(
    ("models", "declared", "expected"),
    [
        ("m", None, Wording("en")),
        ("m", "fr", Wording("fr")),
        ("extractive", None, Wording("en", verbatim=True)),
        ("m>extractive", None, Wording("en")),
    ],
)
def test_a_build_knows_how_each_stage_words_things(
    models: str, declared: str | None, expected: Wording
) -> None:
    """What a profile declares goes before the setting for all; the built-in model rewords not."""
    build = Build(lambda _stage, _profile: models, "0", "unknown", {"": "en", "stocks": "de"})
    prompts = {"items": ASKS, "outlook": ASKS}
    assert build.wording("items", "recipes", prompts, declared) == expected
    assert build.wording("outlook", "stocks", prompts, declared).default == "de"


def test_a_prompt_that_does_not_ask_for_the_language_is_not_sent() -> None:
    """Somebody's own prompt would write on in the language spoken, and nobody would know."""
    context = StageContext(FakeAsker(), {"extract": SILENT})
    assert context.prompt("extract") is SILENT
    with pytest.raises(PermanentError) as raised:
        context.prompt("extract", "de")
    assert raised.value.failure_code == "prompt_without_language"
    assert raised.value.message == (
        "what techniques/extract.md writes is wanted in de, and it does not say {{output_language}}"
    )


@pytest.mark.parametrize(
    ("wording", "is_refused"),
    [
        (Wording("de"), True),
        (Wording("spoken"), False),
        (Wording(), False),
        (Wording("de", verbatim=True), False),
    ],
)
def test_a_default_that_a_prompt_does_not_say_is_refused_at_the_start(
    wording: Wording, *, is_refused: bool
) -> None:
    """Before the first video fails of it; one that says it is taken."""
    wording.require(ASKS)
    with pytest.raises(ConfigurationError) if is_refused else nullcontext():
        wording.require(SILENT)
