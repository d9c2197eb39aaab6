"""Message batches: accepted, worked on out of sight, ended, and kept for their results."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.emulator.chance import digest, drawn
from tests.emulator.clocks import rfc3339
from tests.emulator.errors import Refusal, RefusedError, invalid, not_found

if TYPE_CHECKING:
    from tests.emulator.batch_items import ItemWorker
    from tests.emulator.engine import Engine

DAY_S = 86_400.0
KEPT_S = 29 * DAY_S
MAX_REQUESTS = 100_000
CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
RESULTS = ("succeeded", "errored", "canceled", "expired")


@dataclass(slots=True)
class Item:
    """One request of a batch, due at `due_s`; `result` once it is worked on."""

    custom_id: str
    params: dict[str, Any]
    due_s: float
    result: dict[str, Any] | None = None


@dataclass(slots=True)
class Batch:
    """One batch; `ends_s` moves forward when it is cancelled."""

    id: str
    created_s: float
    ends_s: float
    headers: dict[str, str]
    version: str
    items: list[Item] = field(default_factory=list)
    cancel_s: float | None = None
    done: bool = False

    def status(self, now_s: float) -> str:
        """Return the processing status."""
        if now_s >= self.ends_s:
            return "ended"
        return "in_progress" if self.cancel_s is None else "canceling"

    def counts(self, now_s: float) -> dict[str, int]:
        """Return the counts; all but `processing` stay zero until the batch has ended."""
        if now_s < self.ends_s:
            return {"processing": len(self.items), **dict.fromkeys(RESULTS, 0)}
        kinds = [item.result["type"] for item in self.items if item.result]
        return {"processing": 0, **{kind: kinds.count(kind) for kind in RESULTS}}

    def view(self, now_s: float, base_url: str) -> dict[str, object]:
        """Return the MessageBatch object."""
        ended = now_s >= self.ends_s
        results_url = f"{base_url}/v1/messages/batches/{self.id}/results"
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": self.status(now_s),
            "request_counts": self.counts(now_s),
            "created_at": rfc3339(self.created_s),
            "expires_at": rfc3339(self.created_s + DAY_S),
            "ended_at": rfc3339(self.ends_s) if ended else None,
            "cancel_initiated_at": rfc3339(self.cancel_s) if self.cancel_s else None,
            "archived_at": None,
            "results_url": results_url if ended else None,
        }


def checked_requests(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the requests of a create call. Raises RefusedError (400)."""
    requests = body.get("requests")
    if not isinstance(requests, list) or not 0 < len(requests) <= MAX_REQUESTS:
        message = f"requests: between 1 and {MAX_REQUESTS} requests"
        raise invalid(message)
    seen: set[str] = set()
    for request in requests:
        custom_id = request.get("custom_id") if isinstance(request, dict) else None
        if not isinstance(custom_id, str) or CUSTOM_ID.fullmatch(custom_id) is None:
            message = "requests.custom_id: must match ^[a-zA-Z0-9_-]{1,64}$"
            raise invalid(message)
        if custom_id in seen:
            message = f"requests.custom_id: {custom_id} is not unique"
            raise invalid(message)
        if not isinstance(request.get("params"), dict):
            message = "requests.params: Field required"
            raise invalid(message)
        seen.add(custom_id)
    return requests


