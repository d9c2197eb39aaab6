"""Settings from an environment: what is taken, what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from footnoted.errors import ConfigurationError
from footnoted.settings import Settings, default_data_dir, load_settings, secret_fields

NUMBERS = [
    name
    for name, field in Settings.model_fields.items()
    if "bool" not in str(field.annotation) and type(field.default) in (int, float)
]


def refusal(**environ: str) -> str:
    """Return the sentence with which an environment is refused."""
    with pytest.raises(ConfigurationError) as caught:
        load_settings({f"FOOTNOTED_{name}": value for name, value in environ.items()})
    return caught.value.message


def test_an_empty_environment_gives_the_defaults() -> None:
    """Every value says that it is a default."""
    loaded = load_settings({"PATH": "/bin"})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}


def test_a_value_is_parsed_and_says_where_it_came_from() -> None:
    """Numbers, flags and paths come as text."""
    loaded = load_settings(
        {"FOOTNOTED_LEASE_S": "2.5", "FOOTNOTED_AUTO_MIGRATE": "1", "FOOTNOTED_DATA_DIR": "/d"}
    )
    settings = loaded.settings
    assert (settings.lease_s, settings.auto_migrate, settings.data_dir) == (2.5, True, Path("/d"))
    assert loaded.origins["lease_s"] == "FOOTNOTED_LEASE_S"
    assert loaded.origins["drain_wait_s"] == "default"


def test_a_misspelt_name_is_refused_with_the_nearest_valid_one() -> None:
    """A setting that takes no effect silently is worse than a refusal."""
    expected = "FOOTNOTED_LEASES is not a setting of footnoted; did you mean FOOTNOTED_LEASE_S?"
    assert refusal(LEASES="1") == expected


def test_a_name_near_to_nothing_is_refused_without_a_guess() -> None:
    """A wild guess would be no help."""
    assert refusal(QQQQQQQQQQQQQQQQQQQQQ="1").endswith("is not a setting of footnoted")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEASE_S", "soon"),
        ("LEASE_S", "0"),
        ("CONCURRENCY_CPU", "2.5"),
        ("LOG_LEVEL", "loud"),
        ("AUTO_MIGRATE", "perhaps"),
        ("QDRANT_URL", ":::"),
        ("QDRANT_URL", "http://[bad"),
    ],
)
def test_a_value_of_the_wrong_shape_names_its_variable(name: str, value: str) -> None:
    """One sentence, which begins with what to change."""
    sentence = refusal(**{name: value})
    assert sentence.startswith(f"FOOTNOTED_{name}: ")
    assert "\n" not in sentence


@pytest.mark.parametrize("garbage", ["nan", "inf", "1e400", "1e300", "-1", "9" * 20, "x", ""])
@pytest.mark.parametrize("name", NUMBERS)
def test_no_number_is_taken_that_a_clock_or_counter_cannot_hold(name: str, garbage: str) -> None:
    """Infinite and huge values would only fail later, in the middle of the work."""
    assert refusal(**{name.upper(): garbage}).startswith(f"FOOTNOTED_{name.upper()}: ")


@pytest.mark.parametrize("name", ["DATA_DIR", "USER_DIR"])
def test_a_relative_path_is_refused(name: str) -> None:
    """Nothing depends on the folder one happens to stand in."""
    assert refusal(**{name: "data"}) == f"FOOTNOTED_{name}: data is not an absolute path"


def test_a_secret_is_read_from_the_file_its_twin_names(tmp_path: Path) -> None:
    """The line end is not part of the secret; the origin names the file, never the value."""
    path = tmp_path / "url"
    path.write_text("postgresql://user:pass@host/name\n", encoding="utf-8")
    loaded = load_settings({"FOOTNOTED_DATABASE_URL_FILE": str(path)})
    secret = loaded.settings.database_url
    assert secret is not None
    assert secret.get_secret_value() == "postgresql://user:pass@host/name"
    assert loaded.origins["database_url"] == f"FOOTNOTED_DATABASE_URL_FILE ({path})"
    assert "pass" not in repr(loaded)


def test_every_secret_has_a_twin_and_nothing_else_has() -> None:
    """A twin of a setting that is no secret is a misspelling."""
    assert secret_fields() == {
        "alert_command",
        "alert_url",
        "anthropic_api_key",
        "api_token",
        "embedder_api_key",
        "database_url",
        "qdrant_api_key",
        "speech_api_key",
    }
    assert refusal(LEASE_S_FILE="/x").startswith("FOOTNOTED_LEASE_S_FILE is not a setting")


def test_a_secret_and_its_twin_exclude_each_other(tmp_path: Path) -> None:
    """Which of them counts would be a guess."""
    (tmp_path / "url").write_text("x", encoding="utf-8")
    sentence = refusal(DATABASE_URL="y", DATABASE_URL_FILE=str(tmp_path / "url"))
    assert sentence == "FOOTNOTED_DATABASE_URL and FOOTNOTED_DATABASE_URL_FILE are both set"


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The sentence says which variable, which file, and what is wrong with it."""
    path = tmp_path / "none"
    expected = f"FOOTNOTED_QDRANT_API_KEY_FILE: cannot read {path}: No such file or directory"
    assert refusal(QDRANT_API_KEY_FILE=str(path)) == expected


