"""Exit codes, the same for all commands, and the error that ends one with a line of what and a line of what to do."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell gets."""

    FINE = 0
    """Nothing of severity warning or worse."""
    FOUND = 1
    """Something was found."""
    USAGE = 2
    """The command line or an input file is wrong."""
    FAILED = 3
    """gopls-diag itself failed."""


class UserError(Exception):
    """The user's words or files are wrong: one line says what, one what to do; exit code 2."""

    def __init__(self, what: str, what_to_do: str) -> None:
        super().__init__(what)
        self.what_to_do = what_to_do
