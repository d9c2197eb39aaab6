"""Where recordings come from: what is followed, what it brought, the hosts that are asked."""

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
    strings,
    work_columns,
    work_constraints,
    work_indexes,
)

sources = Table(
    "sources",
    metadata,
    identity(),
    Column("kind", Text, nullable=False),
    Column("locator", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("creator_name", Text),
    Column("owner", Text),
    strings("profiles"),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("poll_interval_s", Integer, nullable=False),
    Column("schedule", Text),
    Column("options", JSONB, nullable=False, server_default=text("'{}'")),
    Column("daily_cap_usd", Numeric(18, 9)),
    Column("poll_state", JSONB, nullable=False, server_default=text("'{}'")),
    at("next_poll_at", nullable=False),
    at("polled_at"),
    *work_columns(),
    *work_constraints(),
    UniqueConstraint("kind", "locator"),
    CheckConstraint("poll_interval_s > 0", name="interval"),
    CheckConstraint("daily_cap_usd IS NULL OR daily_cap_usd >= 0", name="cap"),
)
"""`poll_interval_s` is the longest pause between two looks; `schedule` may say more. `options` says
what is taken and how it is read; `poll_state` is what a look remembers for the next one."""

source_items = Table(
    "source_items",
    metadata,
    identity(),
    Column("source_id", BigInteger, ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    at("published_at"),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("item", JSONB),
    at("decide_at"),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="SET NULL")),
    at("seen_at", nullable=False),
    UniqueConstraint("source_id", "key"),
    CheckConstraint("state IN ('taken', 'left', 'later')", name="state"),
    CheckConstraint("(state = 'taken') = (reason IS NULL)", name="reason"),
    CheckConstraint("(state = 'later') = (decide_at IS NOT NULL)", name="later"),
    Index(None, "media_id"),
)
"""What became of each item that a source brought: taken, left and why, or decided later. What a
person removed is left as `removed`. `item` is what is to be decided later, of what is taken by
its page: whether the backfill reaches it. Of files it is also what is left, so that no look takes
it for new."""

removals = Table(
    "removals",
    metadata,
    identity(),
    Column("profile", Text, nullable=False),
    strings("keys"),
    Column("title_sha256", Text),
    at("published_at"),
    Column("duration_ms", BigInteger),
    at("removed_at", nullable=False),
    CheckConstraint("cardinality(keys) > 0", name="keys"),
    Index(None, "keys", postgresql_using="gin"),
)
"""What a person erased: by what it is known again, so that no source brings it back. Keys of a feed
may be shared by mistake, so the rest tells whether it is that one; its title is not kept."""

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    at("goes_at"),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("code", Text),
    Column("detail", Text),
    at("refused_at"),
    at("rests_until"),
    CheckConstraint(
        "failures >= 0 AND (failures = 0) = (refused_at IS NULL)"
        " AND (failures = 0) = (code IS NULL)",
        name="failures",
    ),
    CheckConstraint("rests_until IS NULL OR refused_at IS NOT NULL", name="rest"),
)
"""What is asked over the net: when the last request leaves, and what is held against the host."""

work_indexes(sources, ("followed",))
