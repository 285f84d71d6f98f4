"""Chosen goroutines whole, as the runtime prints them: every frame with its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.model.crash_report import CrashReport
from gopls_diag.model.go_stack import Frame, Goroutine, Stack
from gopls_diag.present.crash_frames import plural
from gopls_diag.present.crash_words import source_name
from gopls_diag.present.wording import printable


def render(report: CrashReport) -> str:
    """All that were chosen, each with the place where it stands; "" when no dump has them."""
    lines: list[str] = []
    for crash in report.crashes:
        for goroutine in crash.chosen:
            where = "" if goroutine.line is None else f", line {goroutine.line:,}"
            lines += [f"{source_name(crash.source)}{where}", *_lines(goroutine), ""]
    return printable("\n".join(lines))


def _lines(goroutine: Goroutine) -> Iterator[str]:
    marks = [goroutine.state, *goroutine.marks]
    if goroutine.waited_minutes is not None:
        marks.append(plural(goroutine.waited_minutes, "minute"))
    if goroutine.is_locked:
        marks.append("locked to thread")
    yield f"goroutine {goroutine.id} [{', '.join(marks)}]:"
    if goroutine.labels:
        yield "labels: " + ", ".join(f"{key}: {value}" for key, value in goroutine.labels)
    yield from _stack(goroutine.stack, goroutine.parent_id)
    for ancestor in goroutine.stack.ancestors:
        yield "started from a goroutine that stood at:"
        yield from _stack(ancestor, None)


def _stack(stack: Stack, parent: int | None) -> Iterator[str]:
    if not stack.is_available:
        yield "(it ran on another thread: its stack could not be printed)"
    for at, frame in enumerate(stack.frames):
        if stack.elided and at == stack.elided_at:
            yield f"...{'' if stack.elided < 0 else f'{stack.elided} '}frames left out..."
        arguments = "" if frame.arguments is None else f"({frame.arguments})"
        yield from _frame(frame, f"{frame.function}{arguments}")
    if stack.elided and stack.elided_at >= len(stack.frames):
        yield "...further frames left out..."
    if stack.created_by is not None:
        by = f"created by {stack.created_by.function}"
        yield from _frame(stack.created_by, by if parent is None else f"{by} in goroutine {parent}")


def _frame(frame: Frame, words: str) -> Iterator[str]:
    yield words
    if frame.file:
        yield f"\t{frame.file}" + ("" if frame.line is None else f":{frame.line}")
