"""What stands before a crash begins: diagnostics whose `fatal error:` is still to come."""

from __future__ import annotations

from gopls_diag.parse.go_crash.diagnostics import is_diagnostic, is_memory_dump, is_objc_stack, is_terminal
from gopls_diag.parse.go_crash.race import SEPARATOR
from gopls_diag.parse.go_crash.stack_line import is_stack_line

_LINES = 400
_STRANGE = 12
"""So many lines of others in a row, and what stood before them belongs to no crash."""


class Prelude:
    """Remembers lines that belong to the next crash, if one comes."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._strange = 0

    def take(self, text: str, number: int) -> bool:
        """True if the line explains what is to come, or goes on from one that does."""
        if not text.strip():
            return bool(self._lines)
        begins = is_diagnostic(text) or text == SEPARATOR or text.startswith("sentinel ")
        if not begins and not (self._lines and _goes_on(text)):
            return False
        self._strange = 0
        if len(self._lines) < _LINES:
            self._lines.append((number, text))
        return True

    def pass_by(self) -> bool:
        """A line of others came; True if what was remembered is too far back now."""
        self._strange += 1
        return bool(self._lines) and self._strange > _STRANGE

    def hand_over(self) -> tuple[int | None, tuple[str, ...]]:
        """The line on which it began, and the words that explain; nothing is remembered then."""
        begin = self._lines[0][0] if self._lines else None
        texts = tuple(text for _, text in self._lines if text != SEPARATOR)
        self._lines.clear()
        self._strange = 0
        return begin, texts

    @property
    def is_empty(self) -> bool:
        return not self._lines

    @property
    def terminal(self) -> str:
        """The first line behind which the program always ends; "" if there is none."""
        return next((text for _, text in self._lines if is_terminal(text)), "")

    @property
    def last_line(self) -> int:
        return self._lines[-1][0] if self._lines else 0


def _goes_on(text: str) -> bool:
    if text.startswith("PC=0x"):
        return False
    return is_memory_dump(text) or is_objc_stack(text) or is_stack_line(text)
