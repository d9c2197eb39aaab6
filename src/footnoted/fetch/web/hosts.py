"""What is remembered of a host, and how fast it may be asked. Pure, but for the settings' words."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read by tools at run time
from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - as above

from footnoted.errors import ConfigurationError
from footnoted.settings import variable

_LONGEST_GAP_S = 3600.0
_MOST_CONNECTIONS = 100


@dataclass(frozen=True, slots=True)
class HostPace:
    """At most so many connections at once; so long, and up to half more, between two requests."""

    gap_s: float = 1.0
    connections: int = 1


@dataclass(frozen=True, slots=True)
class HostPaces:
    """The pace of every host: `by_name` holds for a host and all below it, the longest first."""

    usual: HostPace = HostPace()
    by_name: Mapping[str, HostPace] = field(default_factory=dict[str, HostPace])

    def of(self, host: str) -> HostPace:
        """Return the pace of a host, by its name as `host_name` returns it."""
        name = host
        while name:
            if name in self.by_name:
                return self.by_name[name]
            name = name.partition(".")[2]
        return self.usual


@dataclass(frozen=True, slots=True)
class Standing:
    """What is remembered of a host.

    `goes_at` is when the last request to it leaves or left. `failures` are refusals in a row;
    `code` and `detail` tell of the last, which came at `refused_at`. It rests until `rests_until`.
    """

    goes_at: datetime | None = None
    failures: int = 0
    code: str | None = None
    detail: str | None = None
    refused_at: datetime | None = None
    rests_until: datetime | None = None


def host_name(name: str) -> str:
    """Return the name under which a host is remembered: in small letters, without `www.`."""
    return name.strip("[]").rstrip(".").lower().removeprefix("www.")


def parse_paces(usual: HostPace, words: str) -> HostPaces:
    """Return paces from `host=gap_s` or `host=gap_s/connections`, by commas.

    Raises ConfigurationError in a sentence that names the variable.
    """
    pairs = [word.strip() for word in words.split(",") if word.strip()]
    return HostPaces(usual, dict(_parse_pace(pair) for pair in pairs))


def _parse_pace(pair: str) -> tuple[str, HostPace]:
    name, _, pace = pair.partition("=")
    gap, _, connections = pace.partition("/")
    try:
        found = HostPace(float(gap), int(connections or "1"))
    except ValueError:
        found = HostPace(-1)
    is_sound = 0 <= found.gap_s <= _LONGEST_GAP_S and 1 <= found.connections <= _MOST_CONNECTIONS
    if not name.strip() or not is_sound:
        message = f"{variable('host_paces')}: {pair!r} is not host=seconds or host=seconds/number"
        raise ConfigurationError(message)
    return host_name(name.strip()), found
