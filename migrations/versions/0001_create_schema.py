"""Create the schema of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

OUTBOX_TRIGGER = (
    """
CREATE FUNCTION note_changed_documents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO index_outbox (document_id) SELECT id FROM changed;
    RETURN NULL;
END
$$
""",
    """
CREATE TRIGGER documents_inserted AFTER INSERT ON documents
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_changed_documents()
""",
    """
CREATE TRIGGER documents_updated AFTER UPDATE ON documents
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_changed_documents()
""",
    """
CREATE TRIGGER documents_deleted AFTER DELETE ON documents
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION note_changed_documents()
""",
)


def upgrade() -> None:
    """Create every table with its constraints and indexes."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("concerns", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "first_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "last_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("code", "concerns", name=op.f("uq_alerts_code_concerns")),
    )
    op.create_table(
        "creators",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creators")),
        sa.UniqueConstraint("slug", name=op.f("uq_creators_slug")),
    )
    op.create_table(
        "index_outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_outbox")),
    )
    op.create_table(
        "llm_calls",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("usable", sa.Boolean(), nullable=True),
        sa.Column("unusable_reason", sa.Text(), nullable=True),
        sa.Column("reserved_usd", sa.Numeric(precision=18, scale=9), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=18, scale=9), nullable=True),
        sa.Column("usage", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("provider_request_id", sa.Text(), nullable=True),
        sa.Column(
            "reserved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'answered') = (answer IS NOT NULL)", name=op.f("ck_llm_calls_answer")
        ),
        sa.CheckConstraint(
            "(usable IS NULL) = (state <> 'answered')", name=op.f("ck_llm_calls_usable")
        ),
        sa.CheckConstraint(
            "state IN ('reserved', 'sent', 'answered', 'released', 'unknown')",
            name=op.f("ck_llm_calls_state"),
        ),
        sa.CheckConstraint(
            "reserved_usd >= 0 AND (cost_usd IS NULL OR cost_usd >= 0)",
            name=op.f("ck_llm_calls_money"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_calls")),
        sa.UniqueConstraint(
            "request_sha256", "generation", name=op.f("uq_llm_calls_request_sha256_generation")
        ),
    )
    op.create_index(
        op.f("ix_llm_calls_item_kind_item_id_stage"),
        "llm_calls",
        ["item_kind", "item_id", "stage"],
        unique=False,
    )
    op.create_index(op.f("ix_llm_calls_reserved_at"), "llm_calls", ["reserved_at"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("run_number", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_stage", sa.Text(), nullable=True),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'running') = (finished_at IS NULL)", name=op.f("ck_runs_finished")
        ),
        sa.CheckConstraint(
            "status IN ('running', 'done', 'failed', 'cancelled')", name=op.f("ck_runs_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint(
            "item_kind", "item_id", "run_number", name=op.f("uq_runs_item_kind_item_id_run_number")
        ),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("creator_name", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("profiles", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("poll_interval_s", sa.Integer(), nullable=False),
        sa.Column(
            "next_poll_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("wait_reason", sa.Text(), nullable=True),
        sa.Column("wait_detail", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("crashes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_detail", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_expires_at IS NULL)", name=op.f("ck_sources_lease")
        ),
        sa.CheckConstraint("attempts >= 0 AND crashes >= 0", name=op.f("ck_sources_counts")),
        sa.CheckConstraint(
            "not_before IS NULL OR wait_reason IS NOT NULL", name=op.f("ck_sources_wait")
        ),
        sa.CheckConstraint("poll_interval_s > 0", name=op.f("ck_sources_interval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("kind", "locator", name=op.f("uq_sources_kind_locator")),
    )
    op.create_index(
        "ix_sources_leased",
        "sources",
        ["lease_expires_at"],
        unique=False,
        postgresql_where=sa.text("lease_owner IS NOT NULL"),
    )
    op.create_index(
        "ix_sources_ready",
        "sources",
        ["status", sa.literal_column("priority DESC"), "turn", "id"],
        unique=False,
        postgresql_where=sa.text(
            "status NOT IN ('followed') AND not_before IS NULL AND lease_owner IS NULL"
        ),
    )
    op.create_index(
        "ix_sources_waiting",
        "sources",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("not_before IS NOT NULL"),
    )
    op.create_table(
        "work_orders",
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("given_sha256", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("output_sha256", sa.Text(), nullable=True),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (given IS NOT NULL)", name=op.f("ck_work_orders_given")
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (output_sha256 IS NULL)", name=op.f("ck_work_orders_output")
        ),
        sa.PrimaryKeyConstraint("item_kind", "item_id", "stage", name=op.f("pk_work_orders")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column(
            "fields",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_events_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(
        op.f("ix_events_item_kind_item_id_id"),
        "events",
        ["item_kind", "item_id", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_events_run_id"), "events", ["run_id"], unique=False)
    op.create_table(
        "media",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "chapters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "edited_fields", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("missing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "duration_ms IS NULL OR duration_ms >= 0", name=op.f("ck_media_duration")
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.id"], name=op.f("fk_media_creator_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_media_source_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("identity", name=op.f("uq_media_identity")),
    )
    op.create_index(op.f("ix_media_creator_id"), "media", ["creator_id"], unique=False)
    op.create_index(op.f("ix_media_source_id"), "media", ["source_id"], unique=False)
    op.create_table(
        "page_groups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("wanted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("wait_reason", sa.Text(), nullable=True),
        sa.Column("wait_detail", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("crashes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_detail", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_expires_at IS NULL)", name=op.f("ck_page_groups_lease")
        ),
        sa.CheckConstraint("attempts >= 0 AND crashes >= 0", name=op.f("ck_page_groups_counts")),
        sa.CheckConstraint("done <= wanted", name=op.f("ck_page_groups_done")),
        sa.CheckConstraint(
            "not_before IS NULL OR wait_reason IS NOT NULL", name=op.f("ck_page_groups_wait")
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_page_groups_creator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_groups")),
        sa.UniqueConstraint(
            "profile",
            "creator_id",
            "category",
            name=op.f("uq_page_groups_profile_creator_id_category"),
        ),
    )
    op.create_index(
        "ix_page_groups_leased",
        "page_groups",
        ["lease_expires_at"],
        unique=False,
        postgresql_where=sa.text("lease_owner IS NOT NULL"),
    )
    op.create_index(
        "ix_page_groups_ready",
        "page_groups",
        ["profile", "status", sa.literal_column("priority DESC"), "turn", "id"],
        unique=False,
        postgresql_where=sa.text(
            "status NOT IN ('current') AND not_before IS NULL AND lease_owner IS NULL"
        ),
    )
    op.create_index(
        "ix_page_groups_waiting",
        "page_groups",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("not_before IS NOT NULL"),
    )
    op.create_table(
        "media_files",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("missing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(role = 'transcript') = (origin IS NOT NULL)", name=op.f("ck_media_files_origin")
        ),
        sa.CheckConstraint(
            "role IN ('transcript', 'media', 'metadata')", name=op.f("ck_media_files_role")
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_files_media_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_files")),
        sa.UniqueConstraint("path", name=op.f("uq_media_files_path")),
    )
    op.create_index(op.f("ix_media_files_media_id"), "media_files", ["media_id"], unique=False)
    op.create_index(op.f("ix_media_files_sha256"), "media_files", ["sha256"], unique=False)
    op.create_table(
        "pages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("current_version_id", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.id"], name=op.f("fk_pages_creator_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["page_groups.id"], name=op.f("fk_pages_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint(
            "profile", "creator_id", "slug", name=op.f("uq_pages_profile_creator_id_slug")
        ),
    )
    op.create_index(op.f("ix_pages_group_id"), "pages", ["group_id"], unique=False)
    op.create_table(
        "transcripts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("cue_count", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("is_timed", sa.Boolean(), nullable=False),
        sa.Column("cues", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "notes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("quality", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "version >= 1 AND cue_count >= 0 AND word_count >= 0",
            name=op.f("ck_transcripts_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_transcripts_media_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcripts")),
        sa.UniqueConstraint(
            "media_id", "file_sha256", name=op.f("uq_transcripts_media_id_file_sha256")
        ),
        sa.UniqueConstraint("media_id", "version", name=op.f("uq_transcripts_media_id_version")),
    )
    op.create_table(
        "page_redirects",
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["creators.id"], name=op.f("fk_page_redirects_creator_id")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_redirects_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("profile", "creator_id", "slug", name=op.f("pk_page_redirects")),
    )
    op.create_index(op.f("ix_page_redirects_page_id"), "page_redirects", ["page_id"], unique=False)
    op.create_table(
        "page_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("tools", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("provenance", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_page_versions_version")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_page_versions_page_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_versions")),
        sa.UniqueConstraint("page_id", "version", name=op.f("uq_page_versions_page_id_version")),
    )
    op.create_table(
        "videos",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("creator_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("transcript_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "quality_accepted", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("resume_from", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("wait_reason", sa.Text(), nullable=True),
        sa.Column("wait_detail", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("crashes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("failure_detail", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'failed' OR status = 'quarantined') = (failure_code IS NOT NULL)",
            name=op.f("ck_videos_failure"),
        ),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_expires_at IS NULL)", name=op.f("ck_videos_lease")
        ),
        sa.CheckConstraint("attempts >= 0 AND crashes >= 0", name=op.f("ck_videos_counts")),
        sa.CheckConstraint(
            "not_before IS NULL OR wait_reason IS NOT NULL", name=op.f("ck_videos_wait")
        ),
        sa.ForeignKeyConstraint(["creator_id"], ["creators.id"], name=op.f("fk_videos_creator_id")),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_videos_media_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_videos_source_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcripts.id"], name=op.f("fk_videos_transcript_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_videos")),
        sa.UniqueConstraint("media_id", "profile", name=op.f("uq_videos_media_id_profile")),
    )
    op.create_index(
        op.f("ix_videos_creator_id_profile"), "videos", ["creator_id", "profile"], unique=False
    )
    op.create_index(
        "ix_videos_leased",
        "videos",
        ["lease_expires_at"],
        unique=False,
        postgresql_where=sa.text("lease_owner IS NOT NULL"),
    )
    op.create_index(
        "ix_videos_ready",
        "videos",
        ["profile", "status", sa.literal_column("priority DESC"), "turn", "id"],
        unique=False,
        postgresql_where=sa.text(
            "status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled') AND not_before IS NULL AND lease_owner IS NULL"
        ),
    )
    op.create_index(op.f("ix_videos_source_id"), "videos", ["source_id"], unique=False)
    op.create_index(op.f("ix_videos_transcript_id"), "videos", ["transcript_id"], unique=False)
    op.create_index(
        "ix_videos_waiting",
        "videos",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("not_before IS NOT NULL"),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("page_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_version_id"],
            ["page_versions.id"],
            name=op.f("fk_claims_page_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint(
            "page_version_id", "position", name=op.f("uq_claims_page_version_id_position")
        ),
    )
    op.create_table(
        "contributions",
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["page_groups.id"],
            name=op.f("fk_contributions_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_contributions_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_id", "group_id", name=op.f("pk_contributions")),
    )
    op.create_index(op.f("ix_contributions_group_id"), "contributions", ["group_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=True),
        sa.Column("page_id", sa.Uuid(), nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'page') = (page_id IS NOT NULL)", name=op.f("ck_documents_page")
        ),
        sa.CheckConstraint("(kind = 'page') = (video_id IS NULL)", name=op.f("ck_documents_video")),
        sa.CheckConstraint("kind IN ('page', 'moment', 'window')", name=op.f("ck_documents_kind")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_documents_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_documents_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_page_id"), "documents", ["page_id"], unique=False)
    op.create_index(
        op.f("ix_documents_video_id_kind"), "documents", ["video_id", "kind"], unique=False
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", sa.BigInteger(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("cited_first_cue", sa.Integer(), nullable=False),
        sa.Column("cited_last_cue", sa.Integer(), nullable=False),
        sa.Column("match", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("first_cue", sa.Integer(), nullable=True),
        sa.Column("last_cue", sa.Integer(), nullable=True),
        sa.Column("start_ms", sa.BigInteger(), nullable=True),
        sa.Column("end_ms", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(match = 'rejected') = (first_cue IS NULL)", name=op.f("ck_evidence_resolves")
        ),
        sa.CheckConstraint(
            "match IN ('exact', 'fuzzy', 'relocated', 'rejected')", name=op.f("ck_evidence_match")
        ),
        sa.CheckConstraint(
            "(first_cue IS NULL) = (last_cue IS NULL)", name=op.f("ck_evidence_cues")
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_evidence_score")),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_evidence_transcript_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_evidence_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_transcript_id"), "evidence", ["transcript_id"], unique=False)
    op.create_index(op.f("ix_evidence_video_id"), "evidence", ["video_id"], unique=False)
    op.create_table(
        "topics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("transcript_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first_cue", sa.Integer(), nullable=False),
        sa.Column("last_cue", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("start_ms", sa.BigInteger(), nullable=True),
        sa.Column("end_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "position >= 0 AND first_cue >= 0 AND last_cue >= first_cue",
            name=op.f("ck_topics_cues"),
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_topics_transcript_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_topics_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("video_id", "position", name=op.f("uq_topics_video_id_position")),
    )
    op.create_index(op.f("ix_topics_transcript_id"), "topics", ["transcript_id"], unique=False)
    op.create_table(
        "claim_evidence",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("moment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_evidence_claim_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_claim_evidence_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("claim_id", "evidence_id", name=op.f("pk_claim_evidence")),
    )
    op.create_index(
        op.f("ix_claim_evidence_evidence_id"), "claim_evidence", ["evidence_id"], unique=False
    )
    op.create_table(
        "technique_moments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic_position", sa.Integer(), nullable=False),
        sa.Column("topic_title", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("tools", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("subtopic", sa.Text(), nullable=True),
        sa.Column("content_type_override", sa.Text(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "category IS NOT NULL OR subtopic IS NULL", name=op.f("ck_technique_moments_subtopic")
        ),
        sa.CheckConstraint(
            "position >= 0 AND topic_position >= 0", name=op.f("ck_technique_moments_positions")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_technique_moments_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["videos.id"],
            name=op.f("fk_technique_moments_video_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technique_moments")),
    )
    op.create_index(
        op.f("ix_technique_moments_evidence_id"), "technique_moments", ["evidence_id"], unique=False
    )
    op.create_index(
        op.f("ix_technique_moments_video_id_position"),
        "technique_moments",
        ["video_id", "position"],
        unique=False,
    )

    for statement in OUTBOX_TRIGGER:
        op.execute(statement)


def downgrade() -> None:
    """Drop every table."""
    op.drop_index(op.f("ix_technique_moments_video_id_position"), table_name="technique_moments")
    op.drop_index(op.f("ix_technique_moments_evidence_id"), table_name="technique_moments")
    op.drop_table("technique_moments")
    op.drop_index(op.f("ix_claim_evidence_evidence_id"), table_name="claim_evidence")
    op.drop_table("claim_evidence")
    op.drop_index(op.f("ix_topics_transcript_id"), table_name="topics")
    op.drop_table("topics")
    op.drop_index(op.f("ix_evidence_video_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_transcript_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_documents_video_id_kind"), table_name="documents")
    op.drop_index(op.f("ix_documents_page_id"), table_name="documents")
    op.drop_table("documents")
    op.drop_index(op.f("ix_contributions_group_id"), table_name="contributions")
    op.drop_table("contributions")
    op.drop_table("claims")
    op.drop_index(
        "ix_videos_waiting", table_name="videos", postgresql_where=sa.text("not_before IS NOT NULL")
    )
    op.drop_index(op.f("ix_videos_transcript_id"), table_name="videos")
    op.drop_index(op.f("ix_videos_source_id"), table_name="videos")
    op.drop_index(
        "ix_videos_ready",
        table_name="videos",
        postgresql_where=sa.text(
            "status NOT IN ('indexed', 'failed', 'quarantined', 'skipped', 'cancelled') AND not_before IS NULL AND lease_owner IS NULL"
        ),
    )
    op.drop_index(
        "ix_videos_leased", table_name="videos", postgresql_where=sa.text("lease_owner IS NOT NULL")
    )
    op.drop_index(op.f("ix_videos_creator_id_profile"), table_name="videos")
    op.drop_table("videos")
    op.drop_table("page_versions")
    op.drop_index(op.f("ix_page_redirects_page_id"), table_name="page_redirects")
    op.drop_table("page_redirects")
    op.drop_table("transcripts")
    op.drop_index(op.f("ix_pages_group_id"), table_name="pages")
    op.drop_table("pages")
    op.drop_index(op.f("ix_media_files_sha256"), table_name="media_files")
    op.drop_index(op.f("ix_media_files_media_id"), table_name="media_files")
    op.drop_table("media_files")
    op.drop_index(
        "ix_page_groups_waiting",
        table_name="page_groups",
        postgresql_where=sa.text("not_before IS NOT NULL"),
    )
    op.drop_index(
        "ix_page_groups_ready",
        table_name="page_groups",
        postgresql_where=sa.text(
            "status NOT IN ('current') AND not_before IS NULL AND lease_owner IS NULL"
        ),
    )
    op.drop_index(
        "ix_page_groups_leased",
        table_name="page_groups",
        postgresql_where=sa.text("lease_owner IS NOT NULL"),
    )
    op.drop_table("page_groups")
    op.drop_index(op.f("ix_media_source_id"), table_name="media")
    op.drop_index(op.f("ix_media_creator_id"), table_name="media")
    op.drop_table("media")
    op.drop_index(op.f("ix_events_run_id"), table_name="events")
    op.drop_index(op.f("ix_events_item_kind_item_id_id"), table_name="events")
    op.drop_table("events")
    op.drop_table("work_orders")
    op.drop_index(
        "ix_sources_waiting",
        table_name="sources",
        postgresql_where=sa.text("not_before IS NOT NULL"),
    )
    op.drop_index(
        "ix_sources_ready",
        table_name="sources",
        postgresql_where=sa.text(
            "status NOT IN ('followed') AND not_before IS NULL AND lease_owner IS NULL"
        ),
    )
    op.drop_index(
        "ix_sources_leased",
        table_name="sources",
        postgresql_where=sa.text("lease_owner IS NOT NULL"),
    )
    op.drop_table("sources")
    op.drop_table("runs")
    op.drop_index(op.f("ix_llm_calls_reserved_at"), table_name="llm_calls")
    op.drop_index(op.f("ix_llm_calls_item_kind_item_id_stage"), table_name="llm_calls")
    op.drop_table("llm_calls")
    op.drop_table("index_outbox")
    op.drop_table("creators")
    op.drop_table("alerts")
    op.execute("DROP FUNCTION note_changed_documents()")
