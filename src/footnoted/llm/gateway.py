"""The only way to a model: replay what the journal knows, buy the rest, believe nothing.

    ask_all: hash each request -> replay what is answered -> buy the rest -> one outcome

An answer may be flawed, and what is done about it depends on the journal alone, so a stage that
runs again walks the same way and pays for nothing twice:

    truncated -> divided, or once with more room      refused -> the next model of the chain
    invalid   -> repaired once, then asked anew under the next generation

When a stage is cancelled or loses its claim, answers that are on their way are still journaled
(flights.py), and the stage that runs next replays them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from footnoted.errors import (
    BudgetExceededError,
    ContractViolationError,
    PermanentError,
    TransientError,
)
from footnoted.ledger import store
from footnoted.ledger.faults import CallFailedError, FaultKind, wait_of
from footnoted.ledger.journal import Flaw
from footnoted.llm.call import Call, CallScope
from footnoted.llm.flights import Flights
from footnoted.llm.identity import request_sha256
from footnoted.llm.repair import complaint_of, repair_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footnoted.db.session import Database
    from footnoted.ledger.journal import Entry
    from footnoted.llm.port import Model, ModelRequest
    from footnoted.llm.purchase import Purchaser
    from footnoted.llm.routes import Routes
    from footnoted.prompting import Prompt

AnswerT = TypeVar("AnswerT", bound=BaseModel)

BOUGHT, REPLAYED = "bought", "replayed"
_LONGER = ":longer"
_LOST_WAIT_S, _LOST_WAIT_CAP_S = 30.0, 21_600.0


class Gateway:
    """Asks the models of each stage's route, through the journal."""

    def __init__(
        self, database: Database, routes: Routes, purchaser: Purchaser[Call], repair: Prompt
    ) -> None:
        """Join the journal's database, the models, and what buys from them."""
        self._database = database
        self._routes = routes
        self._repair = repair
        self._flights = Flights(purchaser)

    def asker(self, scope: CallScope) -> ScopedAsker:
        """Return what a stage gets to ask with, bound to what it asks for."""
        return ScopedAsker(self, scope)

    async def ask_all(
        self,
        scope: CallScope,
        requests: Sequence[ModelRequest[AnswerT]],
        tally: Counter[str] | None = None,
        answered_by: set[str] | None = None,
    ) -> list[AnswerT]:
        """Return one validated answer per request, in the order of the requests.

        `tally` is told of each call that was `bought` or `replayed`, `answered_by` of each model
        whose answer was taken.

        Every request of the wave is settled before anything is raised; then one outcome is: the
        database's absence, a wait for the provider, for money, for another caller (TransientError,
        BudgetExceededError), a refusal (PermanentError), a bad answer (ContractViolationError).
        """
        if not requests:
            return []
        counts = Counter[str]() if tally is None else tally
        walk = _Walk(self, scope, counts, answered_by, siblings=len(requests))
        await walk.look_up(requests)
        found = await asyncio.gather(
            *(walk.answer(request) for request in requests), return_exceptions=True
        )
        failures = [result for result in found if isinstance(result, BaseException)]
        if failures:
            raise min(failures, key=_rank)
        return [result for result in found if not isinstance(result, BaseException)]

    def close(self) -> None:
        """Send no paid call from now on; what is not sent yet is given up."""
        self._flights.close()

    async def settled(self) -> None:
        """Return when no answer is on its way any more, after `close`."""
        await self._flights.settled()

    def chain(self, scope: CallScope) -> tuple[Model, ...]:
        """Return the models of a stage, the preferred one first."""
        if scope.models:
            return self._routes.chain(scope.models, f"{scope.profile}.{scope.stage}")
        return self._routes.of(scope.stage, scope.profile)

    async def entries(self, hashes: Sequence[str]) -> dict[str, Entry]:
        """Return what the journal knows of these requests."""
        async with self._database.transaction() as session:
            return await store.latest_entries(session, list(dict.fromkeys(hashes)))

    async def bought(self, call: Call) -> Entry:
        """Return the journaled answer to a call, bought unless somebody did so meanwhile."""
        return await self._flights.bought(call)

    async def mark_invalid(self, entry: Entry, reason: str) -> None:
        """Journal that an answer is not of its schema."""
        async with self._database.transaction() as session:
            await store.mark_unusable(session, entry.id, Flaw.INVALID, reason)

    def repair_of(
        self, request: ModelRequest[AnswerT], bad_answer: str, complaint: str
    ) -> ModelRequest[AnswerT]:
        """Return the request that shows a model its bad answer."""
        return repair_request(request, bad_answer, complaint, self._repair)


