"""The options by which a person says what is taken of a source.

`source add`, `edit` and `test` share them: `asks` gives a command all of them as one value.
"""

from __future__ import annotations

import functools
import inspect
import shlex
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def _cap(text: str | None) -> str | None:
    """Return the words for a cap; raise BadParameter for those that mean none."""
    if text:
        from footnoted.errors import UsageError
        from footnoted.sources.net.asking import Asked, cap_usd

        try:
            cap_usd(Asked(daily_cap_usd=text))
        except UsageError as error:
            raise typer.BadParameter(error.message) from None
    return text


_OPTIONS: dict[str, Any] = {
    "schedule": Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="adaptive, `every 2h`, `cron 0 6 * * * [ZONE]`."),
    ],
    "backfill": Annotated[
        str | None,
        typer.Option(
            metavar="HOW-FAR",
            help="none, 5, `since 2026-01-31` or all; 5 if unsaid. `all, oldest first` turns it.",
        ),
    ],
    "title_has": Annotated[
        str | None, typer.Option("--title-has", metavar="REGEX", help="Take titles that have this.")
    ],
    "title_lacks": Annotated[
        str | None,
        typer.Option("--title-lacks", metavar="REGEX", help="Leave titles that have this."),
    ],
    "description_has": Annotated[
        str | None,
        typer.Option("--description-has", metavar="REGEX", help="The same of descriptions."),
    ],
    "description_lacks": Annotated[
        str | None,
        typer.Option("--description-lacks", metavar="REGEX", help="The same of descriptions."),
    ],
    "min_duration": Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Leave what is shorter, as in 90s or 10m.")
    ],
    "max_duration": Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Leave what is longer, as in 3h.")
    ],
    "min_age": Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Wait until it is so old, as in 2d.")
    ],
    "max_age": Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Leave what is older, as in 52w.")
    ],
    "shorts": Annotated[
        str | None, typer.Option(metavar="include|exclude|only", help="What becomes of Shorts.")
    ],
    "live": Annotated[
        str | None, typer.Option(metavar="include|exclude|only", help="What becomes of broadcasts.")
    ],
    "languages": Annotated[
        str | None,
        typer.Option("--language", metavar="TAG,...", help="Take only what is spoken so."),
    ],
    "captions": Annotated[
        str | None, typer.Option(metavar="TAG,...", help="Languages of captions, best first.")
    ],
    "allows_translated": Annotated[
        bool | None,
        typer.Option("--translated/--no-translated", help="Take captions translated by a machine."),
    ],
    "speakers": Annotated[
        str | None, typer.Option(metavar="NAME,...", help="Who speaks, for speech recognition.")
    ],
    "glossary": Annotated[
        str | None,
        typer.Option(metavar="WORD,...", help="Words to expect, for speech recognition."),
    ],
    "output_language": Annotated[
        str | None,
        typer.Option(metavar="TAG", help="What pages are written in, as in de; or `spoken`."),
    ],
    "priority": Annotated[
        int | None, typer.Option(min=-1000, max=1000, help="Sources with more of it go first.")
    ],
    "daily_cap_usd": Annotated[
        str | None,
        typer.Option(
            "--daily-cap-usd", metavar="USD", callback=_cap, help="Most it may cost a day (USD)."
        ),
    ],
}


_FLAGS = {
    "every_s": "--every",
    "profiles": "--profile",
    "languages": "--language",
    "allows_translated": "--translated",
}
"""The options of `source add` and `source edit` that are not called as what they ask for."""


def option_words(name: str, value: str | int | Sequence[str]) -> list[str]:
    """Return the words by which a person gives an option, as they would stand in a shell."""
    flag = _FLAGS.get(name, f"--{name.replace('_', '-')}")
    if isinstance(value, bool):
        return [flag if value else flag.replace("--", "--no-", 1)]
    values = [value] if isinstance(value, str | int) else value
    return [f"{flag} {shlex.quote(str(one))}" for one in values]


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the shared options in place of its parameter `asked`.

    Typer reads options from a signature and annotations, so that is what the command is given.
    """

    @functools.wraps(command)
    def run(**values: Any) -> None:  # noqa: ANN401 - whatever the options hold
        from footnoted.sources.net.asking import Asked

        words = {name: values.pop(name) for name in _OPTIONS}
        command(**values, asked=Asked(**words))

    del command.__annotations__["asked"]  # its type would have to be loaded for --help
    hints = get_type_hints(command, include_extras=True)
    own = inspect.signature(command)
    kept = [
        part.replace(annotation=hints[part.name])
        for part in own.parameters.values()
        if part.name in hints
    ]
    kind = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter(name, kind, default=None, annotation=option)
        for name, option in _OPTIONS.items()
    ]
    positional = [part for part in kept if part.kind is not kind]
    named = [part for part in kept if part.kind is kind]
    parameters = [*positional, *named, *added]
    run.__signature__ = own.replace(parameters=parameters, return_annotation=None)  # type: ignore[attr-defined]
    run.__annotations__ = {part.name: part.annotation for part in parameters}
    return run
