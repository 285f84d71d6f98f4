"""Starts gopls for an editor, keeps its last words, and ends as it ends: what the Go files beside it do, in Python.

Where there is no Go toolchain the launcher is a script, and launch.pyz beside it holds this file and `launching`. They
need Unix, Python 3.9 and nothing else: gopls-diag may be broken or gone. main.go tells what is done and why.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, NoReturn


def main(arguments: Sequence[str], settings: Mapping[str, Any], own: str = "") -> NoReturn:
    """Be gopls from here on, and end this process as gopls ends.

    `arguments` are those of gopls, without the program. `settings` has the keys of launcher.json. `own` is the folder
    of the launcher, in which no gopls is looked for. To be called from the main thread of a process that has no other.
    """
    if __package__:
        from gopls_diag.world.launcher.launching.session import run
    else:
        from launching.session import run  # type: ignore[import-not-found,no-redef]
    run(arguments, settings, own)


def _main() -> NoReturn:
    """`launch.pyz WORD ARGUMENT…`: an empty word says that Python itself has set LC_CTYPE (PEP 538)."""
    own = os.path.dirname(os.path.realpath(sys.argv[0]))
    if not sys.argv[1]:
        os.environ.pop("LC_CTYPE", None)
    from launching.plan import read_document  # type: ignore[import-not-found]

    main(sys.argv[2:], read_document(os.path.join(own, "launcher.json")), own)


if __name__ == "__main__":
    _main()
