"""The work on recordings and pages: items and their states, runs and plans, what happened."""

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
    work_columns,
    work_constraints,
    work_indexes,
)

TERMINAL_VIDEO_STATUSES = ("indexed", "failed", "quarantined", "skipped", "cancelled")
TERMINAL_TRANSCRIPTION_STATUSES = ("heard", "failed", "quarantined", "skipped", "cancelled")

videos = Table(
    "videos",
    metadata,
    identity(),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
    Column("profile", Text, nullable=False),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), nullable=False),
    Column("source_id", BigInteger, ForeignKey("sources.id", ondelete="SET NULL")),
    Column("transcript_id", BigInteger, ForeignKey("transcripts.id")),
    Column("quality_accepted", Boolean, nullable=False, server_default=text("false")),
    Column("resume_from", Text),
    *work_columns(),
    *work_constraints(),
    UniqueConstraint("media_id", "profile"),
    CheckConstraint(
        "(status = 'failed' OR status = 'quarantined') = (failure_code IS NOT NULL)", name="failure"
    ),
    Index(None, "creator_id", "profile"),
    Index(None, "source_id"),
    Index(None, "transcript_id"),
)

transcriptions = Table(
    "transcriptions",
    metadata,
    identity(),
    Column(
        "media_id",
        BigInteger,
        ForeignKey("media.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("source_id", BigInteger, ForeignKey("sources.id", ondelete="SET NULL")),
    Column("history", JSONB, nullable=False, server_default=text("'{}'")),
    Column("resume_from", Text),
    at("next_check_at"),
    *work_columns(),
    *work_constraints(),
    CheckConstraint(
        "(status = 'failed' OR status = 'quarantined') = (failure_code IS NOT NULL)", name="failure"
    ),
    Index(None, "source_id"),
    Index(
        "ix_transcriptions_next_check_at",
        "next_check_at",
        postgresql_where=text("next_check_at IS NOT NULL"),
    ),
)
"""The work of getting what was said in a recording; its videos wait for it and say why.

`history` is what earlier looks at it saw. `next_check_at` is when one that is over is looked at
again: captions get better, somebody writes what a machine heard, recordings are trimmed."""

page_groups = Table(
    "page_groups",
    metadata,
    identity(),
    Column("profile", Text, nullable=False),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), nullable=False),
    Column("category", Text, nullable=False),
    Column("wanted", BigInteger, nullable=False, server_default=text("0")),
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    at("wanted_at"),
    *work_columns(),
    *work_constraints(),
    UniqueConstraint("profile", "creator_id", "category"),
    CheckConstraint("done <= wanted", name="done"),
)

contributions = Table(
    "contributions",
    metadata,
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "group_id", BigInteger, ForeignKey("page_groups.id", ondelete="CASCADE"), primary_key=True
    ),
    Index(None, "group_id"),
)

work_orders = Table(
    "work_orders",
    metadata,
    Column("item_kind", Text, primary_key=True),
    Column("item_id", BigInteger, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("generation", Integer, nullable=False, server_default=text("0")),
    Column("given", JSONB),
    Column("given_sha256", Text, nullable=False),
    Column("parts", JSONB, nullable=False),
    Column("output_sha256", Text),
    Column("saved_sha256", Text),
    Column("saved_by", JSONB),
    Column("override", JSONB),
    at("opened_at", nullable=False),
    at("closed_at"),
    CheckConstraint("(closed_at IS NULL) = (given IS NOT NULL)", name="given"),
    CheckConstraint("(closed_at IS NULL) = (output_sha256 IS NULL)", name="output"),
)
"""What each stage of an item was last given, and what its output was made by: the parts of its
fingerprint. `saved_sha256` is the output that was saved last, also while the next is worked on, and
`saved_by` what made it: the parts of its fingerprint, the models that answered, the program.
`override` is what a person set for this item alone. A stage that asks no model is only recorded,
with no input."""

runs = Table(
    "runs",
    metadata,
    identity(),
    Column("item_kind", Text, nullable=False),
    Column("item_id", BigInteger, nullable=False),
    Column("run_number", Integer, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("error_stage", Text),
    Column("setup", JSONB),
    Column("pruned_events", Integer, nullable=False, server_default=text("0")),
    Column("pruned_replayed", Integer, nullable=False, server_default=text("0")),
    Column("pruned_reached", Text),
    at("started_at", nullable=False),
    at("finished_at"),
    UniqueConstraint("item_kind", "item_id", "run_number"),
    CheckConstraint("status IN ('running', 'done', 'failed', 'cancelled')", name="status"),
    CheckConstraint("(status = 'running') = (finished_at IS NULL)", name="finished"),
)
"""One pass of an item through its stages. `setup` is what the program was when it ended; what is
`pruned_` was told by events that went: how many, the calls they replayed, the stage reached."""

plans = Table(
    "plans",
    metadata,
    identity(),
    Column("scope", JSONB, nullable=False),
    Column("forecast", JSONB, nullable=False),
    Column("cap_usd", Numeric(18, 9)),
    Column("stop_at_usd", Numeric(18, 9)),
    at("applied_at", nullable=False),
    CheckConstraint("cap_usd >= 0 AND stop_at_usd >= 0", name="cap"),
)
"""A plan that was applied: what was asked for and what it was thought to cost. It costs `cap_usd`
at most; once `stop_at_usd` is spent, no further call is begun before a person has agreed."""

plan_items = Table(
    "plan_items",
    metadata,
    Column("plan_id", BigInteger, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("item_kind", Text, primary_key=True),
    Column("item_id", BigInteger, primary_key=True),
    Index(None, "item_kind", "item_id", "plan_id"),
)
"""What is still to be redone under a plan: its calls are charged to the plan's budget."""

events = Table(
    "events",
    metadata,
    identity(),
    Column("run_id", BigInteger, ForeignKey("runs.id", ondelete="CASCADE")),
    Column("item_kind", Text, nullable=False),
    Column("item_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("stage", Text),
    Column("fields", JSONB, nullable=False, server_default=text("'{}'")),
    at("at", nullable=False),
    Index(None, "item_kind", "item_id", "id"),
    Index(None, "run_id"),
)

switches = Table(
    "switches",
    metadata,
    Column("name", Text, primary_key=True),
    at("until"),
    at("set_at", nullable=False),
)
"""What a person switched on while the daemon runs, such as the capture of whole prompts."""

work_indexes(videos, TERMINAL_VIDEO_STATUSES)
work_indexes(transcriptions, TERMINAL_TRANSCRIPTION_STATUSES)
work_indexes(page_groups, ("current",))
