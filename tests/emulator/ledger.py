"""The emulator's books: one row per accepted call, and how often calls were refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from tests.emulator.clocks import rfc3339
from tests.emulator.prices import Tokens


@dataclass(slots=True)
class Row:
    """An accepted call. `delivered` is None until known; `settled_s` None while it runs."""

    call_id: str
    accepted_s: float
    model: str
    prompt_hash: str
    headers: dict[str, str]
    retry_count: str | None = None
    custom_id: str | None = None
    batch_id: str | None = None
    tokens: Tokens = field(default_factory=Tokens)
    billed_usd: Decimal = Decimal(0)
    stop_reason: str | None = None
    fault: str | None = None
    delivered: bool | None = None
    settled_s: float | None = None

    def view(self) -> dict[str, object]:
        """Return the row as the control endpoint shows it; money as a decimal string."""
        shown = asdict(self)
        shown["billed_usd"] = format(self.billed_usd, "f")
        shown["accepted_at"] = rfc3339(self.accepted_s)
        return shown


class Ledger:
    """Rows in the order of acceptance, and refusals by status and error code."""

    def __init__(self) -> None:
        """Start with empty books."""
        self.rows: list[Row] = []
        self.refused: Counter[str] = Counter()

    def open(self, row: Row) -> Row:
        """Enter an accepted call."""
        self.rows.append(row)
        return row

    def refuse(self, status: int, error_code: str | None) -> None:
        """Count a call that was not accepted."""
        self.refused[f"{status} {error_code}" if error_code else str(status)] += 1

    def billed_usd(self, since_s: float = 0.0) -> Decimal:
        """Return what all calls accepted since then cost."""
        return sum((r.billed_usd for r in self.rows if r.accepted_s >= since_s), Decimal(0))

    def totals(self) -> dict[str, object]:
        """Return sums by UTC day of acceptance, by model and of all; money as decimal strings."""
        by_day: defaultdict[str, Decimal] = defaultdict(Decimal)
        by_model: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self.rows:
            by_day[rfc3339(row.accepted_s)[:10]] += row.billed_usd
            by_model[row.model] += row.billed_usd
        purchases = Counter(row.prompt_hash for row in self.rows if row.billed_usd)
        return {
            "calls": len(self.rows),
            "billed_usd": format(self.billed_usd(), "f"),
            "by_day": {day: format(usd, "f") for day, usd in by_day.items()},
            "by_model": {model: format(usd, "f") for model, usd in by_model.items()},
            "bought_more_than_once": sum(1 for count in purchases.values() if count > 1),
            "refused": dict(self.refused),
        }