class _Walk:
    """The way of one wave from requests to validated answers."""

    def __init__(
        self,
        gateway: Gateway,
        scope: CallScope,
        tally: Counter[str],
        answered_by: set[str] | None,
        *,
        siblings: int,
    ) -> None:
        self._gateway, self._scope, self._siblings = gateway, scope, siblings
        self._tally = tally
        self._answered_by = set[str]() if answered_by is None else answered_by
        self._chain = gateway.chain(scope)
        self._known: dict[str, Entry] = {}

    async def look_up(self, requests: Sequence[ModelRequest[Any]]) -> None:
        """Read everything that the journal knows of these requests, in one query."""
        hashes = [request_sha256(model, one) for one in requests for model in self._chain]
        self._known |= await self._gateway.entries(hashes)

    async def answer(self, request: ModelRequest[AnswerT]) -> AnswerT:
        """Return the validated answer to one request."""
        for model in self._chain:  # whatever a fallback answered is there to be used
            entry = self._of_today(request_sha256(model, request))
            if entry is not None and entry.usable and entry.answer is not None:
                found = await self._validated(request, entry)
                if not isinstance(found, str):
                    self._tally[REPLAYED] += 1
                    self._answered_by.add(model.name)
                    return found
        reasons: list[_NextModelError] = []
        for model in self._chain:
            try:
                return await self._from(model, request)
            except _NextModelError as error:
                reasons.append(error)
        told = "; ".join(f"{error.model} {error.reason}" for error in reasons)
        message = f"{request.label}: no model answers this: {told}"
        if isinstance(reasons[-1], _RefusedError):
            raise PermanentError(message, failure_code="model_refused")
        raise PermanentError(message, failure_code="model_rejected")

    async def _from(self, model: Model, request: ModelRequest[AnswerT]) -> AnswerT:
        """Return one model's validated answer; _NextModelError says that it never gives one."""
        digest = request_sha256(model, request)
        entry, is_fresh = self._of_today(digest), False
        while True:
            if entry is None or not entry.is_answered:
                try:
                    entry, is_fresh = await self._buy(self._call(model, request)), True
                except _TooLargeError:
                    return await self._smaller(model, request, None)
            match entry.unusable_code:
                case Flaw.REFUSED:
                    raise _RefusedError(model.name, "refused")
                case Flaw.TRUNCATED:
                    return await self._smaller(model, request, entry)
                case _:
                    found = await self._validated(request, entry)
            if isinstance(found, str):
                found = await self._repaired(model, request, entry, found)
            if not isinstance(found, str):
                self._answered_by.add(model.name)
                return found
            if is_fresh:
                message = f"{request.label}: {found}"
                raise ContractViolationError(message)
            entry = None

    def _of_today(self, digest: str) -> Entry | None:
        """Return what the journal knows, unless a person asked for a fresh answer since."""
        entry = self._known.get(digest)
        return None if entry is None or entry.generation < self._scope.generation else entry

    def _call(self, model: Model, request: ModelRequest[Any]) -> Call:
        digest = request_sha256(model, request)
        seen = self._known.get(digest)
        if seen is None:
            return Call(self._scope, model, request, digest, self._siblings)
        is_current = seen.generation >= self._scope.generation
        return Call(
            self._scope,
            model,
            request,
            digest,
            self._siblings,
            # One that is on its way when it is seen may be answered when its turn has come.
            seen=frozenset([seen.id] if seen.is_answered else []),
            is_in_batch=seen.is_in_batch,
            must_be_live=seen.failed_in_batch or (is_current and seen.is_answered),
        )

    async def _buy(self, call: Call) -> Entry:
        try:
            entry = await self._gateway.bought(call)
        except CallFailedError as error:
            fault = error.fault
            if fault.kind is FaultKind.TOO_LARGE:
                raise _TooLargeError(fault.message) from None
            if (wait := wait_of(fault)) is None:
                raise _NextModelError(call.model.name, fault.message) from None
            if fault.may_be_billed:
                wait.retry_after_s = self._patience_s(call, wait.retry_after_s or 0.0)
            raise wait from None
        self._known[call.digest] = entry
        self._tally[BOUGHT] += not call.is_free
        return entry

    def _patience_s(self, call: Call, least_s: float) -> float:
        """Return how long to wait with an answer that gets lost again and again."""
        entry = self._known.get(call.digest)
        lost = entry.lost if entry is not None else 0
        return max(least_s, min(_LOST_WAIT_S * 2.0**lost, _LOST_WAIT_CAP_S) if lost else least_s)

    async def _validated(self, request: ModelRequest[AnswerT], entry: Entry) -> AnswerT | str:
        """Return the answer as its schema has it, or what is wrong with it, journaled."""
        try:
            return request.answer.model_validate_json(entry.answer or "", strict=True)
        except ValidationError as error:
            complaint = complaint_of(error)
        if entry.usable:
            await self._gateway.mark_invalid(entry, complaint)
        return complaint

    async def _repaired(
        self, model: Model, request: ModelRequest[AnswerT], entry: Entry, complaint: str
    ) -> AnswerT | str:
        """Return what a model makes of its bad answer, asked once; or what is wrong with it too."""
        if model.is_free or request.repair is not None:
            return complaint
        repair = self._gateway.repair_of(request, entry.answer or "", complaint)
        call = self._call(model, repair)
        await self.look_up([repair])
        answered = self._of_today(call.digest)
        if answered is None or not answered.is_answered:
            answered = await self._buy(call)
        if answered.unusable_code in (Flaw.REFUSED, Flaw.TRUNCATED):
            return f"{complaint}; its repair was {answered.unusable_code}"
        return await self._validated(repair, answered)

    async def _smaller(
        self, model: Model, request: ModelRequest[AnswerT], entry: Entry | None
    ) -> AnswerT:
        """Return the answer to a request in parts, or once with more room for it.

        More room comes first where a model's thinking took most of it.
        """
        thinking = entry is not None and entry.thinking_tokens * 2 > entry.output_tokens
        may_grow = entry is not None and not request.label.endswith(_LONGER)
        division = request.divide() if request.divide is not None else None
        if may_grow and (thinking or division is None):
            longer = replace(
                request,
                label=f"{request.label}{_LONGER}",
                max_tokens_out=request.max_tokens_out * 2,
            )
            await self.look_up([longer])
            return await self._from(model, longer)
        if division is None:
            message = f"{request.label}: {model.name} can't answer this within its limits"
            raise PermanentError(message, failure_code="answer_too_long")
        await self.look_up(division.requests)
        parts = await asyncio.gather(
            *(self.answer(part) for part in division.requests), return_exceptions=True
        )
        failures = [part for part in parts if isinstance(part, BaseException)]
        if failures:
            raise min(failures, key=_rank)
        merged: AnswerT = division.merge(parts)
        return merged


