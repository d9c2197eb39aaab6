"""What a locator matches: a folder with everything below it, a glob, or single files."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from footnoted.errors import UsageError

_MAGIC = re.compile(r"[*?\[]")
_CLASS = re.compile(r"\[([!^]?)(\]?[^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to walk, how deep (None: all the way), and which paths there are meant (None: all)."""

    root: str
    max_depth: int | None
    pattern: re.Pattern[str] | None

    def wants(self, path: str) -> bool:
        """Return whether a file at this real path is meant."""
        return self.pattern is None or self.pattern.fullmatch(path) is not None


def is_glob(locator: str) -> bool:
    """Return whether the locator is a pattern; a file or folder of that very name is none."""
    return _MAGIC.search(locator) is not None and not os.path.lexists(locator)


def read_target(locator: str) -> Target:
    """Return what an absolute locator means; `**` in a glob stands for folders of any depth.

    Raises UsageError for a pattern that makes no sense, such as `[z-a]`.
    """
    if not is_glob(locator):
        return Target(locator, None, None)
    parts = locator.split(os.sep)  # noqa: PTH206 - Path would drop what `**/` ends with
    fixed = next(n for n, part in enumerate(parts) if _MAGIC.search(part))
    root = os.sep.join(parts[:fixed]) or os.sep  # noqa: PTH118 - as above
    rest = parts[fixed:]
    depth = None if "**" in rest else len(rest) - 1
    if rest[-1] == "**":
        rest = [*rest, "*"]
    pattern = "".join(_part_pattern(part) for part in rest[:-1]) + _translate(rest[-1])
    try:
        compiled = re.compile(re.escape(root.rstrip(os.sep) + os.sep) + pattern, re.DOTALL)
    except re.error as error:
        message = f"{locator} is no pattern of paths: {error}"
        raise UsageError(message) from None
    return Target(root, depth, compiled)


def _part_pattern(part: str) -> str:
    separator = re.escape(os.sep)
    return f"(?:[^{separator}]+{separator})*" if part == "**" else _translate(part) + separator


def _translate(part: str) -> str:
    """Return the pattern of one part of a path; none of it crosses a separator."""
    out: list[str] = []
    at = 0
    while at < len(part):
        found = _CLASS.match(part, at)
        if part[at] == "*":
            out.append(f"[^{re.escape(os.sep)}]*")
        elif part[at] == "?":
            out.append(f"[^{re.escape(os.sep)}]")
        elif found is not None:
            negated = f"^{re.escape(os.sep)}" if found[1] else ""
            out.append(f"[{negated}{_class(found[2])}]")
            at = found.end()
            continue
        else:
            out.append(re.escape(part[at]))
        at += 1
    return "".join(out)


def _class(members: str) -> str:
    return re.sub(r"([\\\[\]^&~|])", r"\\\1", members)
