"""Why a search found nothing, in a sentence that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.cli.finding import find
from footnoted.search.port import Filters, Query
from footnoted.search.store import count_documents

if TYPE_CHECKING:
    from footnoted.cli.finding import Reach

NOTHING_YET = (
    "Nothing is indexed yet: `footnoted add PATH` takes files, `footnoted run --drain` works on"
    " them, `footnoted status` shows how far it is."
)


async def explain_no_hits(way: Reach, query: Query) -> str:
    """Return why nothing was found: an empty index, filters that are too narrow, or the words."""
    storage = await way.storage()
    async with storage.database.transaction() as session:
        documents = await count_documents(session)
    if documents == 0:
        return NOTHING_YET
    narrow = query.filters.model_dump(exclude_none=True)
    if narrow and await find(way, Query(text=query.text, limit=1)):
        return f"Nothing matches with {_options(narrow)}; without, there are hits."
    return f"None of the {documents:,} documents has these words. {_looser(query.filters)}"


def _options(narrow: dict[str, object]) -> str:
    names = {"source_id": "source"}
    return ", ".join(f"--{names.get(name, name)}" for name in narrow)


def _looser(filters: Filters) -> str:
    if filters != Filters():
        return "Other words or fewer filters may find more."
    return "Other words may find more."
