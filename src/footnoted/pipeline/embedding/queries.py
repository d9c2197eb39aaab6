"""Queries into vectors: kept as those of documents are, so the same question is bought once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from footnoted.errors import BudgetExceededError, DependencyDownError, TransientError
from footnoted.llm.call import CallScope
from footnoted.pipeline.embedding.buying import Buyer, Order
from footnoted.search.embedding import store
from footnoted.search.embedding.port import NotEmbeddedError
from footnoted.search.embedding.recipes import Purpose, text_sha256

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from footnoted.pipeline.embedding.access import EmbeddingAccess
    from footnoted.search.embedding.spec import Channel

NOBODYS = ("embedding", 0)
"""The item in whose name calls are journaled that belong to no video."""
_PATIENCE_S = 5.0


class QueryEmbedding:
    """Embeds queries through an access, in a few seconds or not at all."""

    def __init__(self, access: EmbeddingAccess, *, patience_s: float = _PATIENCE_S) -> None:
        """Give up on a query after `patience_s`; what was sent is journaled all the same."""
        self._access = access
        self._buyer = Buyer(access)
        self._patience_s = patience_s

    async def of_query(
        self, channels: Sequence[Channel], text: str
    ) -> Mapping[str, Sequence[float]]:
        """Return the vector of a text by channel. Raises NotEmbeddedError when there is none."""
        for channel in channels:
            if not self._access.makes(channel):
                message = (
                    f"the index was made by {channel.model} of {channel.maker}"
                    f" ({channel.base_url or 'its own address'}), which is not set up any more"
                )
                raise NotEmbeddedError(message)
        by_hash = {channel.sha256: channel for channel in channels}
        sha256 = text_sha256(text, Purpose.QUERY)
        try:
            async with asyncio.timeout(self._patience_s):
                for channel in by_hash.values():
                    scope = CallScope(*NOBODYS, "query")
                    await self._buyer.fill(Order(channel, Purpose.QUERY, (text,), scope))
                found = await self._kept(by_hash, sha256)
        except TimeoutError:
            message = f"the query was not embedded within {self._patience_s:g} s"
            raise NotEmbeddedError(message) from None
        except (TransientError, BudgetExceededError, DependencyDownError) as error:
            raise NotEmbeddedError(error.message) from error
        return {
            channel.name: found[channel.sha256] for channel in channels if channel.sha256 in found
        }

    async def _kept(
        self, by_hash: Mapping[str, Channel], text_sha256_: str
    ) -> Mapping[str, Sequence[float]]:
        found: dict[str, Sequence[float]] = {}
        async with self._access.database.transaction() as session:
            for channel_sha256 in by_hash:
                known = await store.kept(session, channel_sha256, [text_sha256_])
                vector = known[text_sha256_].vector if text_sha256_ in known else None
                if vector is not None:
                    found[channel_sha256] = vector
        return found
