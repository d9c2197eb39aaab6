"""The settings as the environment gives them; it is read once, and nowhere else.

Every variable is `FOOTNOTED_` and the field's name in capitals, with the unit in the name. A secret
also has a twin ending in `_FILE` that names a file to read it from. A name under the prefix that no
field knows is refused, because a misspelt setting is worse than none. `ANTHROPIC_API_KEY` is read
where `FOOTNOTED_ANTHROPIC_API_KEY` is not set; set and empty, that one means no key at all. Any
other setting that may be unset is so when its variable is empty, as compose files pass it on.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from footnoted.errors import ConfigurationError
from footnoted.settings.every import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "FOOTNOTED_"
_COMMON_NAMES = {"anthropic_api_key": "ANTHROPIC_API_KEY"}
"""Variables without our prefix that other programs read too; ours come before them."""
_FILE_SUFFIX = "_FILE"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings with where each value came from: `default`, a variable's or a file's name."""

    settings: Settings
    origins: Mapping[str, str]


def variable(field: str) -> str:
    """Return the environment variable of a field."""
    return PREFIX + field.upper()


def secret_fields() -> frozenset[str]:
    """Return the fields whose values are never shown and that have a `_FILE` twin."""
    return frozenset(
        name
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    )


def load_settings(environ: Mapping[str, str]) -> Loaded:
    """Return the settings that `environ` asks for; a variable of ours comes before a common one.

    Raises ConfigurationError, in one sentence that names the variable, for an unknown name, a value
    of the wrong shape, an unreadable secret file, or a relative path.
    """
    values: dict[str, str] = {}
    origins = dict.fromkeys(Settings.model_fields, "default")
    for name in sorted(key for key in environ if key.startswith(PREFIX)):
        field = _field_of(name)
        if _means_unset(field, name, environ[name]):
            continue
        if field in values:
            message = f"{variable(field)} and {variable(field)}{_FILE_SUFFIX} are both set"
            raise ConfigurationError(message)
        is_file = name == variable(field) + _FILE_SUFFIX
        values[field] = _secret_from(name, environ[name]) if is_file else environ[name]
        origins[field] = f"{name} ({environ[name]})" if is_file else name
    for field, name in _COMMON_NAMES.items():
        if field not in values and environ.get(name, "").strip():
            values[field], origins[field] = environ[name], name
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(_sentence(error)) from None
    _require_absolute(settings)
    return Loaded(settings, origins)


def _field_of(name: str) -> str:
    field = name.removeprefix(PREFIX).lower()
    if field in Settings.model_fields:
        return field
    twin = field.removesuffix(_FILE_SUFFIX.lower())
    if twin != field and twin in secret_fields():
        return twin
    known = [variable(known) for known in Settings.model_fields]
    nearest = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    message = f"{name} is not a setting of footnoted{hint}"
    raise ConfigurationError(message)


def _means_unset(field: str, name: str, value: str) -> bool:
    """Return whether a variable is there and says nothing; an empty key says something."""
    if value.strip():
        return False
    may_be_unset = Settings.model_fields[field].get_default() is None
    return name != variable(field) or (may_be_unset and field not in _COMMON_NAMES)


def _secret_from(name: str, path: str) -> str:
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"{name}: cannot read {path}: {reason}"
        raise ConfigurationError(message) from None
    if not secret:
        message = f"{name}: {path} is empty"
        raise ConfigurationError(message)
    return secret


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name = variable(str(first["loc"][0]))
    return f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}"


def _require_absolute(settings: Settings) -> None:
    for field in (
        "data_dir",
        "user_dir",
        "backup_dir",
        "prices_file",
        "speech_model_dir",
        "embedder_model_dir",
        "ytdlp_cookies_file",
    ):
        path: Path | None = getattr(settings, field)
        if path is not None and not path.is_absolute():
            message = f"{variable(field)}: {path} is not an absolute path"
            raise ConfigurationError(message)
