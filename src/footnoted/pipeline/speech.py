"""Speech recognition as a process has it: who hears, and what the money for it goes through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from footnoted.llm.assembly import caps_of
from footnoted.llm.flights import Flights
from footnoted.llm.limits.limiter import Bounds, Limiter
from footnoted.llm.purchase import Purchaser
from footnoted.llm.speech.call import SpeechCall
from footnoted.llm.speech.paying import SpeechTill
from footnoted.pipeline.alerts.alert import PROVIDER_STOPPED, Alert
from footnoted.pipeline.alerts.money import MoneyWitness
from footnoted.stages.hearing import HearingDeps

if TYPE_CHECKING:
    from footnoted.clock import Clock
    from footnoted.db.session import Database
    from footnoted.ledger.budgets.budget import CapReachedError, Caps
    from footnoted.pipeline.paid import ModelAccess, PaidSetup
    from footnoted.transcripts.speech.port import SpeechRecognizer

SPEECH_SERVICE = "speech service"
_BOUNDS = Bounds(max_wait_s=20.0, patience_s=900.0, max_concurrent=8, start_concurrent=4)


class SpeechWitness(MoneyWitness):
    """Tells of money as for models; a service that refuses everything is an alert of its own.

    What `models` should hear of the caps that both share is told to them.
    """

    def __init__(self, database: Database, clock: Clock, models: MoneyWitness | None) -> None:
        """Write alerts to `database`; `models` is the witness of the models, if there is one."""
        super().__init__(database, clock)
        self._models = models

    async def cap_reached(self, error: CapReachedError) -> None:
        """Raise the alert of a cap once; the cap of a run ends the run, whoever reached it."""
        if self._models is not None:
            await self._models.cap_reached(error)
        else:
            await super().cap_reached(error)

    async def stopped(self, code: str, detail: str) -> None:
        """Raise the one alert of a speech service that refuses everything."""
        message = f"no speech is recognised ({code}): {detail}"
        await self._raise(Alert(PROVIDER_STOPPED, SPEECH_SERVICE, message))

    async def went_on(self) -> None:
        """End that alert: a stretch was heard."""
        await self._end(PROVIDER_STOPPED, SPEECH_SERVICE)


@dataclass(frozen=True, slots=True)
class SpeechAccess:
    """A recogniser with everything that paying for it needs; without a till it costs nothing."""

    hearing: HearingDeps
    till: SpeechTill | None
    witness: SpeechWitness

    async def load(self) -> None:
        """Bring back what was learned of the service, before anything is sent."""
        if self.till is None:
            return
        await self.till.limiter.load()
        stop = self.till.limiter.stop
        await self.witness.started((stop.code, stop.detail) if stop else None)

    async def close(self) -> None:
        """Send nothing more, wait for what is on its way, and let go of the service.

        What this machine hears is broken off: hearing it again costs nothing.
        """
        self.hearing.flights.close()
        if self.till is None:
            await self.hearing.recognizer.close()
        await self.hearing.flights.settled()
        await self.hearing.recognizer.close()

    @property
    def free_models(self) -> tuple[str, ...]:
        """Return the name under which calls are journaled that bill nothing."""
        return (self.hearing.recognizer.name,) if self.till is None else ()


def pay_for_speech(
    recognizer: SpeechRecognizer, setup: PaidSetup, models: ModelAccess | None = None
) -> SpeechAccess:
    """Return access to a recogniser with caps and limits around every stretch.

    With `models`, both share their caps, that of the run too.
    """
    database, clock = setup.database, setup.clock
    witness = SpeechWitness(database, clock, models.witness if models else None)
    model_till = models.till if models else None
    till = None
    if recognizer.prices_at(clock.now()) is not None:
        limiter = Limiter(
            database,
            clock,
            provider=recognizer.provider,
            key_sha256=recognizer.key_sha256,
            bounds=_BOUNDS,
        )
        till = SpeechTill(
            clock=clock,
            caps=model_till.caps if model_till else _own_caps(setup),
            limiter=limiter,
            witness=witness,
            timeout_s=setup.settings.call_timeout_s,
        )
    purchaser = Purchaser[SpeechCall](database, clock, till)
    return SpeechAccess(
        HearingDeps(
            recognizer, Flights(purchaser), database, clock, setup.settings.speech_language
        ),
        till,
        witness,
    )


def _own_caps(setup: PaidSetup) -> Caps:
    return caps_of(setup.settings, str(uuid4()), setup.run_cap)
