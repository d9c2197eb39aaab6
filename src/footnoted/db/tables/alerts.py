"""What a person should know, who is told of it, and what they were told."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from footnoted.db.tables.columns import (
    at,
    identity,
    metadata,
)

alerts = Table(
    "alerts",
    metadata,
    identity(),
    Column("code", Text, nullable=False),
    Column("concerns", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("count", Integer, nullable=False, server_default=text("1")),
    at("first_at", nullable=False),
    at("last_at", nullable=False),
    at("resolved_at"),
    Column("opening", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("code", "concerns"),
)
"""`opening` counts how often the alert was raised after it had been over."""

alert_receivers = Table(
    "alert_receivers",
    metadata,
    Column("name", Text, primary_key=True),
    at("since", nullable=False),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    at("failing_since"),
    Column("failure_detail", Text),
    at("next_at"),
    at("claimed_until"),
    CheckConstraint("failures >= 0 AND (failures = 0) = (failing_since IS NULL)", name="failures"),
)
"""Where alerts go: since when, how it fares, and when it may be sent something again."""

alert_deliveries = Table(
    "alert_deliveries",
    metadata,
    Column("alert_id", BigInteger, ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "receiver", Text, ForeignKey("alert_receivers.name", ondelete="CASCADE"), primary_key=True
    ),
    Column("opening", Integer, nullable=False),
    Column("is_end_told", Boolean, nullable=False),
    at("told_at", nullable=False),
    Index(None, "receiver"),
)
"""The last opening of an alert that a receiver was told of, and whether of its end too."""