class _NextModelError(Exception):
    """A model will never answer a request, for `reason`."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(model, reason)
        self.model, self.reason = model, reason


class _RefusedError(_NextModelError):
    """A model refused to answer."""


class _TooLargeError(Exception):
    """A request is too large for a model."""


_WAITS = ("provider_stopped", "rate_limited", "provider_resting")


def _rank(failure: BaseException) -> tuple[int, float]:
    """Return which of a wave's failures is told: what holds up everything comes first."""
    match failure:
        case TransientError() if failure.wait_reason == "provider_stopped":
            return 1, 0.0
        case BudgetExceededError():
            return 2, -failure.until.timestamp()
        case TransientError() if failure.wait_reason in _WAITS:
            return 3, -(failure.retry_after_s or 0.0)
        case TransientError():
            return 4, -(failure.retry_after_s or 0.0)
        case PermanentError():
            return 5, 0.0
        case ContractViolationError():
            return 6, 0.0
        case _:
            return 0, 0.0


class ScopedAsker:
    """The gateway bound to one item and stage.

    `tally` counts what it bought and replayed; `answered_by` are the models whose answers it gave.
    """

    def __init__(self, gateway: Gateway, scope: CallScope) -> None:
        """Ask through `gateway` in the name of `scope`."""
        self._gateway = gateway
        self._scope = scope
        self.tally: Counter[str] = Counter()
        self.answered_by: set[str] = set()

    async def ask_all(self, requests: Sequence[ModelRequest[AnswerT]]) -> list[AnswerT]:
        """Return one validated answer per request, in the order of the requests."""
        return await self._gateway.ask_all(self._scope, requests, self.tally, self.answered_by)
