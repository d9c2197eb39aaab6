"""`footnoted --help` is quick because building the program imports nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("sqlalchemy", "fastapi", "numpy", "qdrant_client", "qdrant_edge", "httpx", "alembic")
SCRIPT = """
import json, sys
from footnoted.cli.application import build
from typer.main import get_command
get_command(build())
print(json.dumps(sorted(sys.modules)))
"""


def test_building_the_program_imports_nothing_heavy() -> None:
    """A fresh process has none of the modules that take their time."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    loaded = json.loads(done.stdout)
    assert "typer" in loaded
    assert [name for name in HEAVY if name in loaded] == []
