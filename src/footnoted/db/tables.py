"""The tables every part shares, as SQLAlchemy Core; migrations create them, stores query them.

Work items (videos, page groups, sources) share one set of columns, so one set of statements
claims, renews and settles them all. Invariants are constraints; money is NUMERIC; times are
timestamptz. Ids of things that a stage makes are deterministic UUIDs, so that saving the same
output twice changes nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

TERMINAL_VIDEO_STATUSES = ("indexed", "failed", "quarantined", "skipped", "cancelled")
TERMINAL_TRANSCRIPTION_STATUSES = ("heard", "failed", "quarantined", "skipped", "cancelled")


def _now() -> Any:  # noqa: ANN401 - SQLAlchemy's clause type says nothing more
    return text("now()")


def _at(name: str, *, nullable: bool = True) -> Column[Any]:
    default = None if nullable else _now()
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def _id() -> Column[Any]:
    return Column("id", BigInteger, Identity(), primary_key=True)


def _strings(name: str) -> Column[Any]:
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
        _at("not_before"),
        _at("deadline"),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("crashes", Integer, nullable=False, server_default=text("0")),
        Column("failure_code", Text),
        Column("failure_detail", Text),
        Column("priority", Integer, nullable=False, server_default=text("0")),
        Column("turn", BigInteger, nullable=False, server_default=text("0")),
        Column("fence", BigInteger, nullable=False, server_default=text("0")),
        Column("lease_owner", Uuid),
        _at("lease_expires_at"),
        _at("created_at", nullable=False),
        _at("updated_at", nullable=False),
    ]


def work_constraints() -> list[CheckConstraint]:
    """Return what must hold of every work item."""
    return [
        CheckConstraint("attempts >= 0 AND crashes >= 0", name="counts"),
        CheckConstraint("not_before IS NULL OR wait_reason IS NOT NULL", name="wait"),
        CheckConstraint("(lease_owner IS NULL) = (lease_expires_at IS NULL)", name="lease"),
    ]


creators = Table(
    "creators",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    _at("created_at", nullable=False),
)

creator_aliases = Table(
    "creator_aliases",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("creator_id", BigInteger, ForeignKey("creators.id", ondelete="CASCADE"), nullable=False),
    _at("created_at", nullable=False),
    Index(None, "creator_id"),
)
"""Names that a creator had, or that others had who were merged into it: files still say them."""

sources = Table(
    "sources",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("locator", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("creator_name", Text),
    Column("owner", Text),
    _strings("profiles"),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("poll_interval_s", Integer, nullable=False),
    Column("schedule", Text),
    Column("options", JSONB, nullable=False, server_default=text("'{}'")),
    Column("daily_cap_usd", Numeric(18, 9)),
    Column("poll_state", JSONB, nullable=False, server_default=text("'{}'")),
    _at("next_poll_at", nullable=False),
    _at("polled_at"),
    *work_columns(),
    *work_constraints(),
    UniqueConstraint("kind", "locator"),
    CheckConstraint("poll_interval_s > 0", name="interval"),
    CheckConstraint("daily_cap_usd IS NULL OR daily_cap_usd >= 0", name="cap"),
)
"""`poll_interval_s` is the longest pause between two looks; `schedule` may say more. `options` says
what is taken and how it is read; `poll_state` is what a look remembers for the next one."""

media = Table(
    "media",
    metadata,
    _id(),
    Column("identity", Text, nullable=False, unique=True),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), nullable=False),
    Column("source_id", BigInteger, ForeignKey("sources.id", ondelete="SET NULL")),
    Column("title", Text, nullable=False),
    Column("url", Text),
    _at("published_at"),
    Column("duration_ms", BigInteger),
    Column("language", Text),
    Column("description", Text),
    Column("chapters", JSONB, nullable=False, server_default=text("'[]'")),
    _strings("tags"),
    _strings("edited_fields"),
    Column("item", JSONB),
    Column("owner", Text),
    _at("missing_at"),
    _at("created_at", nullable=False),
    CheckConstraint("duration_ms IS NULL OR duration_ms >= 0", name="duration"),
    Index(None, "creator_id"),
    Index(None, "source_id"),
)
"""`item` is the item of a feed or listing that a recording on the net was last found as. `owner` is
a label that was given with a recording by itself; what a source brought has that of its source."""

media_keys = Table(
    "media_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
    Index(None, "media_id"),
)
"""By what a recording on the net is known again."""

source_items = Table(
    "source_items",
    metadata,
    _id(),
    Column("source_id", BigInteger, ForeignKey("sources.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    _at("published_at"),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("item", JSONB),
    _at("decide_at"),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="SET NULL")),
    _at("seen_at", nullable=False),
    UniqueConstraint("source_id", "key"),
    CheckConstraint("state IN ('taken', 'left', 'later')", name="state"),
    CheckConstraint("(state = 'taken') = (reason IS NULL)", name="reason"),
    CheckConstraint("(state = 'later') = (decide_at IS NOT NULL)", name="later"),
    Index(None, "media_id"),
)
"""What became of each item that a source on the net brought: taken, left and why, or decided later.
"""

media_files = Table(
    "media_files",
    metadata,
    _id(),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("origin", Text),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    _at("missing_at"),
    _at("seen_at", nullable=False),
    CheckConstraint("role IN ('transcript', 'media', 'metadata')", name="role"),
    CheckConstraint("(role = 'transcript') = (origin IS NOT NULL)", name="origin"),
    Index(None, "media_id"),
    Index(None, "sha256"),
)

transcripts = Table(
    "transcripts",
    metadata,
    _id(),
    Column("media_id", BigInteger, ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("language", Text),
    Column("file_sha256", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("cue_count", Integer, nullable=False),
    Column("duration_ms", BigInteger),
    Column("is_timed", Boolean, nullable=False),
    Column("cues", JSONB, nullable=False),
    Column("notes", JSONB, nullable=False, server_default=text("'[]'")),
    Column("quality", JSONB, nullable=False),
    _at("created_at", nullable=False),
    UniqueConstraint("media_id", "version"),
    UniqueConstraint("media_id", "file_sha256"),
    CheckConstraint("version >= 1 AND cue_count >= 0 AND word_count >= 0", name="counts"),
)

videos = Table(
    "videos",
    metadata,
    _id(),
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
    _id(),
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
    _at("next_check_at"),
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
again: captions get better and recordings are trimmed."""

