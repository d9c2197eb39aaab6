"""Who may be asked, who may ask, and who is told: the net, the API, alerts, logs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from footnoted.settings.shapes import Part


class SurroundingSettings(Part):
    """Addresses that are listened on and reported to."""

    offline: bool = Field(
        default=False,
        description="Contact nothing beyond this machine: no source, page, model or recogniser.",
    )
    api_listen: str | None = Field(
        default=None,
        pattern=r"^(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}$",
        description="Where the HTTP API listens beside its socket: 127.0.0.1:8642, ...",
    )
    api_token: SecretStr | None = Field(
        default=None,
        description="What callers of the HTTP API show (Authorization: Bearer); a must beyond"
        " loopback.",
    )
    alert_url: SecretStr | None = Field(
        default=None, description="Address that alerts are posted to as JSON."
    )
    alert_command: SecretStr | None = Field(
        default=None, description="Command that gets each alert as JSON on its standard input."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level that is logged."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="Log lines for people or for machines."
    )
