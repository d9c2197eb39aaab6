"""Connected components: what belongs together because of the pairs that do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


class Components(Generic[T]):
    """Members and which of them are joined. The order of joining makes no difference."""

    def __init__(self, members: Iterable[T]) -> None:
        """Start with each of `members` alone; they are different, and their order is kept."""
        self._order = {member: place for place, member in enumerate(members)}
        self._parent: dict[T, T] = {member: member for member in self._order}

    def join(self, one: T, other: T) -> None:
        """Put two members, and all that is joined to either, into one component."""
        first, second = self.first_of(one), self.first_of(other)
        if self._order[second] < self._order[first]:
            first, second = second, first
        self._parent[second] = first

    def has(self, member: T) -> bool:
        """Return whether this is one of the members."""
        return member in self._parent

    def first_of(self, member: T) -> T:
        """Return the first member of a member's component, which stands for it."""
        path: list[T] = []
        while self._parent[member] != member:
            path.append(member)
            member = self._parent[member]
        self._parent.update(dict.fromkeys(path, member))
        return member

    def all(self) -> list[list[T]]:
        """Return the components by their first members, each in order."""
        found: dict[T, list[T]] = {}
        for member in self._order:
            found.setdefault(self.first_of(member), []).append(member)
        return list(found.values())
