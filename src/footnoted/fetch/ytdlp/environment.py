"""What yt-dlp is told of the machine: what it needs, by name, and nothing else."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError
from footnoted.settings import variable

if TYPE_CHECKING:
    from collections.abc import Mapping

_PASSED = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "VIRTUAL_ENV",
        "PYTHONPATH",
        "LD_LIBRARY_PATH",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
    }
)
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_PASSED_BEGINNINGS = ("LC_", "XDG_", "DENO_")


def environment_of(
    environ: Mapping[str, str], folder: str, proxy: str | None = None
) -> dict[str, str]:
    """Return what a run in `folder` gets of our environment, with `proxy` as its only way out.

    Named one by one: keys, tokens and database addresses have many names, what yt-dlp needs few.
    """
    passed = {
        name: value
        for name, value in environ.items()
        if name.upper() in _PASSED or name.startswith(_PASSED_BEGINNINGS)
    }
    if proxy is not None:
        kept = {name: value for name, value in passed.items() if not _is_proxy(name)}
        passed = {**kept, **dict.fromkeys(_PROXIES, proxy)}
    return {**passed, "TMPDIR": folder, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}


def _is_proxy(name: str) -> bool:
    return name.upper().endswith("_PROXY")


def command_words(line: str | None) -> tuple[str, ...]:
    """Return the words of the command, split like a shell's; None: the yt-dlp installed with us.

    Raises ConfigurationError when there are none in it.
    """
    if line is None:
        return (sys.executable, "-m", "yt_dlp")
    try:
        words = shlex.split(line)
    except ValueError as error:
        message = f"{variable('ytdlp_command')}: {str(error).lower()}"
        raise ConfigurationError(message) from None
    if not words:
        message = f"{variable('ytdlp_command')} names no command"
        raise ConfigurationError(message)
    return tuple(words)
