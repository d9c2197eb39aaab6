"""The settings: one frozen object, read once from the environment and nowhere else.

Every variable is `FOOTNOTED_` and the field's name in capitals, with the unit in the name. A secret
also has a twin ending in `_FILE` that names a file to read it from. A name under the prefix that no
field knows is refused, because a misspelt setting is worse than none. `ANTHROPIC_API_KEY` is read
where `FOOTNOTED_ANTHROPIC_API_KEY` is not set; set and empty, that one means no key at all. Any
other setting that may be unset is so when its variable is empty, as compose files pass it on.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from footnoted.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "FOOTNOTED_"
_COMMON_NAMES = {"anthropic_api_key": "ANTHROPIC_API_KEY"}
"""Variables without our prefix that other programs read too; ours come before them."""
_FILE_SUFFIX = "_FILE"
_LONGEST_SOCKET_PATH = 107
_HTTP_URL = r"^https?://(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?(/\S*)?$"

_LONGEST_S = 31_536_000  # a year: no pause is longer, and no clock overflows
Seconds = Annotated[float, Field(gt=0, le=_LONGEST_S)]
SecondsOrZero = Annotated[float, Field(ge=0, le=_LONGEST_S)]
_RETAINED = re.compile(r"\d{1,5}d(/\d{1,6}(MB|GB))?|\d{1,6}(MB|GB)")


def _require_rule(text: str | None) -> str | None:
    if text is not None and _RETAINED.fullmatch(text) is None:
        message = "write an age, a size or both: 90d, 2GB, 90d/2GB"
        raise ValueError(message)
    return text


Retained = Annotated[str | None, AfterValidator(_require_rule)]
HoursOrZero = Annotated[float, Field(ge=0, le=_LONGEST_S / 3600)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


def default_data_dir() -> Path:
    """Return where data lives when nobody says: root's service folder, else the user's data home.

    The latter follows the XDG Base Directory Specification.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/footnoted")
    data_home = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data_home) if data_home else Path.home() / ".local" / "share"
    return base / "footnoted"


