"""Whose a recording is, where it lies, and what it waits for, as SQL that every query uses."""

from __future__ import annotations

from typing import Final

MEDIA_PATH: Final = """(
  SELECT f.path FROM media_files f
  WHERE f.media_id = m.id AND f.role = 'media' AND f.missing_at IS NULL ORDER BY f.id LIMIT 1)"""
"""The stored path of the file that plays the recording `m`: the first seen of those there."""

TRANSCRIPT_PATH: Final = """COALESCE(
  (SELECT f.path FROM media_files f
   WHERE f.media_id = m.id AND f.role = 'transcript' AND f.sha256 = t.file_sha256
   ORDER BY f.missing_at IS NOT NULL, f.id LIMIT 1),
  (SELECT min(f.path) FROM media_files f
   WHERE f.media_id = m.id AND f.role = 'transcript' HAVING count(*) = 1))"""
"""The stored path of the file that the version `t` of the recording `m` was read from.

A file that changed since then is named as long as it is the only one; else it is not known.
"""

CREATOR_CALLED: Final = """(lower(:creator) IN (lower(c.name), c.slug) OR EXISTS (
  SELECT 1 FROM creator_aliases a
  WHERE a.creator_id = c.id AND lower(:creator) IN (lower(a.name), a.slug)))"""
"""That the creator `c` is called `:creator`: by name or address, or by an earlier one."""

WAITED_FOR: Final = """LEFT JOIN transcriptions w ON w.media_id = v.media_id
    AND v.status = 'discovered' AND v.not_before IS NOT NULL
    AND w.wait_reason = v.wait_reason AND w.not_before IS NOT NULL"""
"""The transcription `w` that the video `v` waits for by its reason.

Its next look and its deadline are those of the video too, which itself only looks now and then
whether it was woken.
"""

WITHHELD: Final = """transcriptions h ON h.media_id = v.media_id
    AND v.transcript_id IS NOT NULL AND v.status NOT IN ('discovered', 'cancelled')
    AND (h.status = 'failed' AND replace(h.failure_code, '_deadline', '') = ANY(:withheld)
      OR h.not_before IS NOT NULL AND h.wait_reason = ANY(:withheld))"""
"""The transcription `h` of the video `v`, where a later look found that its recording is withheld.

The video has its words from before and goes on, so nothing of its own says so.
"""
