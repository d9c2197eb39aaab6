"""The address of the database as other programs take it (libpq's connection URI)."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from footnoted.db.server_socket import Answer, ask

_TLS = {"ssl": "sslmode"}
"""What libpq calls an option that our driver calls otherwise."""


def shared_url(url: str, *, role: str | None = None) -> str:
    """Return `url` for psql and others; for another role it is without the password."""
    parsed = make_url(url).set(drivername="postgresql")
    parsed = parsed.set(query={_TLS.get(name, name): value for name, value in parsed.query.items()})
    if role is not None:
        parsed = parsed._replace(username=role, password=None)
    return parsed.render_as_string(hide_password=False)


def is_reachable(address: str) -> bool:
    """Return whether a server answers at the socket that `address` names."""
    folder = make_url(address).query.get("host")
    return isinstance(folder, str) and ask(Path(folder)) is not Answer.NOBODY
