"""The settings: one frozen object, read once from the environment and nowhere else."""

from __future__ import annotations

from footnoted.settings.bundled import bundled_dir
from footnoted.settings.environment import Loaded, load_settings, secret_fields, variable
from footnoted.settings.every import Settings
from footnoted.settings.storage import default_data_dir

__all__ = [
    "Loaded",
    "Settings",
    "bundled_dir",
    "default_data_dir",
    "load_settings",
    "secret_fields",
    "variable",
]
