"""Neovim says that gopls quit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"Client (gopls|\S{0,40}gopls\S{0,40}) quit with exit code (\d{1,5}) and signal (\d{1,3})")
_KILL = "9"


@check(
    "X18",
    Severity.WARNING,
    why="gopls is gone in that Neovim until it is started again.",
)
def gopls_quit_in_neovim(sayings: Sayings) -> Iterator[Finding]:
    """Neovim says that gopls quit.

    What it means: The process of gopls ended: with exit code 2 after a crash or a wrong flag, with 1 after a fatal
    error of its own, with signal 9 when it was killed from outside (mostly for memory). What gopls said stands in
    lsp.log.
    Why it matters: Neovim does not start it anew by itself.
    How to fix: Look for the reason in lsp.log and in the kernel's log.
    When to ignore: With a shared daemon, exit code 2 when Neovim is closed is harmless.
    Source: dense-analysis/ale#4984; golang/go#73900, golang/go#51252.
    """
    for heard in sayings.matching(PATTERN):
        name, code, signal = heard.match[1], heard.match[2], heard.match[3]
        if code == "0" and signal in ("0", "15"):
            continue
        how = f"was killed by signal {signal}" if signal != "0" else f"ended with exit code {code}"
        killed = "Look at the findings of memory and kills: signal 9 comes from the system or from somebody"
        said = "Read gopls's last lines on standard error in lsp.log"
        yield Finding(
            f"{name} {how} in Neovim",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise(killed if signal == _KILL else said),),
        )
    sayings.need(Channel.CLIENT, Channel.SHOW)
