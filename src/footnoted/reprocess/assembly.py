"""Joins a rehearsal together from what the program runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footnoted.llm.gateway import Gateway
from footnoted.reprocess.purchases import Rehearsed
from footnoted.reprocess.rehearsal import Rehearsal

if TYPE_CHECKING:
    from footnoted.llm.port import Model
    from footnoted.llm.routes import Routes
    from footnoted.pipeline.deps import Deps
    from footnoted.prompting import Prompt
    from footnoted.reprocess.services.vectors import VectorWatch


def make_rehearsal(
    deps: Deps,
    routes: Routes,
    repair: Prompt,
    extractive: Model,
    vectors: VectorWatch | None = None,
) -> Rehearsal:
    """Return a rehearsal of the flows of `deps`; `extractive` answers what never was answered.

    `vectors` is told what would be embedded.
    """
    purchases = Rehearsed(deps.database, deps.clock, extractive)
    return Rehearsal(deps, Gateway(deps.database, routes, purchases, repair), purchases, vectors)
