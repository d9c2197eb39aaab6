"""JSON that a model wrapped in a code fence or in prose, taken out of it.

For models that can only be asked in words for JSON. Strict: where it is not certain which JSON was
meant, the text stays as it is, and whoever validates it says what is wrong.
"""

from __future__ import annotations

import json
import re

_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"^```[a-zA-Z]*[ \t]*\n(.*?)\n```[ \t]*$", re.DOTALL | re.MULTILINE)


def unwrapped(text: str) -> str:
    """Return the one JSON object in `text`, as it was written; else `text`.

    It may be all there is, the one code fence, or the one object in prose without other braces.
    """
    said = _THOUGHTS.sub("", text).strip()
    if _is_object(said):
        return said
    fenced = [match.strip() for match in _FENCE.findall(said)]
    if fenced:
        return fenced[0] if len(fenced) == 1 and _is_object(fenced[0]) else text
    first, last = said.find("{"), said.rfind("}")
    inner = said[first : last + 1] if first >= 0 else ""
    return inner if _is_object(inner) else text


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
