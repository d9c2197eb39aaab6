"""`footnoted rerun` and `footnoted clean`: one video again, from a stage on or from the start."""

from __future__ import annotations

import asyncio
from pathlib import Path  # noqa: TC003 - typer reads the annotation
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from footnoted.llm.routes import Routes
    from footnoted.pipeline.deps import Deps
    from footnoted.pipeline.orders.order import Override
    from footnoted.reprocess.store import Redoing
    from footnoted.settings import Settings

VideoArgument = Annotated[int, typer.Argument(help="The id that `status` and `search` show.")]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Buy answers anew instead of replaying them.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(program: typer.Typer) -> None:
    """Add the commands to the program."""
    program.command()(rerun)
    program.command()(clean)


def rerun(
    video: VideoArgument,
    stage: Annotated[str, typer.Argument(help="The stage to begin at, such as extract.")],
    *,
    prompt: Annotated[
        Path | None, typer.Option(help="A prompt file for this stage of this video alone.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Models for it alone: first>fallback.")] = None,
    fresh: FreshOption = False,
    as_json: JsonOption = False,
) -> None:
    """Do one stage of a video again, and what follows as far as that changes it.

    A prompt or model given here holds for this stage of this video until it is rerun without.
    """
    from footnoted.cli.session import read_settings
    from footnoted.reprocess.single import Rerun, rerun_stage

    async def work(deps: Deps, routes: Routes) -> Redoing:
        override = _override(prompt, model)
        if override is not None and override.models is not None:
            _require_models(routes, override.models, settings)
        return await rerun_stage(deps, Rerun(video, stage, override, fresh))

    settings = read_settings()
    _tell("rerun", asyncio.run(_with_deps(settings, work)), as_json=as_json)


def clean(video: VideoArgument, *, fresh: FreshOption = False, as_json: JsonOption = False) -> None:
    """Make everything of a video anew, from its file on; what it has serves until then."""
    from footnoted.cli.session import read_settings
    from footnoted.reprocess.single import clean_video

    async def work(deps: Deps, _routes: Routes) -> Redoing:
        return await clean_video(deps, video, fresh=fresh)

    _tell("clean", asyncio.run(_with_deps(read_settings(), work)), as_json=as_json)


async def _with_deps(
    settings: Settings, work: Callable[[Deps, Routes], Awaitable[Redoing]]
) -> Redoing:
    from footnoted.app import built_app, make_models
    from footnoted.cli.daemon_setup import restart_it, stages_of_its_own
    from footnoted.cli.lines import remark
    from footnoted.db.storage import open_storage
    from footnoted.indexes import make_index

    async with open_storage(settings) as storage:
        models = make_models(storage, None)
        try:
            async with built_app(storage, make_index(settings), models) as app:
                for broken in app.broken:
                    remark(f"the profile {broken.name} is broken, and left out: {broken.fault}")
                done = await work(app.deps, models.routes)
                if others := await stages_of_its_own(settings.socket_path, app.deps):
                    remark(restart_it(others))
                return done
        finally:
            await models.close()


def _override(prompt: Path | None, model: str | None) -> Override | None:
    """Return what is set for one item. Raises ConfigurationError, UsageError for a bad file."""
    from footnoted.errors import UsageError
    from footnoted.pipeline.orders.order import Override
    from footnoted.prompting import parse_prompt

    if prompt is None and model is None:
        return None
    text = None
    if prompt is not None:
        try:
            text = prompt.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"the prompt {prompt} cannot be read: {error}"
            raise UsageError(message) from error
        parse_prompt(str(prompt), text)
    return Override(prompt=text, models=model)


def _require_models(routes: Routes, chain: str, settings: Settings) -> None:
    """Raise ConfigurationError for a model without a key or a price."""
    from footnoted.ledger.prices import PriceTable
    from footnoted.llm.assembly import require_prices
    from footnoted.llm.routes import Routes as Chosen

    require_prices(Chosen(routes.chain(chain, "")), PriceTable.load(settings.prices_file))


def _tell(command: str, redoing: Redoing, *, as_json: bool) -> None:
    from footnoted.cli.lines import remark, say
    from footnoted.cli.terminal import write_json

    if as_json:
        fields = {"video_id": redoing.id, "before": redoing.before, "now": redoing.to}
        write_json(f"{command}/1", {**fields, "stage": redoing.stage})
        return
    say(f"video {redoing.id}: {redoing.before}, now {redoing.to}; {redoing.stage} is next")
    remark("`footnoted run --drain` works on it; a running daemon has begun.")
