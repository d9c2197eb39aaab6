"""The files people deploy with hold what the product promises about them."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from footnoted.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

_UNITS = ["footnoted.service", "footnoted-drain.service", "footnoted-drain.timer"]
_SERVICES = _UNITS[:2]
_SWITCHED_ON = [
    "DynamicUser",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateTmp",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHome",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RemoveIPC",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
]
_SECONDS = {"": 1, "s": 1, "min": 60, "m": 60, "h": 3600}


def _seconds(span: str) -> float:
    match = re.fullmatch(r"(\d+)\s*(s|min|m|h|)", span)
    assert match is not None, span
    return int(match[1]) * _SECONDS[match[2]]


def _service(root: Path, unit: str) -> dict[str, str]:
    """Return the [Service] section; of a key given twice the last one counts, as in systemd."""
    text = (root / "deploy" / unit).read_text(encoding="utf-8")
    section = text.split("[Service]\n", 1)[1].split("\n[", 1)[0]
    lines = [line for line in section.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def _compose(root: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((root / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def _final_stage(root: Path) -> str:
    text = (root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return text.split("\nFROM ")[-1]


def _grace_s() -> float:
    grace_s: float = Settings.model_fields["shutdown_grace_s"].default
    return grace_s


@pytest.mark.parametrize("unit", _UNITS)
def test_systemd_takes_the_unit_without_a_word(
    project_root: Path, tmp_path: Path, unit: str
) -> None:
    """`systemd-analyze verify` exits 0 on unknown keys, so its silence is what counts."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    for name in _UNITS:
        text = (project_root / "deploy" / name).read_text(encoding="utf-8")
        installed = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE)
        (tmp_path / name).write_text(installed, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_daemon_reports_its_state_and_is_watched(project_root: Path) -> None:
    """Readiness, watchdog, and a stop that reaches the daemon before its database."""
    service = _service(project_root, "footnoted.service")
    expected = {
        "Type": "notify",
        "NotifyAccess": "main",
        "WatchdogSec": "60s",
        "KillMode": "mixed",
        "Restart": "always",
        "SuccessExitStatus": "75",
        "RestartPreventExitStatus": "2 3",
    }
    assert {key: service.get(key) for key in expected} == expected


@pytest.mark.parametrize("unit", _SERVICES)
def test_stopping_takes_longer_than_the_grace_period(project_root: Path, unit: str) -> None:
    """What systemd allows exceeds what the daemon allows itself, or answers would be lost."""
    assert _seconds(_service(project_root, unit)["TimeoutStopSec"]) > _grace_s()


def test_a_drain_has_time_for_its_minutes_and_its_grace(project_root: Path) -> None:
    """The oneshot's start limit covers --max-minutes and the grace period after it."""
    service = _service(project_root, "footnoted-drain.service")
    command = service["ExecStart"].split()
    assert command[1:] == ["run", "--drain", "--max-minutes", "55"]
    assert service["Type"] == "oneshot"
    assert _seconds(service["TimeoutStartSec"]) >= 55 * 60 + _grace_s()


@pytest.mark.parametrize("unit", _SERVICES)
def test_services_are_hardened(project_root: Path, unit: str) -> None:
    """Both units close what the product never needs."""
    service = _service(project_root, unit)
    assert [key for key in _SWITCHED_ON if service.get(key) != "yes"] == []
    expected = {
        "ProtectSystem": "strict",
        "CapabilityBoundingSet": "",
        "SystemCallArchitectures": "native",
        "SystemCallFilter": "@system-service",
        "UMask": "0077",
        "StateDirectory": "footnoted",
        "EnvironmentFile": "-/etc/footnoted/footnoted.env",
        "User": "footnoted",
    }
    assert {key: service.get(key) for key in expected} == expected


def test_the_image_runs_as_nobody_special_and_reports_health(project_root: Path) -> None:
    """The final stage: a numeric user other than root, /data, a health check, no installer."""
    final = _final_stage(project_root)
    user = re.search(r"^USER (\d+):(\d+)$", final, re.MULTILINE)
    assert user is not None
    assert 0 not in {int(user[1]), int(user[2])}
    assert re.search(r'^HEALTHCHECK .*CMD \["footnoted", "healthcheck"\]$', final, re.MULTILINE)
    lines = ["VOLUME /data", "STOPSIGNAL SIGTERM", 'ENTRYPOINT ["footnoted"]', 'CMD ["run"]']
    assert [line for line in lines if f"\n{line}\n" not in final] == []
    assert "FOOTNOTED_DATA_DIR=/data" in final
    assert not re.search(r"pip install|apt-get|gcc|build-essential", final)


def test_the_image_installs_what_the_lock_pins(project_root: Path) -> None:
    """Dependencies come by hash, the wheel brings none, and every copied path exists."""
    text = (project_root / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    assert re.search(r"install --require-hashes .*--requirement requirements\.lock", text)
    assert re.search(r"install --no-deps /wheels/footnoted-\*\.whl", text)
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert [source for source in copied if not (project_root / source).exists()] == []
    sent = (project_root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [source for source in copied if f"!{source}" not in sent] == []


def test_compose_runs_alone_and_takes_servers_as_profiles(project_root: Path) -> None:
    """`up` starts the app only; PostgreSQL, Qdrant and the drain wait to be asked for."""
    services = _compose(project_root)["services"]
    profiles = {name: service.get("profiles", []) for name, service in services.items()}
    expected = {"app": [], "drain": ["drain"], "postgres": ["postgres"], "qdrant": ["qdrant"]}
    assert profiles == expected
    needed = services["app"]["depends_on"].values()
    assert [need["required"] for need in needed] == [False, False]
    assert services["drain"]["command"] == ["run", "--drain", "--max-minutes", "55"]


def test_compose_waits_for_the_grace_period(project_root: Path) -> None:
    """Docker kills after ten seconds unless told otherwise."""
    services = _compose(project_root)["services"]
    for name in ("app", "drain"):
        assert _seconds(services[name]["stop_grace_period"]) > _grace_s()


def test_compose_keeps_data_in_named_volumes(project_root: Path) -> None:
    """What a service writes outlives its container, and nothing listens beyond the network."""
    compose = _compose(project_root)
    mounted = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service["volumes"]
    }
    assert mounted == set(compose["volumes"]) == {"data", "postgres", "qdrant"}
    assert [name for name, service in compose["services"].items() if "ports" in service] == []
