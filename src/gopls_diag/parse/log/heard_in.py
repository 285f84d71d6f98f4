"""On which channels a log of each form would show what was said: only there does silence mean that all is well."""

from __future__ import annotations

from gopls_diag.model.saying import Channel

_VSCODE = frozenset({Channel.LOG, Channel.STDERR, Channel.CLIENT, Channel.EXIT})
_EDITOR = frozenset({Channel.LOG, Channel.STDERR, Channel.CLIENT})
_HEARD_IN = {
    "vscode-0.56": _VSCODE,
    "vscode-0.57": _VSCODE,
    "neovim": _EDITOR,
    "emacs": frozenset({Channel.STDERR, Channel.CLIENT}),
    "zed": frozenset({Channel.CLIENT}),
    "helix": frozenset({Channel.STDERR}),
    "vim-lsp": frozenset({Channel.STDERR}),
    "coc": frozenset({Channel.CLIENT}),
    "jetbrains": frozenset({Channel.CLIENT}),
    "kernel": frozenset({Channel.KERNEL}),
    "gopls-log": frozenset({Channel.LOG}),
    "rpc-trace": frozenset(),
    "go-traceback": frozenset({Channel.STDERR}),
    "": frozenset(),
}
"""What each form of log would show if it were said; pop-ups, for one, leave no trace in VS Code's logs."""
_HEARD_ELSEWHERE = frozenset({Channel.STDERR})


def channels_of(form: str) -> frozenset[Channel]:
    """The channels of a log of that form (`vscode-0.57`, `neovim`, …); of any other, standard error."""
    return _HEARD_IN.get(form, _HEARD_ELSEWHERE)
