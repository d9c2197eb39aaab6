"""Where data lives: the folder, PostgreSQL, Qdrant."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from pydantic import Field, SecretStr

from footnoted.settings.shapes import HTTP_URL, Count, Part

_LONGEST_SOCKET_PATH = 107


def default_data_dir() -> Path:
    """Return where data lives when nobody says: root's service folder, else the user's data home.

    The latter follows the XDG Base Directory Specification.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/footnoted")
    data_home = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data_home) if data_home else Path.home() / ".local" / "share"
    return base / "footnoted"


class StorageSettings(Part):
    """The data folder and what stands in for its parts."""

    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="Folder of everything footnoted keeps: embedded PostgreSQL, index, socket.",
    )
    user_dir: Path | None = Field(
        default=None,
        description="Folder searched before the built-in prompts and taxonomies.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL to use instead of the embedded one (postgresql://user@host/name).",
    )
    database_pool_size: Count = Field(default=5, description="Connections kept open.")
    database_max_overflow: int = Field(
        default=10, ge=0, le=10_000, description="Connections opened beyond the pool under load."
    )
    database_pre_ping: bool = Field(
        default=True, description="Test a pooled connection before it is used."
    )
    auto_migrate: bool | None = Field(
        default=None,
        description="Migrate an old schema at the start; unset: only the embedded database.",
    )
    qdrant_url: str | None = Field(
        default=None,
        pattern=HTTP_URL,
        description="Qdrant server to use instead of the embedded index.",
    )
    qdrant_api_key: SecretStr | None = Field(
        default=None, description="API key of the Qdrant server."
    )

    @property
    def is_embedded(self) -> bool:
        """Return whether PostgreSQL is the embedded one."""
        return self.database_url is None

    @property
    def migrates_itself(self) -> bool:
        """Return whether an old schema is migrated at the start."""
        return self.is_embedded if self.auto_migrate is None else self.auto_migrate

    @property
    def socket_path(self) -> Path:
        """Return where the daemon's API listens.

        Inside the data directory, unless its path is too long for a socket (unix(7): 107 bytes).
        """
        path = self.data_dir / "daemon.sock"
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
            return path
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"footnoted-{os.geteuid()}-{digest}" / "daemon.sock"

    @property
    def fetched_dir(self) -> Path:
        """Return where what is fetched for recordings on the net lives."""
        return self.data_dir / "fetched"

    @property
    def index_dir(self) -> Path:
        """Return where the embedded search index lives."""
        return self.data_dir / "index"
