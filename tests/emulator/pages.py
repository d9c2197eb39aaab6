"""Lists in pages, as `models` and `batches` give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.emulator.errors import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_LIMIT = 1_000


def page(entries: Sequence[dict[str, Any]], query: Mapping[str, str]) -> dict[str, object]:
    """Return the page that `limit`, `after_id` and `before_id` name. Raises RefusedError (400)."""
    limit = query.get("limit", "20")
    if not limit.isdecimal() or not 1 <= int(limit) <= MAX_LIMIT:
        message = f"limit: must be between 1 and {MAX_LIMIT}"
        raise invalid(message)
    ids = [entry["id"] for entry in entries]
    first, last = 0, len(ids)
    if query.get("after_id") in ids:
        first = ids.index(query["after_id"]) + 1
    if query.get("before_id") in ids:
        last = ids.index(query["before_id"])
        first = max(first, last - int(limit))
    chosen = list(entries[first : min(last, first + int(limit))])
    more = first > 0 if "before_id" in query else first + len(chosen) < len(ids)
    return {
        "data": chosen,
        "has_more": more,
        "first_id": chosen[0]["id"] if chosen else None,
        "last_id": chosen[-1]["id"] if chosen else None,
    }
