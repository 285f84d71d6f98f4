"""Commands: one file each. A command parses the words, calls an engine, chooses a presenter and gives an exit code."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """The program. Questions that need no more than a printed page are answered before anything big is imported."""
    from gopls_diag.cli.quick import answer  # noqa: PLC0415 - see above
    from gopls_diag.cli.shipped import OutputRefused  # noqa: PLC0415

    try:
        if answer(sys.argv[1:]):
            return
        from gopls_diag.cli.main import start  # noqa: PLC0415

        sys.exit(start(sys.argv[1:]))
    except OutputRefused as refusal:
        try:
            sys.stderr.write(f"gopls-diag: {refusal}\n{refusal.what_to_do}\n")
        except (AttributeError, OSError):  # closed or full as well
            os._exit(3)  # Python's own end would try to write once more, and give 120
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)
