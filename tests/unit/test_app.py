"""The composition root, joined around a database that nobody connects to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from footnoted import app
from footnoted.catalogue import profile_names, readers_of, require_profiles
from footnoted.clock import SystemClock
from footnoted.db.engine import make_engine
from footnoted.db.session import Database
from footnoted.db.storage import Keeper, Storage
from footnoted.errors import ConfigurationError, UsageError
from footnoted.indexes import make_index
from footnoted.settings import Settings
from footnoted.sources.assembly import Net
from tests.fakes.declared import write_notes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Return a database that nobody has connected to."""
    url = "postgresql://nobody@127.0.0.1:9/none"
    engine = make_engine(url, application_name="test")
    settings = Settings(data_dir=tmp_path)
    return Storage(settings, url, engine, Database(engine), Keeper(None), SystemClock())


def test_the_profiles_that_can_be_named_are_those_there_are(storage: Storage) -> None:
    """A name that commands take and no flow knows would park videos for ever."""
    built = app.build_app(storage, make_index(storage.settings))
    assert tuple(profile.name for profile in built.profiles) == profile_names(storage.settings)
    assert built.broken == ()


async def test_what_was_joined_is_closed_again(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ways to the net and the index, also when the work ends in an error."""
    closed: list[str] = []
    index = make_index(storage.settings)

    async def close(closing: object) -> None:
        closed.append(type(closing).__name__)

    monkeypatch.setattr(Net, "close", close)
    monkeypatch.setattr(type(index), "close", close)
    with pytest.raises(KeyError):
        async with app.built_app(storage, index):
            raise KeyError
    assert closed == ["Net", type(index).__name__]


def test_a_profile_that_is_not_installed_is_refused(tmp_path: Path) -> None:
    """The sentence names those that are."""
    settings = Settings(data_dir=tmp_path)
    known = profile_names(settings)
    require_profiles(settings, known)
    with pytest.raises(UsageError, match="there is no profile 'gossip'; there is techniques"):
        require_profiles(settings, [*known, "gossip"])


def test_a_broken_profile_is_in_nobody_elses_way(storage: Storage, tmp_path: Path) -> None:
    """The others have their flows, recordings can be added to them, and its moments be read."""
    path = write_notes(tmp_path / "prompts", ("maximum = 10", "multipleOf = 10"))
    (write_notes(tmp_path / "prompts", name="bare").parent / "items.md").unlink()
    own = replace(storage, settings=Settings(data_dir=tmp_path, user_dir=tmp_path))
    complaint = (
        f"{path}, line 24: a field of type number has no 'multipleOf' here;"
        " it has description, maximum, minimum, type"
    )
    built = app.build_app(own, make_index(own.settings))
    assert [profile.name for profile in built.profiles] == [*profile_names(Settings())]
    assert [broken.name for broken in built.broken] == ["notes", "bare"]
    assert built.broken[0].fault == complaint
    require_profiles(own.settings, ["techniques", "recipes", "bare"])
    with pytest.raises(ConfigurationError) as refused:
        require_profiles(own.settings, ["techniques", "notes"])
    assert refused.value.message == complaint
    assert {"techniques", "notes", "bare"} <= readers_of(own.settings).keys()


def test_settings_for_a_stage_of_a_broken_profile_are_in_nobodys_way(
    storage: Storage, tmp_path: Path
) -> None:
    """They name a stage that nobody has for now; any other name is still refused."""
    write_notes(tmp_path / "prompts", ("maximum = 10", "multipleOf = 10"))
    settings = Settings(data_dir=tmp_path, user_dir=tmp_path, stage_models="notes.items=extractive")
    app.make_models(replace(storage, settings=settings), None)
    wrong = settings.model_copy(update={"stage_models": "notes.pages=extractive"})
    with pytest.raises(ConfigurationError, match=r"no stage 'notes\.pages'"):
        app.make_models(replace(storage, settings=wrong), None)


def test_offline_a_model_provider_elsewhere_is_refused_at_the_start(tmp_path: Path) -> None:
    """One on this machine is asked as ever."""
    key = SecretStr("sk-ant-nobody")
    settings = Settings(data_dir=tmp_path, anthropic_api_key=key, offline=True)
    with pytest.raises(ConfigurationError, match="FOOTNOTED_OFFLINE is set, and models are asked"):
        app.make_client(settings)
    here = settings.model_copy(update={"anthropic_base_url": "http://127.0.0.1:8080"})
    assert app.make_client(here) is not None
