"""macOS quarantined gopls or does not accept its signature."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.executable import CodeSignatures
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE


@check(
    "P07",
    Severity.WARNING,
    why="macOS kills such a program at its start or at some later page, and prints nothing.",
    explains=("K01", "K02", "X14", "X16"),
    os=("darwin",),
)
def gopls_signature_refused(signatures: CodeSignatures) -> Iterator[Finding]:
    """macOS quarantined gopls or does not accept its signature.

    What it means: codesign finds the signature of the program missing or wrong, or the file carries the mark of a
    download (com.apple.quarantine). Go signs what it builds; the signature breaks when the file is overwritten in
    place, rewritten by a synchronising or security program, or stripped.
    Why it matters: On Apple silicon nothing unsigned is run, and a page that does not fit its signature ends the
    program with SIGKILL. A quarantined program is stopped by Gatekeeper. The editor only sees that gopls is gone.
    How to fix: Delete the file and install gopls anew, or sign it again with `codesign --force --sign - FILE`. Take a
    quarantine away with `xattr -d com.apple.quarantine FILE`.
    When to ignore: On an Intel Mac an unsigned gopls works.
    Source: golang/go#63997, golang/go#65810, golang/go#63584; codesign(1), xattr(1).
    """
    for each in signatures.all:
        is_unsigned = "not signed" in each.words
        if not each.is_valid and (each.is_required or not is_unsigned):
            yield Finding(
                f"macOS does not accept the signature of {each.path}: {each.words.removeprefix(each.path + ': ')}",
                evidence=(Evidence(f"codesign --verify --verbose=4 {each.path}", each.words),),
                remedies=(
                    run("codesign", "--force", "--sign", "-", each.path, title="Sign it again"),
                    run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Or delete the file and install it anew"),
                ),
                severity=Severity.ERROR,
            )
        if each.quarantine:
            yield Finding(
                f"{each.path} is quarantined as a download",
                evidence=(Evidence(f"xattr -p com.apple.quarantine {each.path}", each.quarantine),),
                remedies=(
                    run("xattr", "-d", "com.apple.quarantine", each.path, title="Take the quarantine away"),
                    run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Or delete the file and build it yourself"),
                ),
                why="Gatekeeper may stop it at its start, and the editor only sees that gopls is gone.",
            )
