"""Commands: one file each. A command parses the words, calls an engine, chooses a presenter and gives an exit code."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main() -> None:
    """The program. Questions that need no more than a printed page are answered before anything big is imported."""
    from gopls_diag.cli.quick import answer, plain_crash  # noqa: PLC0415 - see above
    from gopls_diag.cli.shipped import OutputRefused  # noqa: PLC0415

    try:
        if answer(sys.argv[1:]):
            return
        crash = plain_crash(sys.argv[1:])
        sys.exit(_start() if crash is None else _start_crash(*crash))
    except OutputRefused as refusal:
        try:
            sys.stderr.write(f"gopls-diag: {refusal}\n{refusal.what_to_do}\n")
        except (AttributeError, OSError):  # closed or full as well
            os._exit(3)  # Python's own end would try to write once more, and give 120
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)


def _start() -> int:
    from gopls_diag.cli.main import start  # noqa: PLC0415

    return start(sys.argv[1:])


def _start_crash(files: list[str], options: dict[str, Any]) -> int:
    import gc  # noqa: PLC0415

    from gopls_diag.cli.process import become_program, guarded  # noqa: PLC0415

    def tell() -> int:
        # What is imported stays, so that to look for garbage in it is in vain.
        gc.disable()
        from gopls_diag.cli.log_telling import read_and_tell  # noqa: PLC0415

        gc.freeze()
        gc.enable()
        return read_and_tell(files, **options)

    become_program()
    return guarded(tell)