def test_a_secret_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """A binary file is not taken for a secret."""
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\x00")
    sentence = refusal(QDRANT_API_KEY_FILE=str(path))
    assert sentence == f"FOOTNOTED_QDRANT_API_KEY_FILE: cannot read {path}: it is not UTF-8 text"


def test_a_secret_file_without_a_secret_is_refused(tmp_path: Path) -> None:
    """Something was to be in it."""
    path = tmp_path / "key"
    path.write_text(" \n")
    expected = f"FOOTNOTED_QDRANT_API_KEY_FILE: {path} is empty"
    assert refusal(QDRANT_API_KEY_FILE=str(path)) == expected


def test_only_the_embedded_database_migrates_itself_unasked() -> None:
    """Somebody else's database is migrated when somebody says so."""
    ours, theirs = Settings(), load_settings({"FOOTNOTED_DATABASE_URL": "postgresql://h/d"})
    assert (ours.is_embedded, ours.migrates_itself) == (True, True)
    assert (theirs.settings.is_embedded, theirs.settings.migrates_itself) == (False, False)


def test_a_long_data_path_moves_the_socket() -> None:
    """The address of a unix socket has 107 bytes (unix(7))."""
    near = Settings(data_dir=Path("/d"))
    far = Settings(data_dir=Path("/" + "d" * 120))
    assert near.socket_path == Path("/d/daemon.sock")
    assert len(str(far.socket_path)) <= 107


def test_data_lives_in_the_users_data_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the XDG Base Directory Specification says; root has a folder for services."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/ada/data")
    assert default_data_dir() == Path("/home/ada/data/footnoted")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert default_data_dir() == Path("/var/lib/footnoted")


def test_the_key_may_stand_where_other_programs_read_it_too() -> None:
    """Its origin shows in `footnoted config`; blanks alone are no key."""
    loaded = load_settings({"ANTHROPIC_API_KEY": "common"})
    assert loaded.settings.anthropic_api_key == SecretStr("common")
    assert loaded.origins["anthropic_api_key"] == "ANTHROPIC_API_KEY"
    blank = load_settings({"ANTHROPIC_API_KEY": " "})
    assert blank.settings.anthropic_api_key is None
    assert blank.origins["anthropic_api_key"] == "default"


@pytest.mark.parametrize(("ours", "key"), [("ours", SecretStr("ours")), ("", None), (" ", None)])
def test_our_own_key_comes_before_the_common_one(ours: str, key: SecretStr | None) -> None:
    """Set and empty it means no key, so that one variable is enough to turn paid calls off."""
    name = "FOOTNOTED_ANTHROPIC_API_KEY"
    loaded = load_settings({"ANTHROPIC_API_KEY": "common", name: ours})
    assert (loaded.settings.anthropic_api_key, loaded.origins["anthropic_api_key"]) == (key, name)


def test_our_own_key_may_come_from_a_file_too(tmp_path: Path) -> None:
    """The twin with `_FILE` is ours as well."""
    path = tmp_path / "key"
    path.write_text("from a file\n", encoding="utf-8")
    name = "FOOTNOTED_ANTHROPIC_API_KEY_FILE"
    loaded = load_settings({"ANTHROPIC_API_KEY": "common", name: str(path)})
    assert loaded.settings.anthropic_api_key == SecretStr("from a file")
    assert loaded.origins["anthropic_api_key"] == f"{name} ({path})"


@pytest.mark.parametrize("name", ["DATABASE_URL", "QDRANT_URL", "MONTHLY_COST_CAP_USD", "USER_DIR"])
@pytest.mark.parametrize("value", ["", "  "])
def test_an_optional_setting_is_unset_when_its_variable_is_empty(name: str, value: str) -> None:
    """Compose files pass `${NAME:-}`; the same goes for the twin that names a file."""
    loaded = load_settings({f"FOOTNOTED_{name}": value, "FOOTNOTED_DATABASE_URL_FILE": ""})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}


@pytest.mark.parametrize("name", ["LEASE_S", "DAILY_COST_CAP_USD", "DATA_DIR", "LOG_LEVEL"])
def test_a_setting_that_always_has_a_value_is_refused_when_it_is_empty(name: str) -> None:
    """Whoever empties a cap may mean none, and would get the default."""
    assert refusal(**{name: ""}).startswith(f"FOOTNOTED_{name}")


def test_a_command_for_alerts_may_hold_a_token_and_is_kept_as_a_secret(tmp_path: Path) -> None:
    """It is never shown, and may come from a file."""
    path = tmp_path / "command"
    path.write_text("notify --token t0ken\n", encoding="utf-8")
    settings = load_settings({"FOOTNOTED_ALERT_COMMAND_FILE": str(path)}).settings
    assert settings.alert_command == SecretStr("notify --token t0ken")
    assert "t0ken" not in repr(settings)
    assert "alert_command" in secret_fields()
