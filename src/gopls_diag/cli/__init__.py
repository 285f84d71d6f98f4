"""Commands: one file each. A command parses the words, calls an engine, chooses a presenter and gives an exit code."""

from __future__ import annotations

import sys


def main() -> None:
    """The program. Questions that need no more than a printed page are answered before anything big is imported."""
    from gopls_diag.cli.quick import answer  # noqa: PLC0415 - see above

    if answer(sys.argv[1:]):
        return
    from gopls_diag.cli.main import run  # noqa: PLC0415

    sys.exit(run(sys.argv[1:]))
