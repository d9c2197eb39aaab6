"""The tables of names, relations and points, on the metadata that every part shares.

Nothing here is an entity: an entity is a set of names that are the same (`name_pairs`), and follows
from the names there are, so that what leaves takes exactly its own part with it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from footnoted.db.tables import metadata
from footnoted.db.tables.columns import at


def _video_id() -> Column[int]:
    return Column(
        "video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), nullable=False
    )


def _evidence_id() -> Column[object]:
    return Column(
        "evidence_id", Uuid, ForeignKey("evidence.id", ondelete="CASCADE"), nullable=False
    )


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


brain_videos = Table(
    "brain_videos",
    metadata,
    Column("video_id", BigInteger, ForeignKey("videos.id", ondelete="CASCADE"), primary_key=True),
    Column("transcript_id", BigInteger, ForeignKey("transcripts.id", ondelete="SET NULL")),
    _flag("text_indexed"),
    _flag("entities_extracted"),
    _flag("graph_built"),
    Index(None, "transcript_id"),
)
"""What is done of a video and its `transcript_id`; each flag is set by the commit that did it."""

brain_fixes = Table(
    "brain_fixes",
    metadata,
    Column("id", Uuid, primary_key=True),
    _video_id(),
    Column(
        "transcript_id",
        BigInteger,
        ForeignKey("transcripts.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("cue", Integer, nullable=False),
    Column("start_char", Integer, nullable=False),
    Column("end_char", Integer, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("cue >= 0 AND start_char >= 0 AND end_char > start_char", name="place"),
    CheckConstraint("before <> after AND after <> ''", name="change"),
    CheckConstraint("char_length(before) = end_char - start_char", name="length"),
    Index(None, "video_id", "cue", "start_char"),
    Index(None, "transcript_id"),
)
"""A correction laid over a cue: its original words, which stay, and what is read in their place."""

brain_names = Table(
    "brain_names",
    metadata,
    _video_id(),
    Column("name_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("is_sure", Boolean, nullable=False),
    PrimaryKeyConstraint("video_id", "name_id"),
    CheckConstraint("key <> '' AND name <> ''", name="written"),
    Index(None, "name_id"),
    Index(None, "key"),
)
"""A name heard in a video. `is_sure` says that nobody can have misheard it: who speaks, a date."""

brain_mentions = Table(
    "brain_mentions",
    metadata,
    Column("id", Uuid, primary_key=True),
    _video_id(),
    Column("name_id", Uuid, nullable=False),
    _evidence_id(),
    Column("role", Text, nullable=False),
    Column("surface", Text, nullable=False),
    Column("first_cue", Integer, nullable=False),
    Column("start_char", Integer),
    Column("last_cue", Integer, nullable=False),
    Column("end_char", Integer),
    ForeignKeyConstraint(
        ["video_id", "name_id"],
        ["brain_names.video_id", "brain_names.name_id"],
        name="fk_brain_mentions_name",
        ondelete="CASCADE",
    ),
    CheckConstraint("role IN ('named', 'speaks')", name="role"),
    CheckConstraint("first_cue >= 0 AND last_cue >= first_cue", name="cues"),
    CheckConstraint(
        "(role = 'named') = (start_char IS NOT NULL) AND (role = 'named') = (end_char IS NOT NULL)",
        name="place",
    ),
    Index(None, "video_id", "name_id"),
    Index(None, "evidence_id"),
)
"""Where a name stands: cue numbers and characters of the original cues, whatever was corrected."""

brain_relations = Table(
    "brain_relations",
    metadata,
    Column("id", Uuid, primary_key=True),
    _video_id(),
    Column("source_id", Uuid, nullable=False),
    Column("target_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("predicate", Text, nullable=False),
    _evidence_id(),
    ForeignKeyConstraint(
        ["video_id", "source_id"],
        ["brain_names.video_id", "brain_names.name_id"],
        name="fk_brain_relations_source",
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(
        ["video_id", "target_id"],
        ["brain_names.video_id", "brain_names.name_id"],
        name="fk_brain_relations_target",
        ondelete="CASCADE",
    ),
    CheckConstraint("kind IN ('stated', 'together', 'speaks_of')", name="kind"),
    CheckConstraint("source_id <> target_id", name="ends"),
    CheckConstraint("kind <> 'together' OR source_id < target_id", name="order"),
    Index(None, "video_id", "source_id"),
    Index(None, "video_id", "target_id"),
    Index(None, "source_id"),
    Index(None, "target_id"),
    Index(None, "evidence_id"),
)
"""An edge between two names of a video; its ends are names there, or there is no edge."""

brain_points = Table(
    "brain_points",
    metadata,
    Column("id", Uuid, primary_key=True),
    _video_id(),
    _evidence_id(),
    Column("position", Integer, nullable=False),
    Column("topic_position", Integer, nullable=False),
    Column("topic_title", Text),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("who", Text),
    Column("due", Text),
    CheckConstraint("kind IN ('decision', 'action', 'question', 'statement')", name="kind"),
    CheckConstraint("position >= 0 AND topic_position >= 0", name="positions"),
    Index(None, "video_id", "position"),
    Index(None, "evidence_id"),
)
"""Something decided, promised, asked or stated in a video."""

brain_sentences = Table(
    "brain_sentences",
    metadata,
    Column("id", Uuid, primary_key=True),
    _video_id(),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    CheckConstraint("position >= 0 AND text <> ''", name="sentence"),
    Index(None, "video_id", "position"),
)
"""A sentence of the summary of a video."""

brain_support = Table(
    "brain_support",
    metadata,
    Column(
        "sentence_id",
        Uuid,
        ForeignKey("brain_sentences.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("point_id", Uuid, ForeignKey("brain_points.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "point_id"),
)
"""The points a sentence of a summary rests on."""

brain_citations = Table(
    "brain_citations",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("evidence_id", Uuid, ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True),
    _video_id(),
    Index(None, "evidence_id"),
    Index(None, "video_id", "stage"),
)
"""Which evidence a stage brought, rejected too, so that each lets go of its own only."""

brain_name_pairs = Table(
    "brain_name_pairs",
    metadata,
    Column("first_id", Uuid, primary_key=True),
    Column("second_id", Uuid, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("likeness", Float, nullable=False),
    Column("judge", Text, nullable=False),
    at("judged_at", nullable=False),
    CheckConstraint("first_id < second_id", name="order"),
    CheckConstraint("verdict IN ('same', 'different', 'unsure')", name="verdict"),
    CheckConstraint("likeness BETWEEN 0 AND 1", name="likeness"),
    Index(None, "second_id"),
)
"""A fact about two names, whoever says them. `judge` is `rule` or the model that was asked."""
