"""How wide and how bright standard output is."""

from __future__ import annotations

import os
import sys

_WIDEST, _NARROWEST, _USUAL = 100, 40, 80


def screen() -> tuple[int, bool]:
    """Columns to wrap at, and whether colours are wanted (NO_COLOR and TERM=dumb honoured); 80 and no where no
    terminal is.
    """
    if not sys.stdout.isatty():
        return _USUAL, False
    return min(_WIDEST, max(_NARROWEST, _columns())), not os.environ.get("NO_COLOR") and os.environ.get(
        "TERM"
    ) != "dumb"


def _columns() -> int:
    # shutil asks the same, and loads compressors for it.
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL
