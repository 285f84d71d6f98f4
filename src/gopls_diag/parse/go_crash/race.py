"""Reports of the race detector.

Printed by `PrintReport` of LLVM's compiler-rt, lib/tsan/rtl/tsan_report.cpp, its part for Go. The program goes on
after a report, and ends with `Found 2 data race(s)` and exit code 66.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gopls_diag.model.crash import RaceAccess
from gopls_diag.model.go_stack import Frame
from gopls_diag.parse.go_crash.frames import parse_file

SEPARATOR = "=================="
_HEADS = ("WARNING: DATA RACE", "WARNING: DEADLOCK", "race: limit on ", "ThreadSanitizer: ", "FATAL: ThreadSanitizer")
_TITLE_PATTERN = re.compile(
    r"(?:(?:Previous )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite)|Goroutine|Heap block|Global var|Mutex|Thread)"
    r"\b[^\n]{0,500}"
)
_GOROUTINE_PATTERN = re.compile(r"[Gg]oroutine ([0-9]{1,18})")
_FOUND_PATTERN = re.compile(r"Found [0-9]{1,9} data race\(s\)")
_NOT_RESTORED = "[failed to restore the stack]"
_ACCESSES = 50
_FRAMES = 500


def is_race_head(text: str) -> bool:
    """True for the line that tells of a race, behind its line of `=`."""
    return text.startswith(_HEADS)


def is_race_count(text: str) -> bool:
    """True for `Found 2 data race(s)`, printed when the program ends."""
    return _FOUND_PATTERN.fullmatch(text) is not None


@dataclass(slots=True)
class RaceReport:
    """One report as it is read, without its lines of `=`."""

    _accesses: list[RaceAccess] = field(default_factory=list)
    _title: str = ""
    _frames: list[Frame] = field(default_factory=list)
    _function: str = ""
    _is_restored: bool = True

    def line(self, text: str) -> bool:
        """Takes the next line; False if it is none of a report."""
        stripped = text.strip()
        if not stripped:
            self._close()
        elif text[0] not in " \t":
            if _TITLE_PATTERN.fullmatch(text) is None:
                return False
            self._close()
            self._title = stripped.removesuffix(":")
        elif stripped == _NOT_RESTORED:
            self._is_restored = False
        else:
            return self._frame(stripped)
        return True

    def _frame(self, text: str) -> bool:
        if not self._title:
            return False
        if self._function:
            position = parse_file(text)
            self._add(Frame(self._function, position.file, position.line) if position else Frame(self._function))
            self._function = ""
            if position is not None:
                return True
        self._function = text.removesuffix("()")
        return True

    def _add(self, frame: Frame) -> None:
        if len(self._frames) < _FRAMES:
            self._frames.append(frame)

    def _close(self) -> None:
        if self._function:
            self._add(Frame(self._function))
        if self._title and len(self._accesses) < _ACCESSES:
            found = _GOROUTINE_PATTERN.search(self._title)
            goroutine = int(found[1]) if found else None
            self._accesses.append(RaceAccess(self._title, goroutine, tuple(self._frames), self._is_restored))
        self._title, self._function, self._frames, self._is_restored = "", "", [], True

    def accesses(self) -> tuple[RaceAccess, ...]:
        """What was read, in its order: the two accesses first."""
        self._close()
        return tuple(self._accesses)
