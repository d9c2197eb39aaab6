"""The console script `footnoted`."""

from __future__ import annotations

from footnoted.cli.application import main

if __name__ == "__main__":
    main()
