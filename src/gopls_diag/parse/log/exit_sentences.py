"""The sentences by which editors tell that gopls is gone.

Sources: microsoft/vscode-languageserver-node client/src/node/main.ts and common/client.ts; neovim/neovim
runtime/lua/vim/lsp/client.lua; emacs-mirror/emacs lisp/jsonrpc.el; emacs-lsp/lsp-mode lsp-mode.el
(lsp--handle-process-exit); sublimelsp/LSP plugin/core/windows.py; JetBrains' LspServerProcessListener in idea.log.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SENTENCE_PATTERN = re.compile(
    r"^(?:Server process exited (?:with (?:code (?P<code>\d{1,10})|signal (?P<signal>[A-Z0-9]{1,12}))|successfully)"
    r"|Client (?:\S{0,40}gopls\S{0,40}|\d{1,9}|unknown) quit"
    r" with exit code (?P<neovim_code>\d{1,10}) and signal (?P<neovim_signal>\d{1,3})"
    r"|Server exited with status (?P<emacs_status>\d{1,10})"
    r"|\S{0,40}gopls\S{0,40} has exited \((?P<emacs_words>[^)]{0,80})\)"
    r"|\S{0,40}gopls\S{0,40} exited with status code (?P<sublime_code>-?\d{1,10})"
    r"|LSP server process terminated, exit code = (?P<jetbrains_code>-?\d{1,10}), command line: .{0,300}gopls"
    r"|(?P<vague>Connection to server got closed\. Server will ))"
)
_ABNORMAL_PATTERN = re.compile(r"exited abnormally with code (\d{1,5})")
_WORDS_OF_SIGNALS = {"killed": "SIGKILL", "terminated": "SIGTERM", "hangup": "SIGHUP", "segmentation": "SIGSEGV"}
_SIGNALS = {
    1: "SIGHUP",
    2: "SIGINT",
    3: "SIGQUIT",
    4: "SIGILL",
    6: "SIGABRT",
    7: "SIGBUS",
    8: "SIGFPE",
    9: "SIGKILL",
    11: "SIGSEGV",
    13: "SIGPIPE",
    15: "SIGTERM",
}
"""Of Linux; those up to 15, without 7, are those of every other Unix too."""


class ToldEnd(NamedTuple):
    """What a sentence tells."""

    code: int | None
    """The exit code; None where a signal ended it, or the sentence does not say."""
    signal: str
    """`SIGKILL`, or `64` where a number has no name; "" if none."""
    is_vague: bool = False
    """True if the sentence tells no more than that it is gone."""

    @property
    def words(self) -> str:
        """`exit code 2`, `signal SIGKILL`."""
        return f"signal {self.signal}" if self.signal else f"exit code {self.code or 0}"


def parse_exit(text: str) -> ToldEnd | None:
    """What a line tells that begins with such a sentence; None for any other line."""
    found = _SENTENCE_PATTERN.match(text)
    if not found:
        return None
    if found["vague"]:
        return ToldEnd(None, "", is_vague=True)
    if found["signal"]:
        return ToldEnd(None, found["signal"])
    if found["emacs_status"] is not None:
        # process-exit-status gives the number of the signal if one ended the process; gopls exits with neither.
        status = int(found["emacs_status"])
        return ToldEnd(None, _SIGNALS[status]) if status in (9, 15) else ToldEnd(status, "")
    if found["emacs_words"] is not None:
        return _of_words(found["emacs_words"])
    signal = int(found["neovim_signal"] or 0)
    if signal:
        return ToldEnd(None, _SIGNALS.get(signal, str(signal)))
    code = found["code"] or found["neovim_code"] or found["sublime_code"] or found["jetbrains_code"] or "0"
    return ToldEnd(int(code), "")


def _of_words(words: str) -> ToldEnd:
    if abnormal := _ABNORMAL_PATTERN.match(words):
        return ToldEnd(int(abnormal[1]), "")
    signal = next((name for begin, name in _WORDS_OF_SIGNALS.items() if words.startswith(begin)), "")
    return ToldEnd(None, signal) if signal else ToldEnd(0, "")