page_groups = Table(
    "page_groups",
    metadata,
    _id(),
    Column("profile", Text, nullable=False),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), nullable=False),
    Column("category", Text, nullable=False),
    Column("wanted", BigInteger, nullable=False, server_default=text("0")),
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    _at("wanted_at"),
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

topics = Table(
    "topics",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
    Column(
        "transcript_id",
        BigInteger,
        ForeignKey("transcripts.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),
    Column("first_cue", Integer, nullable=False),
    Column("last_cue", Integer, nullable=False),
    Column("title", Text),
    Column("start_ms", BigInteger),
    Column("end_ms", BigInteger),
    UniqueConstraint("video_id", "position"),
    CheckConstraint("position >= 0 AND first_cue >= 0 AND last_cue >= first_cue", name="cues"),
    Index(None, "transcript_id"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "transcript_id",
        BigInteger,
        ForeignKey("transcripts.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), nullable=False),
    Column("quote", Text, nullable=False),
    Column("cited_first_cue", Integer, nullable=False),
    Column("cited_last_cue", Integer, nullable=False),
    Column("match", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("first_cue", Integer),
    Column("last_cue", Integer),
    Column("start_ms", BigInteger),
    Column("end_ms", BigInteger),
    Column("text", Text),
    _at("created_at", nullable=False),
    CheckConstraint("match IN ('exact', 'fuzzy', 'relocated', 'rejected')", name="match"),
    CheckConstraint("(match = 'rejected') = (first_cue IS NULL)", name="resolves"),
    CheckConstraint("(first_cue IS NULL) = (last_cue IS NULL)", name="cues"),
    CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    Index(None, "video_id"),
    Index(None, "transcript_id"),
)

pages = Table(
    "pages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "group_id", BigInteger, ForeignKey("page_groups.id", ondelete="CASCADE"), nullable=False
    ),
    Column("profile", Text, nullable=False),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), nullable=False),
    Column("category", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("current_version_id", Uuid),
    _at("retired_at"),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
    UniqueConstraint("profile", "creator_id", "slug"),
    Index(None, "group_id"),
)

page_redirects = Table(
    "page_redirects",
    metadata,
    Column("profile", Text, primary_key=True),
    Column("creator_id", BigInteger, ForeignKey("creators.id"), primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("page_id", Uuid, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False),
    Index(None, "page_id"),
)

page_versions = Table(
    "page_versions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("page_id", Uuid, ForeignKey("pages.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    _strings("tags"),
    _strings("tools"),
    Column("grounds", JSONB, nullable=False, server_default=text("'{}'")),
    Column("content_sha256", Text, nullable=False),
    Column("provenance", JSONB, nullable=False),
    _at("created_at", nullable=False),
    UniqueConstraint("page_id", "version"),
    CheckConstraint("version >= 1", name="version"),
)
"""`grounds` is the evidence that summary, tags and tools rest on; what is not named there stays."""

claims = Table(
    "claims",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "page_version_id", Uuid, ForeignKey("page_versions.id", ondelete="CASCADE"), nullable=False
    ),
    Column("position", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default=text("'statement'")),
    Column("conflict", Integer),
    UniqueConstraint("page_version_id", "position"),
    CheckConstraint("kind IN ('statement', 'step')", name="kind"),
    CheckConstraint("conflict >= 1", name="conflict"),
)
"""A step belongs to the signal chain called `heading`; claims of one version with the same
`conflict` contradict each other."""

claim_evidence = Table(
    "claim_evidence",
    metadata,
    Column("claim_id", Uuid, ForeignKey("claims.id", ondelete="CASCADE"), primary_key=True),
    Column("evidence_id", Uuid, ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True),
    Column("moment_id", Uuid, nullable=False),
    Index(None, "evidence_id"),
)

call_batches = Table(
    "call_batches",
    metadata,
    _id(),
    Column("provider", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("requests", Integer, nullable=False, server_default=text("0")),
    Column("newest_before", Text),
    Column("provider_id", Text, unique=True),
    Column("fault_code", Text),
    _at("opened_at", nullable=False),
    _at("intent_at"),
    _at("sent_at"),
    _at("expires_at"),
    _at("deadline_at"),
    _at("ended_at"),
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
    _id(),
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
    _at("reserved_at", nullable=False),
    _at("sent_at"),
    _at("deadline_at"),
    _at("answered_at"),
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
    _at("paused_until"),
    Column("pause_code", Text),
    Column("pause_detail", Text),
    _at("updated_at", nullable=False),
)
"""What was learned of a provider's limits, and until when a class of models rests."""

provider_stops = Table(
    "provider_stops",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("key_sha256", Text),
    _at("since", nullable=False),
    _at("probe_at", nullable=False),
)
"""A provider that refuses every call until a person acts; one call may probe at `probe_at`."""

switches = Table(
    "switches",
    metadata,
    Column("name", Text, primary_key=True),
    _at("until"),
    _at("set_at", nullable=False),
)
"""What a person switched on while the daemon runs, such as the capture of whole prompts."""

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
    Column("override", JSONB),
    _at("opened_at", nullable=False),
    _at("closed_at"),
    CheckConstraint("(closed_at IS NULL) = (given IS NOT NULL)", name="given"),
    CheckConstraint("(closed_at IS NULL) = (output_sha256 IS NULL)", name="output"),
)
"""What each stage of an item was last given, and what its output was made by: the parts of its
fingerprint. `saved_sha256` is the output that was saved last, also while the next is worked on.
`override` is what a person set for this item alone. A stage that asks no model is only recorded,
with no input."""

runs = Table(
    "runs",
    metadata,
    _id(),
    Column("item_kind", Text, nullable=False),
    Column("item_id", BigInteger, nullable=False),
    Column("run_number", Integer, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("error_stage", Text),
    Column("setup", JSONB),
    _at("started_at", nullable=False),
    _at("finished_at"),
    UniqueConstraint("item_kind", "item_id", "run_number"),
    CheckConstraint("status IN ('running', 'done', 'failed', 'cancelled')", name="status"),
    CheckConstraint("(status = 'running') = (finished_at IS NULL)", name="finished"),
)

plans = Table(
    "plans",
    metadata,
    _id(),
    Column("scope", JSONB, nullable=False),
    Column("forecast", JSONB, nullable=False),
    Column("cap_usd", Numeric(18, 9)),
    Column("stop_at_usd", Numeric(18, 9)),
    _at("applied_at", nullable=False),
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
    _id(),
    Column("run_id", BigInteger, ForeignKey("runs.id", ondelete="CASCADE")),
    Column("item_kind", Text, nullable=False),
    Column("item_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("stage", Text),
    Column("fields", JSONB, nullable=False, server_default=text("'{}'")),
    _at("at", nullable=False),
    Index(None, "item_kind", "item_id", "id"),
    Index(None, "run_id"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE")),
    Column("page_id", Uuid, ForeignKey("pages.id", ondelete="CASCADE")),
    Column("source_id", BigInteger),
    Column("content_sha256", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    _at("created_at", nullable=False),
    CheckConstraint("kind IN ('page', 'moment', 'window')", name="kind"),
    CheckConstraint("(kind = 'page') = (page_id IS NOT NULL)", name="page"),
    CheckConstraint("(kind = 'page') = (video_id IS NULL)", name="video"),
    Index(None, "video_id", "kind"),
    Index(None, "page_id"),
)

index_outbox = Table(
    "index_outbox",
    metadata,
    _id(),
    Column("document_id", Uuid, nullable=False),
    _at("at", nullable=False),
)

embedding_specs = Table(
    "embedding_specs",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("spec", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("switches", Boolean, nullable=False, server_default=text("false")),
    Column("parity", JSONB),
    Column("wait_reason", Text),
    Column("wait_detail", Text),
    _at("not_before"),
    Column("lease_owner", Uuid),
    _at("lease_expires_at"),
    _at("created_at", nullable=False),
    _at("filled_at"),
    _at("served_at"),
    _at("retired_at"),
    _at("dropped_at"),
    CheckConstraint(
        "state IN ('building', 'ready', 'serving', 'retired', 'dropped')", name="state"
    ),
    CheckConstraint("not_before IS NULL OR wait_reason IS NOT NULL", name="wait"),
    CheckConstraint("(lease_owner IS NULL) = (lease_expires_at IS NULL)", name="lease"),
    CheckConstraint("state <> 'ready' OR parity IS NOT NULL", name="ready"),
    CheckConstraint("(state = 'dropped') = (dropped_at IS NOT NULL)", name="dropped"),
    CheckConstraint("state <> 'retired' OR retired_at IS NOT NULL", name="retired"),
    Index(
        "uq_embedding_specs_serving",
        "state",
        unique=True,
        postgresql_where=text("state = 'serving'"),
    ),
)
"""What search indexes are made by, one row for each that was ever built; without any, words alone.
One with `filled_at` has every document and gets every change. `switches`: it serves once it may."""

embeddings = Table(
    "embeddings",
    metadata,
    Column("channel_sha256", Text, primary_key=True),
    Column("text_sha256", Text, primary_key=True),
    Column("vector", LargeBinary),
    Column("refusal", Text),
    _at("created_at", nullable=False),
    CheckConstraint("(vector IS NULL) = (refusal IS NOT NULL)", name="refusal"),
    CheckConstraint("vector IS NULL OR octet_length(vector) % 4 = 0", name="vector"),
)
"""Vectors by what they were made by and of, so that no index ever costs one twice; or why a text
has none."""

embedded_documents = Table(
    "embedded_documents",
    metadata,
    Column(
        "spec_sha256",
        Text,
        ForeignKey("embedding_specs.sha256", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("document_id", Uuid, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("content_sha256", Text, nullable=False),
    Index(None, "document_id"),
)
"""Which documents have all their vectors under a spec, as of which content."""

alerts = Table(
    "alerts",
    metadata,
    _id(),
    Column("code", Text, nullable=False),
    Column("concerns", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("count", Integer, nullable=False, server_default=text("1")),
    _at("first_at", nullable=False),
    _at("last_at", nullable=False),
    _at("resolved_at"),
    Column("opening", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("code", "concerns"),
)
"""`opening` counts how often the alert was raised after it had been over."""

alert_receivers = Table(
    "alert_receivers",
    metadata,
    Column("name", Text, primary_key=True),
    _at("since", nullable=False),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    _at("failing_since"),
    Column("failure_detail", Text),
    _at("next_at"),
    _at("claimed_until"),
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
    _at("told_at", nullable=False),
    Index(None, "receiver"),
)
"""The last opening of an alert that a receiver was told of, and whether of its end too."""

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    _at("goes_at"),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("code", Text),
    Column("detail", Text),
    _at("refused_at"),
    _at("rests_until"),
    CheckConstraint(
        "failures >= 0 AND (failures = 0) = (refused_at IS NULL)"
        " AND (failures = 0) = (code IS NULL)",
        name="failures",
    ),
    CheckConstraint("rests_until IS NULL OR refused_at IS NOT NULL", name="rest"),
)
"""What is asked over the net: when the last request leaves, and what is held against the host."""


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


work_indexes(videos, TERMINAL_VIDEO_STATUSES)
work_indexes(transcriptions, TERMINAL_TRANSCRIPTION_STATUSES)
work_indexes(page_groups, ("current",))
work_indexes(sources, ("followed",))
