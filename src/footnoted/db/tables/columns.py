"""What tables are made of: the one metadata, columns that recur, all that work items have.

Work items (videos, transcriptions, page groups, sources) share one set of columns, so one set of
statements claims, renews and settles them all.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _now() -> Any:  # noqa: ANN401 - SQLAlchemy's clause type says nothing more
    return text("now()")


def at(name: str, *, nullable: bool = True) -> Column[Any]:
    """Return a column of times; one that is never null is now where nothing is said."""
    default = None if nullable else _now()
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def identity() -> Column[Any]:
    """Return a primary key that counts."""
    return Column("id", BigInteger, Identity(), primary_key=True)


def strings(name: str) -> Column[Any]:
    """Return a column of strings, none where nothing is said."""
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'"))


def work_columns() -> list[Column[Any]]:
    """Return the columns of every work item: status, wait, failure, lease and fence.

    `status` is the last milestone reached. An item waits while `not_before` is set and is ready
    when it has neither that nor a lease; `wait_reason` and `deadline` outlive the wait until the
    item moves on, so that a wait that goes on keeps its deadline.
    `turn` is its place in a fair queue over sources (start-time fair queuing). `crashes` counts the
    times a process died while it held the item, without those that met it waiting for an answer.
    """
    return [
        Column("status", Text, nullable=False),
        Column("wait_reason", Text),
        Column("wait_detail", Text),
        at("not_before"),
        at("deadline"),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("crashes", Integer, nullable=False, server_default=text("0")),
        Column("failure_code", Text),
        Column("failure_detail", Text),
        Column("priority", Integer, nullable=False, server_default=text("0")),
        Column("turn", BigInteger, nullable=False, server_default=text("0")),
        Column("fence", BigInteger, nullable=False, server_default=text("0")),
        Column("lease_owner", Uuid),
        at("lease_expires_at"),
        at("created_at", nullable=False),
        at("updated_at", nullable=False),
    ]


def work_constraints() -> list[CheckConstraint]:
    """Return what must hold of every work item."""
    return [
        CheckConstraint("attempts >= 0 AND crashes >= 0", name="counts"),
        CheckConstraint("not_before IS NULL OR wait_reason IS NOT NULL", name="wait"),
        CheckConstraint("(lease_owner IS NULL) = (lease_expires_at IS NULL)", name="lease"),
    ]


def work_indexes(table: Table, terminal: tuple[str, ...]) -> list[Index]:
    """Return the partial indexes that keep a claim independent of how much work is finished.

    One finds what is ready, in claim order; one what waits, by when; one what is leased, by expiry.
    """
    done = ", ".join(f"'{status}'" for status in terminal)
    active = f"status NOT IN ({done})"
    ready = f"{active} AND not_before IS NULL AND lease_owner IS NULL"
    name = table.name
    columns = table.c
    lane = [columns.profile] if "profile" in columns else []
    return [
        Index(
            f"ix_{name}_ready",
            *lane,
            columns.status,
            columns.priority.desc(),
            columns.turn,
            columns.id,
            postgresql_where=text(ready),
        ),
        Index(
            f"ix_{name}_waiting",
            columns.not_before,
            postgresql_where=text("not_before IS NOT NULL"),
        ),
        Index(
            f"ix_{name}_leased",
            columns.lease_expires_at,
            postgresql_where=text("lease_owner IS NOT NULL"),
        ),
    ]
