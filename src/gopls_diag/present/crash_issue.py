"""A crash of gopls as an issue for its maintainers: a title as golang/go has them, and a body without private words.

The headings are those of the form that golang/go offers for gopls (.github/ISSUE_TEMPLATE/02-gopls.yml). Files of
gopls, its modules and the standard library are named from there on; of others the name alone, and no arguments.
"""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.go_stack import Frame, Goroutine
from gopls_diag.parse.private_words import PrivateWords
from gopls_diag.present.crash_frames import (
    is_users,
    request_served,
    short_file,
    short_function,
    telling_frames,
)
from gopls_diag.present.wording import printable

_FRAMES_LIMIT = 60
_TITLE_LIMIT = 120
_WORST = (EndKind.PANIC, EndKind.FATAL, EndKind.HANG, EndKind.OOM, EndKind.SIGNAL, EndKind.RACE, EndKind.DUMP)


def worth_reporting(crashes: tuple[Crash, ...]) -> Crash | None:
    """The crash of gopls that an issue would be about; None when there is none."""
    own = [each for each in crashes if each.is_gopls and each.kind in _WORST and (each.crashing or each.buckets)]
    return min(own, key=lambda each: (bool(each.known), _WORST.index(each.kind)), default=None)


def render(crash: Crash, *, count: int, diag_version: str) -> str:
    """Title, an empty line, body; with a final newline.

    Args:
        crash: what is reported.
        count: how many ends like it the logs hold.
        diag_version: of gopls-diag.
    """
    return f"{title(crash)}\n\n" + "\n".join(_body(crash, count, diag_version)) + "\n"


def title(crash: Crash) -> str:
    """`x/tools/gopls: panic in golang.(*renamer).checkStructField`."""
    frame = _place(crash)
    where = f" in {short_function(frame.function)}" if frame else ""
    if crash.kind is EndKind.PANIC:
        what = f"panic{where}"
    elif crash.kind is EndKind.FATAL:
        what = f"{crash.message.partition(chr(10))[0]}{where}"
    elif crash.kind is EndKind.HANG:
        what = f"hang: {crash.explanations[0].summary.partition(';')[0]}" if crash.explanations else "hang"
    else:
        what = f"{crash.message.partition(chr(10))[0]}{where}"
    words = PrivateWords().clean(printable(f"x/tools/gopls: {what}"))
    return words if len(words) <= _TITLE_LIMIT else words[: _TITLE_LIMIT - 1] + "…"


def _place(crash: Crash) -> Frame | None:
    if crash.crashing is None:
        return None
    frames = telling_frames(crash.crashing.stack, 2)
    own = [each for each in frames if each.function.startswith("golang.org/x/tools/")]
    return own[0] if own else frames[0] if frames else None


def _body(crash: Crash, count: int, diag_version: str) -> Iterator[str]:
    words = PrivateWords()
    yield "### gopls version"
    yield ""
    yield crash.program_version or "(paste the output of: gopls version)"
    yield ""
    yield "### go env"
    yield ""
    yield f"gopls was built with {crash.go_version}" if crash.go_version else "(paste the output of: go env)"
    yield ""
    yield "### What did you do?"
    yield ""
    request = request_served(crash.crashing.stack) if crash.crashing else ""
    served = f"gopls was answering a request: {request}. " if request else ""
    yield f"{served}(say what you did, with a small piece of code if you can)"
    yield ""
    yield "### What did you see happen?"
    yield ""
    times = f" {count} times" if count > 1 else ""
    yield "gopls hangs; of its goroutines:" if crash.kind is EndKind.HANG else f"gopls ended{times} with:"
    yield ""
    yield "```"
    yield from (words.clean(printable(each)) for each in _words(crash))
    yield "```"
    for explanation in crash.explanations:
        yield f"- {words.clean(printable(explanation.summary))}"
    yield ""
    yield "### What did you expect to see?"
    yield ""
    yield "gopls goes on."
    yield ""
    yield "### Editor and settings"
    yield ""
    yield "(name the editor, and its settings for gopls)"
    yield ""
    yield "### Logs"
    yield ""
    end = f"; signature {crash.signature}" if crash.signature else ""
    yield f"Read from a log by gopls-diag {diag_version}{end}. Arguments and private paths are left out."


def _words(crash: Crash) -> Iterator[str]:
    yield crash.message
    for each in crash.chain[1:]:
        yield f"panic: {each.text}"
    if crash.signal and crash.signal.name not in crash.message:
        yield f"[signal {crash.signal.name}: {crash.signal.words}]"
    goroutine = crash.crashing or _culprit(crash) or crash.first
    if goroutine is not None:
        yield ""
        yield from _stack(goroutine)


def _culprit(crash: Crash) -> Goroutine | None:
    """The goroutine that the first explanation names as the cause."""
    wanted = crash.explanations[0].goroutines[:1] if crash.explanations else ()
    found = (each.example for each in crash.buckets if wanted and wanted[0] in each.ids)
    return next(found, None)


def _stack(goroutine: Goroutine) -> Iterator[str]:
    yield f"goroutine {goroutine.id} [{goroutine.state}]:"
    for frame in goroutine.stack.frames[:_FRAMES_LIMIT]:
        yield from _frame(frame, f"{frame.function}(...)")
    if len(goroutine.stack.frames) > _FRAMES_LIMIT:
        yield f"... {len(goroutine.stack.frames) - _FRAMES_LIMIT} more frames"
    if goroutine.stack.created_by is not None:
        yield from _frame(goroutine.stack.created_by, f"created by {goroutine.stack.created_by.function}")


def _frame(frame: Frame, words: str) -> Iterator[str]:
    yield words
    if frame.file:
        known = frame.function.startswith("golang.org/x/tools/") or not is_users(frame)
        path = short_file(frame.file) if known else frame.file.replace("\\", "/").rpartition("/")[2]
        yield f"\t{path}" + ("" if frame.line is None else f":{frame.line}")
