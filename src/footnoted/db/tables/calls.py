"""The journal of calls to models, the budgets they are paid from, the limits they keep to."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from footnoted.db.tables.columns import (
    at,
    identity,
    metadata,
)

call_batches = Table(
    "call_batches",
    metadata,
    identity(),
    Column("provider", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("requests", Integer, nullable=False, server_default=text("0")),
    Column("newest_before", Text),
    Column("provider_id", Text, unique=True),
    Column("fault_code", Text),
    at("opened_at", nullable=False),
    at("intent_at"),
    at("sent_at"),
    at("expires_at"),
    at("deadline_at"),
    at("ended_at"),
    CheckConstraint("state IN ('gathering', 'intent', 'sent', 'ended', 'released')", name="state"),
    CheckConstraint("state <> 'sent' OR provider_id IS NOT NULL", name="sent"),
    CheckConstraint(
        "state IN ('gathering', 'released') OR (intent_at IS NOT NULL AND deadline_at IS NOT NULL)",
        name="intent",
    ),
    Index(
        "ix_call_batches_open",
        "id",
        postgresql_where=text("state IN ('gathering', 'intent', 'sent')"),
    ),
)
"""A batch of calls at a provider. `newest_before` is the newest batch that the provider had when it
was about to be made: if its own name was never heard, it is among those that came after that."""

llm_calls = Table(
    "llm_calls",
    metadata,
    identity(),
    Column("request_sha256", Text, nullable=False),
    Column("generation", Integer, nullable=False, server_default=text("0")),
    Column("item_kind", Text, nullable=False),
    Column("item_id", BigInteger, nullable=False),
    Column("stage", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt_sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("usable", Boolean),
    Column("unusable_reason", Text),
    Column("reserved_usd", Numeric(18, 9), nullable=False),
    Column("cost_usd", Numeric(18, 9)),
    Column("usage", JSONB),
    Column("stop_reason", Text),
    Column("answer", Text),
    Column("provider_request_id", Text),
    Column("body", Text),
    Column("served_by", Text),
    Column("unusable_code", Text),
    Column("fault_code", Text),
    Column("source_id", BigInteger),
    Column("batch_id", BigInteger, ForeignKey("call_batches.id")),
    Column("prompt_preview", Text),
    Column("prompt_text", Text),
    at("reserved_at", nullable=False),
    at("sent_at"),
    at("deadline_at"),
    at("answered_at"),
    UniqueConstraint("request_sha256", "generation"),
    CheckConstraint(
        "state IN ('reserved', 'sent', 'answered', 'released', 'unknown')", name="state"
    ),
    CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answer"),
    CheckConstraint("(usable IS NULL) = (state <> 'answered')", name="usable"),
    CheckConstraint("reserved_usd >= 0 AND (cost_usd IS NULL OR cost_usd >= 0)", name="money"),
    Index(None, "item_kind", "item_id", "stage"),
    Index(None, "reserved_at"),
    Index("ix_llm_calls_open", "deadline_at", postgresql_where=text("state = 'sent'")),
    Index("ix_llm_calls_batch_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
)

budgets = Table(
    "budgets",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("spent_usd", Numeric(18, 9), nullable=False, server_default=text("0")),
    Column("reserved_usd", Numeric(18, 9), nullable=False, server_default=text("0")),
    CheckConstraint("scope IN ('day', 'month', 'source_day', 'run', 'plan')", name="scope"),
    CheckConstraint("spent_usd >= 0 AND reserved_usd >= 0", name="money"),
)
"""What was spent and is held per scope: `day` 2026-11-21, `month` 2026-11, `source_day` 7/…, `run`
with the run's id, `plan` with the plan's. Days and months are UTC."""

budget_holds = Table(
    "budget_holds",
    metadata,
    Column("call_id", BigInteger, ForeignKey("llm_calls.id", ondelete="CASCADE"), primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("amount_usd", Numeric(18, 9), nullable=False),
    CheckConstraint("amount_usd >= 0", name="money"),
)
"""Which budgets a call that is not settled holds money of; one that is open at midnight holds some
of both days."""

model_limits = Table(
    "model_limits",
    metadata,
    Column("model_class", Text, primary_key=True),
    Column("learned", JSONB, nullable=False),
    at("paused_until"),
    Column("pause_code", Text),
    Column("pause_detail", Text),
    at("updated_at", nullable=False),
)
"""What was learned of a provider's limits, and until when a class of models rests."""

provider_stops = Table(
    "provider_stops",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("key_sha256", Text),
    at("since", nullable=False),
    at("probe_at", nullable=False),
)
"""A provider that refuses every call until a person acts; one call may probe at `probe_at`."""
