"""What a call is called in a batch."""

from __future__ import annotations

import re

from footnoted.ledger.batches.batch import custom_id_of

_ALLOWED = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def test_a_name_is_one_the_provider_takes() -> None:
    """Sixty-four characters at most, whatever the generation."""
    assert _ALLOWED.fullmatch(custom_id_of("f" * 64, 999_999_999_999))


def test_generations_and_requests_are_told_apart() -> None:
    """The same call has the same name, any other another."""
    names = {custom_id_of(sha, generation) for sha in ("a" * 64, "b" * 64) for generation in (0, 1)}
    assert len(names) == 4
    assert custom_id_of("a" * 64, 1) in names
