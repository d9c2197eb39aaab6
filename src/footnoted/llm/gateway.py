"""The only way to a model: journal, ask, journal the answer, validate, return.

    ask_all: hash each request -> replay what is answered -> reserve -> mark sent -> ask
             -> journal each raw answer as it comes -> validate all -> one outcome

The gateway owns the tasks that ask: when a stage is cancelled or loses its claim, answers that are
on their way are still journaled, and the stage that runs next replays them.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakValueDictionary

from pydantic import BaseModel, ValidationError

from footnoted.db.outage import DatabaseDownError
from footnoted.errors import ContractViolationError, TransientError
from footnoted.ledger import store
from footnoted.ledger.journal import FREE, CallDraft, CallState, Settlement
from footnoted.llm.port import CallOptions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import datetime

    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.journal import Entry
    from footnoted.llm.port import Model, ModelRequest, RawAnswer

AnswerT = TypeVar("AnswerT", bound=BaseModel)

IN_FLIGHT_WAIT_S = 5.0
_ANSWER_KEPT_S = 120.0
_JOURNAL_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True)
class CallScope:
    """What calls are made for: journal rows carry it, and `generation` asks for a fresh answer."""

    item_kind: str
    item_id: int
    stage: str
    generation: int = 0


def request_sha256(model: str, request: ModelRequest[BaseModel]) -> str:
    """Return the identity of a request: model, parameters, rendered prompt and answer schema."""
    parts = {
        "model": model,
        "max_tokens_out": request.max_tokens_out,
        "system": request.prompt.system,
        "user": request.prompt.user,
        "prompt": request.prompt.sha256,
        "schema": _schema_sha256(request.answer),
        "task": request.task.model_dump(mode="json") if model == "extractive" else None,
    }
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@cache
def _schema_sha256(answer: type[BaseModel]) -> str:
    schema = json.dumps(answer.model_json_schema(), sort_keys=True)
    return hashlib.sha256(schema.encode()).hexdigest()


class Gateway:
    """Asks one model on behalf of stages, through the journal."""

    def __init__(self, database: Database, model: Model, clock: Clock) -> None:
        """Join the journal's database and the model that answers."""
        self._database = database
        self._model = model
        self._clock = clock
        self._in_flight: dict[str, asyncio.Task[_Answered]] = {}
        self._begun: defaultdict[str, list[datetime]] = defaultdict(list)
        self._flights = _Flights()

    @property
    def model_name(self) -> str:
        """Return the name of the model that answers."""
        return self._model.name

    def asker(self, scope: CallScope) -> ScopedAsker:
        """Return what a stage gets to ask with, bound to what it asks for."""
        return ScopedAsker(self, scope)

    async def ask_all(
        self, scope: CallScope, requests: Sequence[ModelRequest[AnswerT]]
    ) -> list[AnswerT]:
        """Return one validated answer per request, in the order of the requests.

        Raises TransientError while another caller is sending an equal request, and
        ContractViolationError, after every answer is journaled, when one is not of its schema.
        """
        if not requests:
            return []
        hashes = [request_sha256(self._model.name, request) for request in requests]
        async with self._flights.sole(hashes):
            known = await self._known(scope, hashes)
            fresh = {
                digest: request
                for digest, request in zip(hashes, requests, strict=True)
                if digest not in known
            }
            answers = known | (await self._buy(scope, fresh) if fresh else {})
        checked = [
            await self._checked(answers[digest], request)
            for digest, request in zip(hashes, requests, strict=True)
        ]
        return [_or_raise(answer) for answer in checked]

    async def settled(self) -> None:
        """Return when no answer is on its way any more."""
        while self._in_flight:
            await asyncio.wait(self._in_flight.values())

    async def _known(self, scope: CallScope, hashes: Sequence[str]) -> dict[str, _Answered]:
        async with self._database.transaction() as session:
            entries = await store.latest_entries(session, list(dict.fromkeys(hashes)))
        return {
            digest: _Answered(entry.id, entry.answer)
            for digest, entry in entries.items()
            if entry.usable and entry.answer is not None and entry.generation >= scope.generation
        }

    async def _buy(
        self, scope: CallScope, fresh: dict[str, ModelRequest[AnswerT]]
    ) -> dict[str, _Answered]:
        """Return the answers that are not known; who was cancelled may find its call on its way."""
        tasks = {digest: self._in_flight[digest] for digest in fresh if digest in self._in_flight}
        if unasked := {digest: fresh[digest] for digest in fresh if digest not in tasks}:
            call_ids = await self._reserve(scope, unasked)
            async with self._database.transaction() as session:
                await store.mark_sent(session, list(call_ids.values()), self._clock.now())
            for digest, request in unasked.items():
                tasks[digest] = self._start(digest, call_ids[digest], request)
        results = await asyncio.gather(
            *(asyncio.shield(task) for task in tasks.values()), return_exceptions=True
        )
        bought: dict[str, _Answered] = {}
        for digest, result in zip(tasks, results, strict=True):
            if isinstance(result, BaseException):
                raise result
            bought[digest] = result
        return bought

    async def _reserve(
        self, scope: CallScope, fresh: dict[str, ModelRequest[AnswerT]]
    ) -> dict[str, int]:
        """Return the row id of each call, all reserved or none.

        A row that this process reserved and lost sight of, with its database, is taken up again.
        """
        now = self._clock.now()
        left = [(digest, at) for digest in fresh for at in self._begun.get(digest, ())]
        for digest in fresh:
            self._begun[digest].append(now)
        async with self._database.transaction() as session:
            entries = await store.latest_entries(session, list(fresh))
            drafts = [
                self._draft(scope, digest, request, entries.get(digest))
                for digest, request in sorted(fresh.items())
            ]
            taking = store.Taking(now, may_resend=self._model.is_free, left_by_us=left)
            call_ids = await store.reserve(session, drafts, taking)
            if taken := len(fresh) - len(call_ids):
                message = f"{taken} equal calls are being made by another item"
                raise TransientError(
                    message, wait_reason="call_in_flight", retry_after_s=IN_FLIGHT_WAIT_S
                )
        return call_ids

    def _draft(
        self,
        scope: CallScope,
        digest: str,
        request: ModelRequest[AnswerT],
        entry: Entry | None,
    ) -> CallDraft:
        generation = scope.generation
        if entry is not None:
            spent = entry.state in (CallState.ANSWERED, CallState.UNKNOWN)
            generation = max(generation, entry.generation + (1 if spent else 0))
        return CallDraft(
            request_sha256=digest,
            generation=generation,
            item_kind=scope.item_kind,
            item_id=scope.item_id,
            stage=scope.stage,
            label=request.label,
            model=self._model.name,
            prompt_sha256=request.prompt.sha256,
            reserved_usd=FREE,
        )

    def _start(
        self, digest: str, call_id: int, request: ModelRequest[AnswerT]
    ) -> asyncio.Task[_Answered]:
        task = asyncio.create_task(self._ask(call_id, request))
        self._in_flight[digest] = task
        task.add_done_callback(lambda ended: self._ended(digest, ended))
        return task

    def _ended(self, digest: str, task: asyncio.Task[_Answered]) -> None:
        del self._in_flight[digest]
        if not task.cancelled() and task.exception() is None:
            del self._begun[digest]

    async def _ask(self, call_id: int, request: ModelRequest[BaseModel]) -> _Answered:
        raw = await self._answer_of(call_id, request)
        settlement = Settlement(
            answer=raw.text,
            stop_reason=raw.stop_reason,
            usage=raw.usage.model_dump(),
            cost_usd=FREE,
            provider_request_id=raw.provider_request_id,
        )
        await self._journal(call_id, settlement)
        return _Answered(call_id, raw.text)

    async def _journal(self, call_id: int, settlement: Settlement) -> None:
        """Write an answer down; it is kept in hand while the database is away, though not for ever.

        Raises DatabaseDownError when that lasts.
        """
        give_up_at_s = self._clock.monotonic_s() + _ANSWER_KEPT_S
        while True:
            try:
                async with self._database.transaction() as session:
                    await store.settle(session, call_id, settlement, self._clock.now())
            except DatabaseDownError:
                if self._clock.monotonic_s() > give_up_at_s:
                    raise
                await self._clock.sleep(_JOURNAL_PAUSE_S)
            else:
                return

    async def _answer_of(self, call_id: int, request: ModelRequest[BaseModel]) -> RawAnswer:
        """Return the raw answer; a call that failed and can't have been billed is released."""
        try:
            return await self._model.answer(request, CallOptions())
        except Exception:
            if self._model.is_free:
                async with self._database.transaction() as session:
                    await store.release(session, [call_id])
            raise

    async def _checked(
        self, answered: _Answered, request: ModelRequest[AnswerT]
    ) -> AnswerT | ContractViolationError:
        """Return the answer as its schema has it, or what is wrong with it, journaled."""
        try:
            return request.answer.model_validate_json(answered.text)
        except ValidationError as error:
            reason = f"{request.label}: {error.error_count()} schema violations"
        async with self._database.transaction() as session:
            await store.mark_unusable(session, answered.call_id, reason)
        return ContractViolationError(reason)


def _or_raise(answer: AnswerT | ContractViolationError) -> AnswerT:
    if isinstance(answer, ContractViolationError):
        raise answer
    return answer


@dataclass(frozen=True, slots=True)
class _Answered:
    call_id: int
    text: str


class _Flights:
    """Lets one caller at a time ask for a request; who comes second finds the answer journaled."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def sole(self, hashes: Sequence[str]) -> AsyncGenerator[None]:
        """Hold every one of `hashes` alone; taken in order, so that two callers never deadlock."""
        locks = [self._locks.setdefault(digest, asyncio.Lock()) for digest in sorted(set(hashes))]
        async with AsyncExitStack() as stack:
            for lock in locks:
                await stack.enter_async_context(lock)
            yield


class ScopedAsker:
    """The gateway bound to one item and stage."""

    def __init__(self, gateway: Gateway, scope: CallScope) -> None:
        """Ask through `gateway` in the name of `scope`."""
        self._gateway = gateway
        self._scope = scope

    async def ask_all(self, requests: Sequence[ModelRequest[AnswerT]]) -> list[AnswerT]:
        """Return one validated answer per request, in the order of the requests."""
        return await self._gateway.ask_all(self._scope, requests)
