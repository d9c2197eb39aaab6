"""What every command begins with: the settings of the environment, and logs kept off stdout."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from footnoted.settings import load_settings
from footnoted.telemetry import configure_logging

if TYPE_CHECKING:
    from footnoted.settings import Settings


def read_settings() -> Settings:
    """Return the settings; from here on, log lines go to stderr.

    Raises ConfigurationError in one sentence that names the variable.
    """
    settings = load_settings(os.environ).settings
    configure_logging(settings, sys.stderr)
    return settings