class BatchDesk:
    """All batches, newest last. Work that is due is done whenever somebody looks."""

    def __init__(self, engine: Engine, worker: ItemWorker) -> None:
        """Start without any."""
        self._engine = engine
        self._worker = worker
        self._batches: dict[str, Batch] = {}
        self._made = 0

    def create(self, body: dict[str, Any], headers: dict[str, str], version: str) -> Batch:
        """Accept a batch. Raises RefusedError (400, 429)."""
        settings, now_s = self._engine.configuration.batches, self._engine.clock.now()
        self._engine.limiter.admit_single("batches", settings.rpm, now_s)
        requests = checked_requests(body)
        queued = sum(len(b.items) for b in self._batches.values() if now_s < b.ends_s)
        if queued + len(requests) > settings.queue_limit:
            message = f"Your organization may queue {settings.queue_limit} batch requests."
            raise RefusedError(Refusal(429, message, retry_after_s=60, should_retry=True))
        self._made += 1
        batch_id = f"msgbatch_{digest(self._engine.configuration.seed, 'batch', self._made)[:24]}"
        duration_s = self._duration_s(batch_id)
        batch = Batch(batch_id, now_s, now_s + min(duration_s, DAY_S), headers, version)
        for request in requests:
            share = drawn(batch_id, request["custom_id"]).random()
            due_s = now_s + duration_s * share
            batch.items.append(Item(request["custom_id"], request["params"], due_s))
        self._batches[batch.id] = batch
        return batch

    def _duration_s(self, batch_id: str) -> float:
        settings = self._engine.configuration.batches
        if settings.duration_s is not None:
            return settings.duration_s
        return drawn(batch_id).lognormvariate(math.log(settings.median_s), settings.sigma)

    def work(self) -> None:
        """Do all items that are due, in the order they were due."""
        now_s = self._engine.clock.now()
        open_items = [
            (min(item.due_s, batch.ends_s), batch, item)
            for batch in self._batches.values()
            if not batch.done
            for item in batch.items
            if item.result is None and min(item.due_s, batch.ends_s) <= now_s
        ]
        for at_s, batch, item in sorted(open_items, key=lambda entry: entry[0]):
            item.result = self._result(batch, item, at_s)
        for batch in {id(batch): batch for _, batch, _ in open_items}.values():
            batch.done = all(item.result is not None for item in batch.items)

    def _result(self, batch: Batch, item: Item, at_s: float) -> dict[str, Any]:
        if item.due_s > batch.ends_s:
            return {"type": "canceled" if batch.cancel_s is not None else "expired"}
        return self._worker.result(batch, item, at_s)

    def get(self, batch_id: str) -> Batch:
        """Return a batch, up to date. Raises RefusedError (404) while it cannot be seen yet."""
        self.work()
        batch = self._batches.get(batch_id)
        settings = self._engine.configuration.batches
        if batch is None or self._engine.clock.now() < batch.created_s + settings.visible_after_s:
            message = f"Batch {batch_id} not found"
            raise not_found(message)
        return batch

    def cancel(self, batch_id: str) -> Batch:
        """Start to cancel a batch: what is done by now stays done."""
        batch = self.get(batch_id)
        now_s = self._engine.clock.now()
        if now_s >= batch.ends_s:
            message = f"Batch {batch_id} cannot be canceled because it has ended."
            raise invalid(message)
        if batch.cancel_s is None:
            batch.cancel_s = now_s
            batch.ends_s = min(batch.ends_s, now_s + self._engine.configuration.batches.cancel_s)
            for item in batch.items:
                item.due_s = item.due_s if item.result is not None else math.inf
        return batch

    def delete(self, batch_id: str) -> None:
        """Forget an ended batch."""
        batch = self.get(batch_id)
        if self._engine.clock.now() < batch.ends_s:
            message = f"Batch {batch_id} cannot be deleted while it is processed."
            raise invalid(message)
        del self._batches[batch_id]

    def results(self, batch_id: str) -> list[dict[str, Any]]:
        """Return the results in an order of their own. Raises RefusedError (404)."""
        batch = self.get(batch_id)
        now_s = self._engine.clock.now()
        if not batch.ends_s <= now_s < batch.created_s + KEPT_S:
            message = f"Batch {batch_id} has no results."
            raise not_found(message)
        lines = [{"custom_id": item.custom_id, "result": item.result} for item in batch.items]
        drawn(batch_id, "order").shuffle(lines)
        return lines

    def listed(self) -> list[Batch]:
        """Return all batches, newest first."""
        self.work()
        return list(reversed(self._batches.values()))
