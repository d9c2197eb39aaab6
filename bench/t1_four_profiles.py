"""T1 over all four profiles with the built-in model: everything there is, and all that came of it.

The samples and every transcript and recording of ../shared/data under techniques, stocks, brain and
recipes, in one library: `footnoted add`, `run --drain` until nothing is left, `verify`. Every video
must end indexed or with a named reason, and every kind of published claim must rest on words that
were said, judged by the program's own audit and by one that shares nothing with it (`heard`).

    t1_four_profiles.py                                                  quiet: 10 min
"""

from __future__ import annotations

import json

from four_profiles import (
    asking,
    everything,
    most_told,
    report_ends,
    report_truth,
    report_verify,
    taught,
    timed,
    told_by,
    under_all,
)
from program import Program
from stand import DATA, finish, temporary_folder

from bench.heard import PROFILES
from bench.published import audit
from footnoted.db import embedded

TIME_LIMIT_S = 2_700
LIMIT_S = 2_400.0
DONE, SOME_FAILED = 0, 1


class Taught(Program):
    """The program with a glossary."""

    def environment(self) -> dict[str, str]:
        """Return the environment, with the folder that the glossary is in."""
        return {**super().environment(), "FOOTNOTED_USER_DIR": str(self.folder / "user")}


def drain(program: Program) -> int:
    """Return how a drain ended, which it must by itself."""
    with program.start("run", "--drain") as process:
        code: int = process.wait(timeout=LIMIT_S)
    erred = [line for line in program.log.read_text().splitlines() if '"stage.erred"' in line]
    assert not erred, erred[:3]
    return code


def main() -> list[bool]:
    """Drain, look at everything, and print the figures."""
    if not DATA.is_dir():
        for profile in PROFILES:
            print(f"T1.{profile} - - - SKIP (no ../shared/data)")
        return []
    with temporary_folder() as folder:
        taught(folder)
        program = Taught(folder)
        added = json.loads(
            program.must("add", "--json", *under_all(), *map(str, everything()), timeout_s=1_200)
        )
        with timed(f"{added['added']} recordings drained under {len(PROFILES)} profiles"):
            first = drain(program)
        second = drain(program)
        environment = program.environment()
        server = embedded.start(program.data_dir)
        try:
            ask = asking(server.url)
            with timed("stances and entities told"):
                told = told_by(environment, most_told(ask))
            with timed("audit"):
                found = audit(ask, told)
            print(f"# drains ended with {first} and {second}")
            return [
                first in {DONE, SOME_FAILED},
                second == DONE,
                report_ends("T1", ask),
                report_verify("T1", environment),
                *report_truth("T1", found),
            ]
        finally:
            embedded.stop(server)


if __name__ == "__main__":
    finish(*main())
