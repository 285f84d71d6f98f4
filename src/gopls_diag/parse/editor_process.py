"""Names of editors in a process table.

The keys are those of EditorSetup.name where the editor has settings that we read. VS Code's extension host, gopls's
parent, is a `node` or a helper whose path names the product (seen with VS Code 1.139; the forks by their
documentation).
"""

from __future__ import annotations

import re

_BY_NAME = {
    "nvim": ("neovim", "Neovim"),
    "vim": ("vim", "Vim"),
    "gvim": ("vim", "Vim"),
    "vimx": ("vim", "Vim"),
    "macvim": ("vim", "MacVim"),
    "hx": ("helix", "Helix"),
    "helix": ("helix", "Helix"),
    "zed": ("zed", "Zed"),
    "zed-editor": ("zed", "Zed"),
    "zeditor": ("zed", "Zed"),
    "sublime_text": ("sublime", "Sublime Text"),
    "kak": ("kakoune", "Kakoune"),
    "kak-lsp": ("kakoune", "Kakoune"),
    "kakoune-lsp": ("kakoune", "Kakoune"),
    "kate": ("kate", "Kate"),
    "lapce": ("lapce", "Lapce"),
    "code": ("vscode", "VS Code"),
    "code helper (plugin)": ("vscode", "VS Code"),
    "code-insiders": ("vscode-insiders", "VS Code Insiders"),
    "code - insiders helper (plugin)": ("vscode-insiders", "VS Code Insiders"),
    "codium": ("vscodium", "VSCodium"),
    "vscodium": ("vscodium", "VSCodium"),
    "vscodium helper (plugin)": ("vscodium", "VSCodium"),
    "cursor": ("cursor", "Cursor"),
    "cursor helper (plugin)": ("cursor", "Cursor"),
    "windsurf": ("windsurf", "Windsurf"),
    "windsurf helper (plugin)": ("windsurf", "Windsurf"),
}
_BY_START = (
    ("emacs", ("emacs", "Emacs")),
    ("plugin_host", ("sublime", "Sublime Text")),
    ("nvim-", ("neovim", "Neovim")),
)
_BY_PATH = (
    (re.compile(r"[/\\]\.vscode-server-insiders[/\\]"), ("vscode-insiders", "VS Code Insiders (remote)")),
    (re.compile(r"[/\\]\.vscode-(?:server|remote)[/\\]"), ("vscode-server", "VS Code (remote)")),
    (re.compile(r"[/\\]\.cursor-server[/\\]"), ("cursor", "Cursor (remote)")),
    (re.compile(r"[/\\]\.windsurf-server[/\\]"), ("windsurf", "Windsurf (remote)")),
    (re.compile(r"[/\\]\.vscodium-server[/\\]"), ("vscodium", "VSCodium (remote)")),
    (re.compile(r"[/\\](?:openvscode-server|\.openvscode-server)[/\\]"), ("openvscode-server", "OpenVSCode Server")),
    (re.compile(r"[/\\]code-server[/\\]"), ("code-server", "code-server")),
    (re.compile(r"[/\\]code(?:-oss)?[/\\][^ ]{0,200}\.js"), ("vscode", "VS Code")),
)


def editor_of(name: str, executable: str, command: tuple[str, ...]) -> tuple[str, str] | None:
    """(key, label) of the editor that a process belongs to; None when it is none that we know."""
    program = re.split(r"[/\\]", executable.removesuffix(" (deleted)"))[-1]
    for each in (name, program):
        plain = each.lower().removesuffix(".exe")
        if plain in _BY_NAME:
            return _BY_NAME[plain]
        for start, editor in _BY_START:
            if plain.startswith(start):
                return editor
    if name.lower().removesuffix(".exe") not in ("node", "electron", "mainthread") and "node" not in program:
        return None
    line = " ".join(command)[:4000]
    return next((editor for pattern, editor in _BY_PATH if pattern.search(line)), None)
