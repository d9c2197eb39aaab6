"""Which recordings are looked at, and which edges are followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    """The edges that are followed: of some kinds (None: all), as some recordings show them."""

    kinds: tuple[str, ...] | None = None
    scope: Scope = EVERYWHERE

    @property
    def values(self) -> Mapping[str, Any]:
        """Return the parameters of a query of edges."""
        return {"kinds": list(self.kinds) if self.kinds else None, **self.scope.values}


ALL_EDGES: Final = Followed()
