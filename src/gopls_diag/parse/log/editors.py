"""The editors' carriers that the reader knows, in the order in which it asks them."""

from __future__ import annotations

from gopls_diag.parse.log.carrier import Carrier
from gopls_diag.parse.log.emacs import EmacsBuffer
from gopls_diag.parse.log.helix import HelixLog
from gopls_diag.parse.log.named_lines import JetBrainsLog, NamedLines
from gopls_diag.parse.log.neovim import NeovimLog, QuitMessage
from gopls_diag.parse.log.vim import CocMessage, VimLspLog
from gopls_diag.parse.log.vscode import LogChannel, OutputChannel, StopRequest
from gopls_diag.parse.log.zed import ZedLog


def certain_editors() -> tuple[Carrier, ...]:
    """New carriers whose forms no transport could have: they are asked first, being the commonest."""
    return (LogChannel(), OutputChannel(), NeovimLog())


def editors() -> tuple[Carrier, ...]:
    """New carriers for one log, besides the certain ones."""
    return (
        StopRequest(),
        QuitMessage(),
        ZedLog(),
        HelixLog(),
        EmacsBuffer(),
        CocMessage(),
        VimLspLog(),
        JetBrainsLog(),
        NamedLines(),
    )
