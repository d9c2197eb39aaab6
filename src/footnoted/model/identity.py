"""Ids that follow from what a thing is, so that making it twice makes it once."""

from __future__ import annotations

import json
from uuid import UUID, uuid5

_NAMESPACE = UUID("6a0f3c1e-6f0b-5c53-9d4e-0c5f1b7a2d11")


def deterministic_id(kind: str, *parts: str | int | None) -> UUID:
    """Return the id of the thing of `kind` that `parts` tell from all others of its kind."""
    return uuid5(_NAMESPACE, json.dumps([kind, *parts], ensure_ascii=True))
