"""Single batch items: validated late, answered, billed at half price, held by no token limit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.emulator.chance import drawn
from tests.emulator.errors import Refusal, RefusedError, invalid
from tests.emulator.layout import layout_of
from tests.emulator.matching import Subject
from tests.emulator.prices import cost_usd
from tests.emulator.validation import check_message

if TYPE_CHECKING:
    from tests.emulator.batches import Batch, Item
    from tests.emulator.cache import Split
    from tests.emulator.engine import Engine
    from tests.emulator.layout import Layout
    from tests.emulator.models import ModelCard

NOT_IN_BATCHES = ("stream", "speed")


def _errored(batch: Batch, refusal: Refusal) -> dict[str, Any]:
    return {"type": "errored", "error": refusal.body(f"req_{batch.id}")}


class ItemWorker:
    """Turns an item into its result; only what succeeds is billed."""

    def __init__(self, engine: Engine) -> None:
        """Work with the engine's answers, cache and books."""
        self._engine = engine

    def result(self, batch: Batch, item: Item, at_s: float) -> dict[str, Any]:
        """Return the `result` object of an item that is due at `at_s`."""
        outcome = self._scripted(item.custom_id)
        if outcome == "expired":
            return {"type": "expired"}
        if outcome == "errored":
            return _errored(batch, Refusal(500, "Emulated api_error"))
        try:
            card = self._checked(batch, item)
        except RefusedError as error:
            return _errored(batch, error.refusal)
        return {"type": "succeeded", "message": self._message(batch, item, card, at_s)}

    def _scripted(self, custom_id: str) -> str:
        rules = self._engine.configuration.batches.outcomes
        found = (rule.outcome for rule in rules if rule.custom_id_contains in custom_id)
        return next(found, "succeeded")

    def _checked(self, batch: Batch, item: Item) -> ModelCard:
        for name in NOT_IN_BATCHES:
            if item.params.get(name):
                message = f"{name}: not supported in batches"
                raise invalid(message)
        if item.params.get("max_tokens") == 0:
            message = "max_tokens: 0 is not supported in batches"
            raise invalid(message)
        strict = self._engine.configuration.strict_fields
        return check_message(item.params, batch.version, strict=strict)

    def _split(self, scope: str, layout: Layout, card: ModelCard, item: Item, at_s: float) -> Split:
        chance = drawn(self._engine.configuration.seed, "batch hit", item.custom_id).random()
        if chance >= self._engine.configuration.batches.cache_hit_probability:
            return self._engine.cache.cold_split(layout, card.min_cacheable)
        return self._engine.cache.split(scope, layout, card.min_cacheable, at_s)

    def _message(self, batch: Batch, item: Item, card: ModelCard, at_s: float) -> dict[str, object]:
        subject = Subject("messages", item.params, batch.headers, item.custom_id)
        scope, layout = self._engine.scope_of(subject, card), layout_of(item.params)
        split = self._split(scope, layout, card, item, at_s)
        running = self._engine.prepare(subject, card, layout, split, None)
        self._engine.cache.commit(scope, split, at_s)
        reply = replace(running.reply, terms=replace(running.reply.terms, batch=True))
        row = running.row
        row.accepted_s = row.settled_s = at_s
        row.batch_id, row.tokens = batch.id, reply.tokens
        row.stop_reason = reply.answer.stop_reason
        row.billed_usd = cost_usd(card.id, reply.tokens, reply.terms, at_s)
        return reply.message()
