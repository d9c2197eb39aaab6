"""What a person asks of a source in words, made into options; a mistake is one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from footnoted.errors import UsageError
from footnoted.sources.languages import is_language, is_output_language
from footnoted.sources.rules.backfill import Backfill, parse_backfill
from footnoted.sources.rules.lengths import parse_length
from footnoted.sources.rules.rules import Rules
from footnoted.sources.rules.schedule import parse_schedule

if TYPE_CHECKING:
    from footnoted.sources.options import SourceOptions

_NOTHING = ""
"""What takes back what was asked before."""

_GREATEST_CAP_USD = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a person, as the options of `source add` and `source edit` give them.

    None asks nothing; an empty word takes back what was asked before. Lengths are `90`, `90s`,
    `1h30m` or `7d`; patterns are regular expressions; a cap is a number of dollars.
    """

    schedule: str | None = None
    backfill: str | None = None
    title_has: str | None = None
    title_lacks: str | None = None
    description_has: str | None = None
    description_lacks: str | None = None
    min_duration: str | None = None
    max_duration: str | None = None
    min_age: str | None = None
    max_age: str | None = None
    shorts: str | None = None
    live: str | None = None
    languages: str | None = None
    captions: str | None = None
    allows_translated: bool | None = None
    speakers: str | None = None
    glossary: str | None = None
    output_language: str | None = None
    priority: int | None = None
    daily_cap_usd: str | None = None

    @property
    def rereads(self) -> bool:
        """Return whether it changes which items are taken, so that they are judged anew."""
        words = (*_RULES, *_LENGTHS, "languages", "backfill")
        return any(getattr(self, name) is not None for name in words)


def require_for_folder(asked: Asked) -> None:
    """Raise UsageError for what no file tells, so that it can be asked of the net only."""
    if any(getattr(asked, name) is not None for name in _NET_ONLY):
        message = (
            "no file tells whether it is a Short or a broadcast, and a folder's captions are those"
            " in it: --shorts, --live, --captions and --translated are for channels, feeds and"
            " pages"
        )
        raise UsageError(message)


def told_by_few_files(asked: Asked) -> str | None:
    """Return what a person who filters a folder has to know; None where every file tells it."""
    unknown = [words for name, words in _TOLD_BY_FEW.items() if getattr(asked, name)]
    if not unknown:
        return None
    return f"{' and '.join(dict.fromkeys(unknown))}; a recording without is taken"


NOTHING_ASKED = Asked()

_RULES = ("title_has", "title_lacks", "description_has", "description_lacks", "shorts", "live")
_LENGTHS = ("min_duration", "max_duration", "min_age", "max_age")
_NET_ONLY = ("shorts", "live", "captions", "allows_translated")
_TOLD_BY_FEW = {
    "description_has": "descriptions are read from an info.json only",
    "description_lacks": "descriptions are read from an info.json only",
    "languages": "languages are read from sidecars and names of transcripts only",
}


def options_of(asked: Asked, before: SourceOptions) -> SourceOptions:
    """Return the options that a person asks for, over those from before. Raises UsageError."""
    changes: dict[str, Any] = {"rules": _rules_of(asked, before.rules)}
    if asked.backfill is not None:
        changes["backfill"] = parse_backfill(asked.backfill) if asked.backfill else Backfill()
    if asked.captions is not None:
        changes["languages"] = _languages(asked.captions)
    if asked.allows_translated is not None:
        changes["allows_translated"] = asked.allows_translated
    if asked.output_language is not None:
        changes["output_language"] = _output_language(asked.output_language)
    for name in ("speakers", "glossary"):
        if (words := getattr(asked, name)) is not None:
            changes[name] = _list_of(words)
    return before.model_copy(update=changes)


def schedule_words(asked: Asked) -> str | None:
    """Return the schedule in its normal words; None where none is asked. Raises UsageError."""
    return str(parse_schedule(asked.schedule)) if asked.schedule else None


def cap_usd(asked: Asked) -> Decimal | None:
    """Return the daily cap that is asked for; None where none is, too. Raises UsageError."""
    if not asked.daily_cap_usd:
        return None
    try:
        usd = Decimal(asked.daily_cap_usd)
    except InvalidOperation:
        usd = Decimal("NaN")
    if not usd.is_finite() or not 0 <= usd <= _GREATEST_CAP_USD:
        message = f"{asked.daily_cap_usd!r} is no cap: it is a number of dollars, up to 1000000"
        raise UsageError(message)
    return usd


def _rules_of(asked: Asked, before: Rules) -> Rules:
    changes: dict[str, object] = {}
    for name in _RULES:
        if (words := getattr(asked, name)) is not None:
            changes[name] = words if words != _NOTHING else Rules.model_fields[name].default
    for name in _LENGTHS:
        if (words := getattr(asked, name)) is not None:
            changes[f"{name}_s"] = parse_length(words) if words != _NOTHING else None
    if asked.languages is not None:
        changes["languages"] = _languages(asked.languages)
    try:
        return Rules.model_validate({**before.model_dump(), **changes})
    except ValidationError as error:
        raise UsageError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    told = first["msg"].removeprefix("Value error, ")
    return f"{where.replace('_', ' ')}: {told}" if where else told


def _languages(words: str) -> tuple[str, ...]:
    tags = _list_of(words)
    for tag in tags:
        if not is_language(tag):
            message = f"{tag!r} is no language tag like en or pt-BR"
            raise UsageError(message)
    return tags


def _output_language(words: str) -> str | None:
    tag = words.strip()
    if tag and not is_output_language(tag):
        message = f"{tag!r} is no language tag like en or pt-BR, nor the word spoken"
        raise UsageError(message)
    return tag or None


def _list_of(words: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in words.split(",") if part.strip())
