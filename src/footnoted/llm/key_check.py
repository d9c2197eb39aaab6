"""What a free call says about a key and the models it is meant for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - dataclass fields are read by tools
from enum import StrEnum

from footnoted.ledger.faults import Fault  # noqa: TC001 - dataclass fields are read by tools


class Lifecycle(StrEnum):
    """Where a model stands; `UNTOLD` is one of a server that answers and keeps no catalogue."""

    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"
    UNKNOWN = "unknown"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """One model as the provider's catalogue has it."""

    name: str
    lifecycle: Lifecycle
    retires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """`fault` is why nothing could be asked; without one, `models` stand in the order asked."""

    fault: Fault | None
    models: tuple[ModelStanding, ...] = ()
