"""By which prompts, models and taxonomies the daemon works: those of its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel, Field

from footnoted.pipeline.setups import Setups, setups_of

if TYPE_CHECKING:
    from footnoted.app import App


class DaemonSetup(BaseModel):
    """What each stage is made by."""

    stages: Setups = Field(description="The parts of each fingerprint, by `profile.stage`.")


def setup_router(app: App) -> APIRouter:
    """Return the route of the set-up."""
    router = APIRouter(prefix="/api/v1")

    def setup() -> DaemonSetup:
        """Return what each stage of each profile is made by, as of the daemon's start."""
        return DaemonSetup(stages=setups_of(app.deps))

    router.add_api_route("/setup", setup)
    return router
