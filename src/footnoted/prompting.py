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
    """Return `<profile>/<stage>.md` from the first root that has it."""
    relative = f"{profile}/{stage}.md"
    return parse_prompt(relative, read_text(find_resource(roots, relative)))
