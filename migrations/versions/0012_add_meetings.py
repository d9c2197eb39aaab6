"""Add meetings: names, where they stand, how they relate, what was decided, and what is done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "brain_name_pairs",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column(
            "judged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "verdict IN ('same', 'different', 'unsure')", name=op.f("ck_brain_name_pairs_verdict")
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_brain_name_pairs_order")),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1", name=op.f("ck_brain_name_pairs_likeness")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_brain_name_pairs")),
    )
    op.create_index(
        op.f("ix_brain_name_pairs_second_id"), "brain_name_pairs", ["second_id"], unique=False
    )
    op.create_table(
        "brain_fixes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("transcript_id", sa.BigInteger(), nullable=False),
        sa.Column("cue", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("before <> after AND after <> ''", name=op.f("ck_brain_fixes_change")),
        sa.CheckConstraint(
            "char_length(before) = end_char - start_char", name=op.f("ck_brain_fixes_length")
        ),
        sa.CheckConstraint(
            "cue >= 0 AND start_char >= 0 AND end_char > start_char",
            name=op.f("ck_brain_fixes_place"),
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_brain_fixes_transcript_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_brain_fixes_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brain_fixes")),
    )
    op.create_index(
        op.f("ix_brain_fixes_transcript_id"), "brain_fixes", ["transcript_id"], unique=False
    )
    op.create_index(
        op.f("ix_brain_fixes_video_id_cue_start_char"),
        "brain_fixes",
        ["video_id", "cue", "start_char"],
        unique=False,
    )
    op.create_table(
        "brain_names",
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("name_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("is_sure", sa.Boolean(), nullable=False),
        sa.CheckConstraint("key <> '' AND name <> ''", name=op.f("ck_brain_names_written")),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_brain_names_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_id", "name_id", name=op.f("pk_brain_names")),
    )
    op.create_index(op.f("ix_brain_names_key"), "brain_names", ["key"], unique=False)
    op.create_index(op.f("ix_brain_names_name_id"), "brain_names", ["name_id"], unique=False)
    op.create_table(
        "brain_sentences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "position >= 0 AND text <> ''", name=op.f("ck_brain_sentences_sentence")
        ),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["videos.id"],
            name=op.f("fk_brain_sentences_video_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brain_sentences")),
    )
    op.create_index(
        op.f("ix_brain_sentences_video_id_position"),
        "brain_sentences",
        ["video_id", "position"],
        unique=False,
    )
    op.create_table(
        "brain_videos",
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("transcript_id", sa.BigInteger(), nullable=True),
        sa.Column("text_indexed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "entities_extracted", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("graph_built", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["transcripts.id"],
            name=op.f("fk_brain_videos_transcript_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_brain_videos_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("video_id", name=op.f("pk_brain_videos")),
    )
    op.create_index(
        op.f("ix_brain_videos_transcript_id"), "brain_videos", ["transcript_id"], unique=False
    )
    op.create_table(
        "brain_citations",
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_brain_citations_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["videos.id"],
            name=op.f("fk_brain_citations_video_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stage", "evidence_id", name=op.f("pk_brain_citations")),
    )
    op.create_index(
        op.f("ix_brain_citations_evidence_id"), "brain_citations", ["evidence_id"], unique=False
    )
    op.create_index(
        op.f("ix_brain_citations_video_id_stage"),
        "brain_citations",
        ["video_id", "stage"],
        unique=False,
    )
    op.create_table(
        "brain_mentions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("name_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("first_cue", sa.Integer(), nullable=False),
        sa.Column("start_char", sa.Integer(), nullable=True),
        sa.Column("last_cue", sa.Integer(), nullable=False),
        sa.Column("end_char", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'named') = (start_char IS NOT NULL) AND (role = 'named') = (end_char IS NOT NULL)",
            name=op.f("ck_brain_mentions_place"),
        ),
        sa.CheckConstraint("role IN ('named', 'speaks')", name=op.f("ck_brain_mentions_role")),
        sa.CheckConstraint(
            "first_cue >= 0 AND last_cue >= first_cue", name=op.f("ck_brain_mentions_cues")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_brain_mentions_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id", "name_id"],
            ["brain_names.video_id", "brain_names.name_id"],
            name="fk_brain_mentions_name",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_brain_mentions_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brain_mentions")),
    )
    op.create_index(
        op.f("ix_brain_mentions_evidence_id"), "brain_mentions", ["evidence_id"], unique=False
    )
    op.create_index(
        op.f("ix_brain_mentions_video_id_name_id"),
        "brain_mentions",
        ["video_id", "name_id"],
        unique=False,
    )
    op.create_table(
        "brain_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic_position", sa.Integer(), nullable=False),
        sa.Column("topic_title", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("due", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('decision', 'action', 'question', 'statement')",
            name=op.f("ck_brain_points_kind"),
        ),
        sa.CheckConstraint(
            "position >= 0 AND topic_position >= 0", name=op.f("ck_brain_points_positions")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_brain_points_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"], ["videos.id"], name=op.f("fk_brain_points_video_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brain_points")),
    )
    op.create_index(
        op.f("ix_brain_points_evidence_id"), "brain_points", ["evidence_id"], unique=False
    )
    op.create_index(
        op.f("ix_brain_points_video_id_position"),
        "brain_points",
        ["video_id", "position"],
        unique=False,
    )
    op.create_table(
        "brain_relations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("video_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("predicate", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'together' OR source_id < target_id", name=op.f("ck_brain_relations_order")
        ),
        sa.CheckConstraint(
            "kind IN ('stated', 'together', 'speaks_of')", name=op.f("ck_brain_relations_kind")
        ),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_brain_relations_ends")),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["evidence.id"],
            name=op.f("fk_brain_relations_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id", "source_id"],
            ["brain_names.video_id", "brain_names.name_id"],
            name="fk_brain_relations_source",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id", "target_id"],
            ["brain_names.video_id", "brain_names.name_id"],
            name="fk_brain_relations_target",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["videos.id"],
            name=op.f("fk_brain_relations_video_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brain_relations")),
    )
    op.create_index(
        op.f("ix_brain_relations_evidence_id"), "brain_relations", ["evidence_id"], unique=False
    )
    op.create_index(
        op.f("ix_brain_relations_source_id"), "brain_relations", ["source_id"], unique=False
    )
    op.create_index(
        op.f("ix_brain_relations_target_id"), "brain_relations", ["target_id"], unique=False
    )
    op.create_index(
        op.f("ix_brain_relations_video_id_source_id"),
        "brain_relations",
        ["video_id", "source_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_brain_relations_video_id_target_id"),
        "brain_relations",
        ["video_id", "target_id"],
        unique=False,
    )
    op.create_table(
        "brain_support",
        sa.Column("sentence_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["brain_points.id"],
            name=op.f("fk_brain_support_point_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"],
            ["brain_sentences.id"],
            name=op.f("fk_brain_support_sentence_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sentence_id", "point_id", name=op.f("pk_brain_support")),
    )
    op.create_index(op.f("ix_brain_support_point_id"), "brain_support", ["point_id"], unique=False)


def downgrade() -> None:
    """Drop them, the ones that refer to others first."""
    for table in (
        "brain_support",
        "brain_relations",
        "brain_points",
        "brain_mentions",
        "brain_citations",
        "brain_videos",
        "brain_sentences",
        "brain_names",
        "brain_fixes",
        "brain_name_pairs",
    ):
        op.drop_table(table)
