"""The trigger that writes the outbox of the search index; migration 0001 creates it.

A trigger, because a save is not the only way a document changes: a purged video or page takes
its documents along by a cascade, and no statement of ours names them. Statement-level with
transition tables: one insert per statement however many rows it touched.
"""

from __future__ import annotations

OUTBOX_TRIGGER_DDL: tuple[str, ...] = (
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
"""Statements to run in this order, once, after the tables exist. An id never changes."""
