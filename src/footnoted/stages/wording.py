"""In which language a stage writes what it words itself; quotes stay as they were said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from footnoted.errors import ConfigurationError
from footnoted.sources.languages import SPOKEN, is_output_language

if TYPE_CHECKING:
    from collections.abc import Collection

    from footnoted.prompting import Prompt

OUTPUT_LANGUAGE: Final = "output_language"
"""The placeholder by which a prompt asks for it."""
THE_SPOKEN_ONE: Final = "the language spoken"
"""What prompts say where nothing is to be translated."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a stage words things: in what its source asks for, else in `default`, else as spoken.

    The built-in model rewords nothing: what it makes is `verbatim`, in the language spoken.
    """

    default: str | None = None
    verbatim: bool = False

    def require(self, prompt: Prompt) -> None:
        """Raise ConfigurationError for a prompt that would write on in the language spoken."""
        is_wanted = not self.verbatim and self.default not in {None, SPOKEN}
        if is_wanted and not prompt.asks_for(OUTPUT_LANGUAGE):
            raise ConfigurationError(unsaid(prompt, str(self.default)))

    def language(self, asked: str | None, spoken: str | None) -> str | None:
        """Return the language to translate into; None where the one spoken is the one wanted."""
        wanted = asked or self.default
        if self.verbatim or wanted is None or wanted == SPOKEN:
            return None
        return None if spoken is not None and _is_same(wanted, spoken) else wanted


def parse_languages(text: str, variable: str, profiles: Collection[str]) -> dict[str, str]:
    """Return the languages that `tag,profile=tag,...` asks for by profile, for the others under "".

    Raises ConfigurationError, naming the variable, for a profile that nobody has, and for what is
    no language.
    """
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        before, equals, after = (side.strip() for side in part.partition("="))
        profile, tag = (before, after) if equals else ("", before)
        if equals and profile not in profiles:
            message = f"{variable}: no profile {profile!r}; there is {', '.join(profiles)}"
            raise ConfigurationError(message)
        if profile in found or not is_output_language(tag):
            message = f"{variable}: {part!r} is not one language tag like en, nor profile=en"
            raise ConfigurationError(message)
        found[profile] = tag
    return found


AS_SPOKEN: Final = Wording()
"""Where nobody asks for a language."""


def unsaid(prompt: Prompt, language: str) -> str:
    """Return the sentence about a prompt that does not say in which language to write."""
    return (
        f"what {prompt.name} writes is wanted in {language}, and it does not say"
        f" {{{{{OUTPUT_LANGUAGE}}}}}"
    )


def shown_language(language: str | None) -> str:
    """Return how prompts are told the language to write in."""
    return language or THE_SPOKEN_ONE


def _is_same(wanted: str, spoken: str) -> bool:
    """Return whether what is spoken needs no translation: `en-US` is `en`, `pt-BR` no `pt-PT`."""
    tags = [tag.replace("_", "-").lower() for tag in (wanted, spoken)]
    return tags[0] == tags[1] or tags[0] == tags[1].partition("-")[0]
