"""The console script `footnoted`."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the program; Ctrl-C ends it without a word, even before it has begun."""
    try:
        from footnoted.cli.application import main as run  # noqa: PLC0415 - so that it is covered

        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