class Settings(BaseModel):
    """Everything about the process that is decided outside of it; sources live in the database."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder of everything footnoted keeps: embedded PostgreSQL, index, socket.",
    )
    user_dir: Path | None = Field(
        default=None,
        description="Folder searched before the built-in prompts and taxonomies.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL to use instead of the embedded one (postgresql://user@host/name).",
    )
    database_pool_size: Count = Field(default=5, description="Connections kept open.")
    database_max_overflow: int = Field(
        default=10, ge=0, le=10_000, description="Connections opened beyond the pool under load."
    )
    database_pre_ping: bool = Field(
        default=True, description="Test a pooled connection before it is used."
    )
    auto_migrate: bool | None = Field(
        default=None,
        description="Migrate an old schema at the start; unset: only the embedded database.",
    )
    qdrant_url: str | None = Field(
        default=None,
        pattern=_HTTP_URL,
        description="Qdrant server to use instead of the embedded index.",
    )
    qdrant_api_key: SecretStr | None = Field(
        default=None, description="API key of the Qdrant server."
    )
    anthropic_api_key: SecretStr | None = Field(
        default=None,
        description="Key of the Anthropic API; ANTHROPIC_API_KEY is read too. Unset: no paid call.",
    )
    anthropic_base_url: str | None = Field(
        default=None,
        pattern=_HTTP_URL,
        description="Server that speaks the Messages API, without `/v1`; unset: Anthropic's own.",
    )
    anthropic_lacks: str = Field(
        default="",
        description="What that server can't do, by commas: structured_output, count_tokens,"
        " prompt_cache, effort, batches.",
    )
    model: str = Field(
        default="auto",
        description="Model of all stages, with fallbacks after `>`. auto: claude-haiku-5-5 with a"
        " key, else extractive.",
    )
    stage_models: str = Field(
        default="",
        description="Models of single stages: compose=claude-sonnet-5-5>claude-haiku-5-5,...",
    )
    stage_effort: str = Field(
        default="",
        description="Effort of single stages (low, medium, high): compose=medium,... Else low.",
    )
    output_language: str = Field(
        default="",
        description="Language that pages, titles and summaries are written in: en, or stocks=de,..."
        " Unset: the one spoken. A source's own goes before it.",
    )
    stance_alerts: str = Field(
        default="",
        description="Changes of a stance that are alerts, by commas: new, flip, escalation,"
        " silence. Unset: none is.",
    )
    prices_file: Path | None = Field(
        default=None, description="TOML file of prices for models that are unlisted or local."
    )
    daily_cost_cap_usd: Decimal = Field(
        default=Decimal(1), ge=0, le=1_000_000, description="Most that a UTC day may cost (USD)."
    )
    monthly_cost_cap_usd: Decimal | None = Field(
        default=None, ge=0, le=1_000_000, description="Most that a UTC month may cost (USD)."
    )
    source_daily_cost_cap_usd: Decimal | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="Most that the videos of one source may cost in a UTC day (USD).",
    )
    call_timeout_s: Annotated[float, Field(gt=0, le=1_100)] = Field(
        default=600.0, description="Longest time a model may answer; a stage has 1200."
    )
    llm_mode: Literal["live", "batch", "auto"] = Field(
        default="live",
        description="Batches cost half and take up to a day; auto: for a backlog of over an hour.",
    )
    batch_poll_s: Seconds = Field(default=60.0, description="Pause between looks at batches.")
    inter_video_sleep_s: SecondsOrZero = Field(
        default=0.0, description="Pause between two videos that called a paid model."
    )
    speech: Literal["off", "openai", "deepgram", "whisper"] = Field(
        default="off",
        description="What recognises speech where there are no captions: openai is any server that"
        " speaks its protocol, whisper is this machine (footnoted[whisper]).",
    )
    speech_base_url: str | None = Field(
        default=None,
        pattern=_HTTP_URL,
        description="Server of openai (with `/v1`) or deepgram (without); unset: the vendor's own.",
    )
    speech_api_key: SecretStr | None = Field(
        default=None, description="Key of that server; one at home may need none."
    )
    speech_model: str | None = Field(
        default=None,
        description="Model that hears; unset: whisper-1, nova-3 or, on this machine, small.",
    )
    speech_model_dir: Path | None = Field(
        default=None, description="Folder of a Whisper model for CTranslate2, instead of a name."
    )
    speech_language: str | None = Field(
        default=None,
        pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$",
        description="Language to expect where neither source nor recording says one.",
    )
    embedder: Literal["off", "openai", "voyage", "fastembed"] = Field(
        default="off",
        description="What makes vectors, to search by meaning beside words: openai is any server"
        " that speaks its protocol, fastembed is this machine (footnoted[fastembed]).",
    )
    embedder_base_url: str | None = Field(
        default=None,
        pattern=_HTTP_URL,
        description="Server of openai or voyage, with `/v1`; unset: the vendor's own.",
    )
    embedder_api_key: SecretStr | None = Field(
        default=None, description="Key of that server; one at home may need none."
    )
    embedder_model: str | None = Field(
        default=None,
        description="Model that embeds; unset: text-embedding-3-small, voyage-4 or, on this"
        " machine, BAAI/bge-small-en-v1.5.",
    )
    embedder_model_dir: Path | None = Field(
        default=None, description="Folder of that model for fastembed, instead of a download."
    )
    embedder_dimensions: int | None = Field(
        default=None,
        ge=1,
        le=8_192,
        description="Dimensions of its vectors; unset: what the model gives by itself.",
    )
    embedder_version: Count = Field(
        default=1, description="Raise it when a model gives other vectors under the same name."
    )
    embedder_channels: str = Field(
        default="text,summary", description="What is embedded of a document, by commas."
    )
    search_weights: str = Field(
        default="",
        description="What channels count in a search: lexical=1,text=1,summary=0.5. Else 1 each.",
    )
    offline: bool = Field(
        default=False,
        description="Contact nothing beyond this machine: no source, page, model or recogniser.",
    )
    api_listen: str | None = Field(
        default=None,
        pattern=r"^(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}$",
        description="Where the HTTP API listens beside its socket: 127.0.0.1:8642, ...",
    )
    api_token: SecretStr | None = Field(
        default=None,
        description="What callers of the HTTP API show (Authorization: Bearer); a must beyond"
        " loopback.",
    )
    alert_url: SecretStr | None = Field(
        default=None, description="Address that alerts are posted to as JSON."
    )
    alert_command: SecretStr | None = Field(
        default=None, description="Command that gets each alert as JSON on its standard input."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level that is logged."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="Log lines for people or for machines."
    )
    profile: str = Field(
        default="techniques", description="Profile of items added without a --profile."
    )
    poll_interval_s: Seconds = Field(
        default=5.0, description="Longest pause between two looks for work."
    )
    source_poll_interval_s: Count = Field(
        default=300, description="Pause between two scans of a followed folder."
    )
    file_settle_s: SecondsOrZero = Field(
        default=2.0, description="Age below which a file counts as still being written."
    )
    allow_private_addresses: bool = Field(
        default=False,
        description="Ask private and loopback addresses too: feeds of your own network.",
    )
    host_gap_s: SecondsOrZero = Field(
        default=1.0, description="Least pause between two requests to one host."
    )
    host_connections: Count = Field(default=1, description="Connections to one host at once.")
    host_paces: str = Field(
        default="",
        description="Pauses of single hosts (and connections): youtube.com=5,my.host=0.1/4,...",
    )
    media_max_gb: float = Field(
        default=100.0,
        gt=0,
        le=1_000_000,
        description="Most that uploads and downloads may take in the data folder (10^9 bytes).",
    )
    ytdlp_command: str | None = Field(
        default=None,
        description="Command that runs yt-dlp; unset: the one installed with footnoted.",
    )
    ytdlp_cookies_file: Path | None = Field(
        default=None, description="Cookies for yt-dlp, a file in Netscape's format; it is copied."
    )
    ytdlp_timeout_s: Seconds = Field(
        default=300.0, description="Longest time of one yt-dlp run; listings and sound get 4 times."
    )
    lease_s: Seconds = Field(
        default=60.0, description="Time after which the work of a dead process is taken over."
    )
    concurrency_fetch: Count = Field(default=4, description="Stages that fetch or scan at once.")
    concurrency_cpu: Count = Field(default=2, description="Stages that compute at once.")
    concurrency_model: Count = Field(default=4, description="Stages that ask models at once.")
    concurrency_index: Count = Field(default=2, description="Stages that index at once.")
    concurrency_speech: Count = Field(default=1, description="Recordings that are heard at once.")
    max_attempts: Count = Field(default=3, description="Failed attempts after which an item fails.")
    backoff_base_s: Seconds = Field(default=30.0, description="Pause after the first failure.")
    backoff_cap_s: Seconds = Field(default=3600.0, description="Longest pause after a failure.")
    page_delay_s: Seconds = Field(
        default=900.0, description="Longest time a page waits for more videos of its creator."
    )
    drain_wait_s: SecondsOrZero = Field(
        default=300.0, description="Waits up to this long that `run --drain` sleeps through."
    )
    shutdown_grace_s: Seconds = Field(
        default=660.0, description="Time that work in flight has to finish after SIGTERM."
    )
    classify_batch_size: Count = Field(default=20, description="Moments classified in one call.")
    synthesis_chunk_size: Count = Field(
        default=40, description="Moments that one call composes pages from, at most."
    )

    backup_dir: Path | None = Field(
        default=None, description="Folder of backups; unset: `backups` in the data folder."
    )
    backup_every_h: HoursOrZero = Field(
        default=24.0, description="Time between two backups by the daemon; 0: none."
    )
    backup_keep: Count = Field(default=7, description="Backups of the daemon that are kept.")
    backup_test_every_h: HoursOrZero = Field(
        default=168.0,
        description="Time between two restore tests of the newest backup; 0: none.",
    )
    retain_events: Retained = Field(
        default=None, description="How long events are kept: 90d, 2GB or 90d/2GB; unset: for good."
    )
    retain_previews: Retained = Field(
        default=None, description="The same of the first words of prompts."
    )
    retain_prompts: Retained = Field(default=None, description="The same of captured prompts.")
    retain_answers: Retained = Field(
        default=None, description="The same of answers as providers sent them."
    )
    retain_replays: Retained = Field(
        default=None,
        description="The same of the answers' text; what is gone is bought again when it is asked.",
    )
    retain_media: Retained = Field(
        default=None, description="The same of files in the data folder that nothing needs."
    )

    git_commit_sha: str | None = Field(
        default=None,
        description="Commit named in provenance where neither the build nor git knows it.",
    )

    @field_validator("anthropic_api_key")
    @classmethod
    def _no_blank_key(cls, key: SecretStr | None) -> SecretStr | None:
        """Return None for a key of nothing but blanks: whoever empties it wants no paid call."""
        return key if key is not None and key.get_secret_value().strip() else None

    @property
    def is_embedded(self) -> bool:
        """Return whether PostgreSQL is the embedded one."""
        return self.database_url is None

    @property
    def migrates_itself(self) -> bool:
        """Return whether an old schema is migrated at the start."""
        return self.is_embedded if self.auto_migrate is None else self.auto_migrate

    @property
    def socket_path(self) -> Path:
        """Return where the daemon's API listens.

        Inside the data directory, unless its path is too long for a socket (unix(7): 107 bytes).
        """
        path = self.data_dir / "daemon.sock"
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
            return path
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"footnoted-{os.geteuid()}-{digest}" / "daemon.sock"

    @property
    def fetched_dir(self) -> Path:
        """Return where what is fetched for recordings on the net lives."""
        return self.data_dir / "fetched"

    @property
    def backups_dir(self) -> Path:
        """Return where backups live."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def index_dir(self) -> Path:
        """Return where the embedded search index lives."""
        return self.data_dir / "index"


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


def bundled_dir(name: str) -> Path:
    """Return a folder that ships with footnoted: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).resolve().parent
    in_wheel = package / "_bundled" / name
    return in_wheel if in_wheel.is_dir() else package.parent.parent / name
