"""The one error of recordings that cannot be heard, and why."""

from __future__ import annotations

from footnoted.errors import PermanentError


class AudioUnreadableError(PermanentError):
    """The file gives no sound that could be recognised; `failure_code` says why."""

    code = "audio_unreadable"


def missing(name: str, why: str) -> AudioUnreadableError:
    """Return that a file cannot be opened at all."""
    return AudioUnreadableError(f"{name}: {why}", failure_code="audio_missing", concerns=name)


def malformed(name: str, why: str) -> AudioUnreadableError:
    """Return that a file is of no kind that can be decoded, or is broken."""
    return AudioUnreadableError(f"{name}: {why}", failure_code="audio_malformed", concerns=name)


def without_sound(name: str, why: str) -> AudioUnreadableError:
    """Return that a file decodes and holds no sound."""
    return AudioUnreadableError(f"{name}: {why}", failure_code="audio_without_sound", concerns=name)


def too_long(name: str, limit_s: float) -> AudioUnreadableError:
    """Return that a file goes on for longer than anything should."""
    message = f"{name}: it is longer than {limit_s / 3600:g} hours"
    return AudioUnreadableError(message, failure_code="audio_too_long", concerns=name)
