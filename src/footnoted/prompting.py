"""Prompt files: found, hashed and rendered; the text of a prompt never stands in Python.

A prompt file has a system part and a user part, divided by a line `=== user ===`. Both hold
placeholders `{{name}}`; what is put there stands between tags whose closing form is escaped inside
it. Data from outside is put into the user part only. The system part takes configuration, such as a
taxonomy, so that it is the same for every call of a stage and a provider can keep it in its cache.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footnoted.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_DIVIDER = "\n=== user ===\n"
_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")
_OPTIONAL = frozenset({"output_language"})
"""What a prompt may do without as long as nobody asks for it; then its profile is refused."""


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """A prompt ready to send, with the hash of the file it came from."""

    system: str
    user: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file as read; `sha256` is its version."""

    name: str
    system: str
    user: str
    sha256: str

    def render(
        self, values: Mapping[str, str], configuration: Mapping[str, str] | None = None
    ) -> RenderedPrompt:
        """Return the prompt with each `{{name}}` replaced by a tagged, escaped value.

        The system part is filled from `configuration` alone, the user part from both. Raises
        ConfigurationError when the file names a placeholder that its part is not given.
        """
        settled = configuration or {}
        system = self._filled(self.system, settled)
        return RenderedPrompt(system, self._filled(self.user, {**settled, **values}), self.sha256)

    def asks_for(self, name: str) -> bool:
        """Return whether the user part has the placeholder `{{name}}`."""
        return name in self.placeholders

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Return what is put into the user part, in its order."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.user)))

    def left_out_by(self, other: Prompt) -> tuple[str, ...]:
        """Return what this prompt puts in and `other` leaves out: it would not be asked about.

        What stands in the system part may stand in either part of the other.
        """
        settled = dict.fromkeys(_PLACEHOLDER.findall(self.system))
        anywhere = {*_PLACEHOLDER.findall(other.system), *other.placeholders}
        lacking = [name for name in settled if name not in anywhere]
        return (*lacking, *(name for name in self.placeholders if not other.asks_for(name)))

    def _filled(self, part: str, values: Mapping[str, str]) -> str:
        def put(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in values:
                known = ", ".join(sorted(values))
                message = f"prompt {self.name}: unknown placeholder {{{{{name}}}}} (known: {known})"
                raise ConfigurationError(message)
            value = values[name]
            for tag in tags:
                value = escape(value, tag)
            return f"<{name}>\n{value}\n</{name}>"

        # No value opens or closes a tag of another either.
        tags = sorted(set(_PLACEHOLDER.findall(part)))
        return _PLACEHOLDER.sub(put, part)


def escape(text: str, tag: str) -> str:
    """Return `text` with every opening or closing form of `tag` made harmless."""
    return re.sub(rf"<(\s*/?\s*{re.escape(tag)}\b)", r"&lt;\1", text, flags=re.IGNORECASE)


def parse_prompt(name: str, text: str) -> Prompt:
    """Return the prompt that `text` holds; raise ConfigurationError without a user part."""
    system, divider, user = text.partition(_DIVIDER)
    if not divider:
        message = f"prompt {name}: the line '=== user ===' between system and user part is missing"
        raise ConfigurationError(message)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Prompt(name, system.strip(), user.strip(), digest)


def find_resource(roots: Sequence[Path], relative: str) -> Path:
    """Return the first existing `root / relative`; a miss lists every path that was tried."""
    tried = [root / relative for root in roots]
    for path in tried:
        if path.is_file():
            return path
    message = f"{relative} was not found; looked at: " + ", ".join(str(path) for path in tried)
    raise ConfigurationError(message)


def fault_at(path: Path, line: int, sentence: str) -> ConfigurationError:
    """Return the error that names a file and a line."""
    return ConfigurationError(f"{path}, line {line}: {sentence}")


def read_text(path: Path) -> str:
    """Return the text of a file; raise ConfigurationError when it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise fault_at(path, 1, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise fault_at(path, line, "is not UTF-8 text") from None


def read_prompt(roots: Sequence[Path], profile: str, stage: str) -> Prompt:
    """Return `<profile>/<stage>.md` from the first root that has it.

    Raises ConfigurationError for one that leaves out what the one of the last root, which ships, is
    asked about.
    """
    relative = f"{profile}/{stage}.md"
    path, shipped = find_resource(roots, relative), roots[-1] / relative
    prompt = parse_prompt(relative, read_text(path))
    if path == shipped or not shipped.is_file():
        return prompt
    usual = parse_prompt(relative, read_text(shipped))
    if left_out := [name for name in usual.left_out_by(prompt) if name not in _OPTIONAL]:
        message = f"{path} leaves out {listed(left_out)}, which the prompt that ships puts in"
        raise ConfigurationError(message)
    return prompt


def listed(placeholders: Sequence[str]) -> str:
    """Return placeholders as they stand in files."""
    return ", ".join(f"{{{{{name}}}}}" for name in placeholders)
