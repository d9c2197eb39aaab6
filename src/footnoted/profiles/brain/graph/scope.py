"""Which recordings are looked at, and which edges are followed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Scope:
    """The recordings of a video, a source and a creator; None asks for any."""

    video_id: int | None = None
    source_id: int | None = None
    creator: str | None = None

    @property
    def is_narrow(self) -> bool:
        """Return whether it leaves anything out."""
        return (self.video_id, self.source_id, self.creator) != (None, None, None)

    @property
    def values(self) -> Mapping[str, Any]:
        """Return the parameters of the condition that it is."""
        return {"video_id": self.video_id, "of_source": self.source_id, "creator": self.creator}


EVERYWHERE: Final = Scope()


@dataclass(frozen=True, slots=True)
class Followed:
    """The edges that are followed: of some kinds (None: all), as some recordings show them.

    They lead to entities of some `types` (None: any) alone; those that are asked about, `ends`, may
    be of any type.
    """

    kinds: tuple[str, ...] | None = None
    scope: Scope = EVERYWHERE
    types: tuple[str, ...] | None = None
    ends: tuple[UUID, ...] = ()

    def about(self, *entity_ids: UUID) -> Followed:
        """Return the same for a question about these entities."""
        return replace(self, ends=entity_ids)

    @property
    def values(self) -> Mapping[str, Any]:
        """Return the parameters of a query of edges."""
        return {
            "kinds": list(self.kinds) if self.kinds else None,
            "types": list(self.types) if self.types else None,
            "ends": list(self.ends),
            **self.scope.values,
        }


ALL_EDGES: Final = Followed()
