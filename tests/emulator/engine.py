"""The emulated provider: takes a valid request through faults, money, limits, cache and answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.emulator.answers import Answer, answered, spoiled
from tests.emulator.buckets import Limiter
from tests.emulator.cache import PromptCache, Split
from tests.emulator.chance import digest, drawn
from tests.emulator.faults import FaultBook, FaultRule
from tests.emulator.latency import Pace, pace_of
from tests.emulator.layout import Layout, layout_of
from tests.emulator.ledger import Ledger, Row
from tests.emulator.messages import Reply
from tests.emulator.prices import Terms, Tokens, cost_usd
from tests.emulator.responders import Logic, Responders
from tests.emulator.spend import hold_spend
from tests.emulator.tokens import estimated

if TYPE_CHECKING:
    from tests.emulator.clocks import Clock
    from tests.emulator.configuration import Configuration
    from tests.emulator.matching import Subject
    from tests.emulator.models import ModelCard

KEPT_HEADERS = ("anthropic-workspace-id", "user-agent")


@dataclass(slots=True)
class Running:
    """An accepted call on its way: what it will answer, how fast, and its row in the books."""

    row: Row
    reply: Reply
    split: Split
    pace: Pace
    pool: str
    scope: str
    estimate: int
    fault: FaultRule | None
    drained: int = 0


def _kept(headers: dict[str, str]) -> dict[str, str]:
    """Return the headers a test may want to see: its own `x-` ones and the workspace."""
    return {
        name: value
        for name, value in headers.items()
        if name in KEPT_HEADERS
        or (name.startswith("x-") and name != "x-api-key" and not name.startswith("x-stainless"))
    }


class Engine:
    """All state of the emulated provider."""

    def __init__(self, clock: Clock, configuration: Configuration, logic: Logic | None) -> None:
        """Start with empty books."""
        self.clock = clock
        self.logic = logic
        self.ledger = Ledger()
        self.cache = PromptCache()
        self.in_flight = 0
        self._compiled: set[str] = set()
        self._repeats: Counter[str] = Counter()
        self.configure(configuration)
        self.set_faults(())

    def configure(self, configuration: Configuration) -> None:
        """Put a configuration in force; buckets start full again, books and cache stay."""
        self.configuration = configuration
        self.limiter = Limiter(configuration)
        self.responders = Responders(configuration, self.logic)

    def set_faults(self, rules: tuple[FaultRule, ...]) -> None:
        """Replace the fault rules; their counts start at zero."""
        self.faults = FaultBook(rules, self.configuration.seed)

    def estimate(self, layout: Layout) -> int:
        """Return what count_tokens says of a prompt."""
        return estimated(layout.tokens, self.configuration.seed, layout.hash)

    def accept(self, subject: Subject, card: ModelCard, fault: FaultRule | None) -> Running:
        """Return the accepted call. Raises RefusedError when money or limits hold it."""
        now_s = self.clock.now()
        hold_spend(self.configuration.spend, self.ledger, now_s)
        layout = layout_of(dict(subject.body))
        scope = self.scope_of(subject, card)
        split = self._split(scope, layout, card, now_s)
        estimate = estimated(split.uncached, self.configuration.seed, layout.hash)
        self.limiter.admit(card.pool, estimate, now_s)
        running = self.prepare(subject, card, layout, split, fault)
        running.estimate, running.scope = estimate, scope
        self.in_flight += 1
        return running

    def _split(self, scope: str, layout: Layout, card: ModelCard, now_s: float) -> Split:
        nth = self._repeats[layout.hash]
        missed = drawn(self.configuration.seed, "miss", layout.hash, nth).random()
        if missed < self.configuration.cache_miss_probability:
            return self.cache.cold_split(layout, card.min_cacheable)
        return self.cache.split(scope, layout, card.min_cacheable, now_s)

    def scope_of(self, subject: Subject, card: ModelCard) -> str:
        """Return what cached prefixes are kept apart by."""
        config = subject.body.get("output_config") or {}
        return digest(
            subject.headers.get("anthropic-workspace-id"),
            card.id,
            config,
            subject.body.get("thinking"),
            subject.body.get("tool_choice"),
            subject.body.get("speed"),
        )

    def prepare(
        self,
        subject: Subject,
        card: ModelCard,
        layout: Layout,
        split: Split,
        fault: FaultRule | None,
    ) -> Running:
        """Return a call with its answer and a row in the books, not yet billed."""
        body = subject.body
        prompt_hash = digest(layout.hash, card.id)
        self._repeats[layout.hash] += 1
        seed = digest(self.configuration.seed, prompt_hash, self._repeats[layout.hash])
        answer = answered(
            self.responders.answer(subject), body, card, self.configuration.output, seed
        )
        if fault is not None:
            answer = spoiled(answer, fault, body)
        row = self.ledger.open(self._row(subject, card, prompt_hash, fault))
        reply = Reply(
            row.call_id,
            card.id,
            answer,
            _tokens(split, answer),
            self._terms(body),
            extra_fields=fault is not None and fault.kind == "extra_fields",
        )
        pace = pace_of(
            self.configuration.latency,
            split,
            self.in_flight + 1,
            compiles=self._compiles(body),
            seed=seed,
        )
        return Running(row, reply, split, pace, card.pool, "", 0, fault)

    def _row(
        self, subject: Subject, card: ModelCard, prompt_hash: str, fault: FaultRule | None
    ) -> Row:
        number = len(self.ledger.rows) + 1
        return Row(
            call_id=digest(self.configuration.seed, "call", number)[:24],
            accepted_s=self.clock.now(),
            model=card.id,
            prompt_hash=prompt_hash,
            headers=_kept(dict(subject.headers)),
            retry_count=subject.headers.get("x-stainless-retry-count"),
            custom_id=subject.custom_id,
            fault=fault.kind if fault else None,
        )

    def _terms(self, body: Any) -> Terms:
        return Terms(geo=body.get("inference_geo"), speed=body.get("speed"))

    def _compiles(self, body: Any) -> bool:
        wanted = (body.get("output_config") or {}).get("format")
        name = digest(wanted) if wanted else None
        if name is None or name in self._compiled:
            return False
        self._compiled.add(name)
        return True

    def begin_output(self, running: Running) -> None:
        """Note the first byte: what was written to the cache can be read from now on."""
        self.cache.commit(running.scope, running.split, running.row.accepted_s)

    def emit(self, running: Running, made_tokens: int) -> None:
        """Take output from the limit as it is made; `made_tokens` is the sum so far."""
        fresh = made_tokens - running.drained
        if fresh > 0:
            self.limiter.pool(running.pool, self.clock.now()).output.take(fresh, self.clock.now())
            running.drained = made_tokens

    def settle(self, running: Running, made_tokens: int | None = None) -> None:
        """Bill the call, once; a cut stream bills what was made."""
        row, reply = running.row, running.reply
        if row.settled_s is not None:
            return
        made = reply.tokens.output if made_tokens is None else made_tokens
        self.emit(running, made)
        thinking = min(reply.tokens.thinking, made)
        row.tokens = replace(reply.tokens, output=made, thinking=thinking)
        row.stop_reason = reply.answer.stop_reason if made_tokens is None else None
        row.settled_s = self.clock.now()
        if not reply.answer.free:
            row.billed_usd = cost_usd(row.model, row.tokens, reply.terms, row.accepted_s)
        pool = self.limiter.pool(running.pool, self.clock.now())
        pool.input.take(running.split.uncached - running.estimate, self.clock.now())
        self.in_flight -= 1


def _tokens(split: Split, answer: Answer) -> Tokens:
    return Tokens(
        input=split.input,
        creation_5m=split.creation_5m,
        creation_1h=split.creation_1h,
        read=split.read,
        output=answer.output_tokens,
        thinking=answer.thinking_tokens,
    )
