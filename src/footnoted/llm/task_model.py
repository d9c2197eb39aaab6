"""The base of every task and answer, so that each profile's can stand in a module of its own."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class TaskModel(BaseModel):
    """Frozen, and closed to fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
