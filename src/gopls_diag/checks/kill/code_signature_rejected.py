"""macOS killed gopls because its signature does not fit its code."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.kernel_log import KernelLog, KillKind


@check(
    "K01",
    Severity.ERROR,
    why="macOS ends gopls as soon as it runs the changed part, before it can say anything.",
    explains=("X01", "X04", "X14", "X15", "K02"),
    os=("darwin",),
)
def code_signature_rejected(kernel: KernelLog) -> Iterator[Finding]:
    """macOS killed gopls because its code does not match its signature.

    What it means: The kernel's log names a gopls whose page failed the check of its signature. The file was changed
        after it was signed: overwritten in place, rewritten by a tool that syncs, or by a security product.
    Why it matters: The process gets SIGKILL at its start or in the middle of its work. It looks like a memory kill.
    How to fix: Delete the file first and install it again, so that it is a new file: rm "$(which gopls)" and go
        install golang.org/x/tools/gopls@latest. Or sign it anew: codesign --force --sign - "$(which gopls)".
    When to ignore: When gopls was installed again since.
    Source: golang/go#63997 (the kernel's line, and the repair).
    """
    events = [each for each in kernel.of(KillKind.CODE_SIGNING) if each.is_gopls]
    if events:
        last = events[-1]
        when = kernel.ago(last)
        yield Finding(
            f"macOS killed gopls {last.pid}{f' {when}' if when else ''}: its code does not match its signature",
            evidence=tuple(Evidence(each.source, each.text, each.line) for each in reversed(events[-3:])),
            remedies=(
                advise('Delete the file, then install it again: rm "$(which gopls)"'),
                run("go", "install", "golang.org/x/tools/gopls@latest", title="Install it again"),
            ),
            severity=Severity.WARNING if kernel.is_past(last) else Severity.ERROR,
        )
