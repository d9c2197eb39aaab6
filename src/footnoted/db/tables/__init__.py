"""The tables every part shares, as SQLAlchemy Core; migrations create them, stores query them.

    media <- work -> knowledge -> search        sources, calls, alerts

Invariants are constraints; money is NUMERIC; times are timestamptz. Ids of things that a stage
makes are deterministic UUIDs, so that saving the same output twice changes nothing.
"""

from __future__ import annotations

from footnoted.db.tables.alerts import (
    alert_deliveries,
    alert_receivers,
    alerts,
)
from footnoted.db.tables.calls import (
    budget_holds,
    budgets,
    call_batches,
    llm_calls,
    model_limits,
    provider_stops,
)
from footnoted.db.tables.columns import metadata
from footnoted.db.tables.knowledge import (
    claim_evidence,
    claims,
    evidence,
    page_redirects,
    page_versions,
    pages,
    topics,
)
from footnoted.db.tables.media import (
    creator_aliases,
    creators,
    media,
    media_files,
    media_keys,
    transcripts,
)
from footnoted.db.tables.search import (
    documents,
    embedded_documents,
    embedding_specs,
    embeddings,
    index_outbox,
)
from footnoted.db.tables.sources import (
    hosts,
    removals,
    source_items,
    sources,
)
from footnoted.db.tables.work import (
    TERMINAL_VIDEO_STATUSES,
    contributions,
    events,
    page_groups,
    plan_items,
    plans,
    runs,
    switches,
    transcriptions,
    videos,
    work_orders,
)

__all__ = [
    "TERMINAL_VIDEO_STATUSES",
    "alert_deliveries",
    "alert_receivers",
    "alerts",
    "budget_holds",
    "budgets",
    "call_batches",
    "claim_evidence",
    "claims",
    "contributions",
    "creator_aliases",
    "creators",
    "documents",
    "embedded_documents",
    "embedding_specs",
    "embeddings",
    "events",
    "evidence",
    "hosts",
    "index_outbox",
    "llm_calls",
    "media",
    "media_files",
    "media_keys",
    "metadata",
    "model_limits",
    "page_groups",
    "page_redirects",
    "page_versions",
    "pages",
    "plan_items",
    "plans",
    "provider_stops",
    "removals",
    "runs",
    "source_items",
    "sources",
    "switches",
    "topics",
    "transcriptions",
    "transcripts",
    "videos",
    "work_orders",
]
