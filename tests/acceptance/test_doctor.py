"""`footnoted doctor` finds each kind of damage, repairs what it can, and then finds nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from tests.acceptance.program import execute

if TYPE_CHECKING:
    from tests.acceptance.program import Home

# The claim that loses its evidence is on another page than the evidence that names no cues, which
# takes what is unsupported of its pages with it.
DAMAGE = """
  UPDATE videos SET status = 'classified', lease_owner = gen_random_uuid(),
    lease_expires_at = now() + interval '1 minute' WHERE id = 1;
  UPDATE videos SET status = 'transcribed', wait_reason = 'index',
    not_before = now() - interval '1 hour' WHERE id = 2;
  UPDATE videos SET profile = 'removed', status = 'discovered' WHERE id = 3;
  UPDATE evidence SET last_cue = 4711 WHERE id = (SELECT min(id::text)::uuid FROM evidence
    WHERE match <> 'rejected' AND video_id NOT IN (1, 2, 3));
  DELETE FROM claim_evidence WHERE claim_id = (SELECT min(c.id::text)::uuid FROM claims c
    JOIN pages p ON p.current_version_id = c.page_version_id WHERE p.retired_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM claims other JOIN claim_evidence ce ON ce.claim_id = other.id
        JOIN evidence e ON e.id = ce.evidence_id
        WHERE other.page_version_id = c.page_version_id AND e.last_cue = 4711));
  DELETE FROM documents WHERE id = (SELECT min(id::text)::uuid FROM documents
    WHERE kind = 'window');
  DELETE FROM index_outbox;
  INSERT INTO index_outbox (document_id, at)
    SELECT id, now() - interval '1 hour' FROM documents WHERE kind = 'window'
    ORDER BY id DESC LIMIT 1;
"""

NEED_NO_SETTING = {
    "disk_space",
    "database",
    "schema",
    "daemon",
    "leases",
    "waits",
    "dangling_evidence",
    "evidence",
    "calls",
    "backups",
    "index_content",
    "index_labels",
    "vectors",
}


def found(answer: dict[str, Any]) -> dict[str, str]:
    """Return the state of each check that found something."""
    return {check["name"]: check["state"] for check in answer["checks"] if check["state"] != "ok"}


def fixed(answer: dict[str, Any]) -> set[str]:
    """Return the checks that repaired something."""
    return {check["name"] for check in answer["checks"] if check["fixed"]}


def test_a_healthy_library_passes_every_check(library: Home) -> None:
    """Those that need no setting are all made, all well, exit code 0."""
    answer = library.ask("doctor")
    ended = library.run("doctor")
    assert NEED_NO_SETTING - {check["name"] for check in answer["checks"]} == set()
    assert found(answer) == {}
    assert (ended.returncode, "All is well." in ended.stdout) == (0, True)


def test_each_damage_is_found_repaired_and_gone(own_library: Home) -> None:
    """What needs a decision of a person stays; everything else is gone at the second look."""
    execute(own_library, DAMAGE)
    needs_a_person = {"profiles": "warning"}
    repairable = {
        "dangling_evidence": "failure",
        "evidence": "failure",
        "leases": "warning",
        "waits": "warning",
        "index_content": "warning",
        "index_lag": "warning",
    }
    assert found(own_library.ask("doctor")) == needs_a_person | repairable
    repaired = own_library.ask("doctor", "--fix")
    assert (found(repaired), fixed(repaired)) == (
        needs_a_person,
        {"dangling_evidence", "evidence", "leases", "waits", "index_content"},
    )
    again = own_library.ask("doctor", "--fix")
    assert (found(again), fixed(again)) == (needs_a_person, set())


def test_a_missing_index_fails_until_it_is_repaired(own_library: Home) -> None:
    """A look changes nothing for a search, which repairs what it finds empty; --fix does too."""
    shutil.rmtree(own_library.data_dir / "index")
    broken = own_library.run("doctor")
    searched = own_library.ask("search", "glue")
    shutil.rmtree(own_library.data_dir / "index")
    repaired = own_library.run("doctor", "--fix")
    assert (broken.returncode, "failure index_content" in broken.stdout) == (1, True)
    assert searched["results"] != []
    assert (repaired.returncode, "rebuilt" in repaired.stdout) == (0, True)


def test_a_cluster_of_another_major_version_is_named(own_library: Home) -> None:
    """The steps to take are said, and nothing is touched."""
    version = own_library.data_dir / "postgres" / "PG_VERSION"
    version.write_text("17\n")
    ended = own_library.run("doctor")
    assert ended.returncode == 1
    assert "made by PostgreSQL 17" in ended.stdout
    assert version.read_text() == "17\n"
    version.write_text("18\n")
