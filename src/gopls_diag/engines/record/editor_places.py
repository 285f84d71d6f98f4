"""Where each editor is told which gopls to start: an edit of its settings file, or lines for its owner to write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gopls_diag.edit.lua_lines import lines_to_change
from gopls_diag.engines.fix.budget_place import users_file
from gopls_diag.facts.other_setups import emacs_setup, helix_setup, neovim_setup, zed_setup
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.editor import EditorSetup, Scope
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.line_change import LineChange
from gopls_diag.world import World, WorldError

ALTERNATE_TOOLS = "go.alternateTools"
_TOOL_KEYS = {"helix": "language-server/gopls/command", "zed": "lsp/gopls/binary/path"}
_FOLDER_FILES = {"helix": (".helix", "languages.toml"), "zed": (".zed", "settings.json")}
_FILE_LIMIT_BYTES = 16 * 1024 * 1024

NEOVIM_LINES = """\
-- Neovim 0.11 and newer, with or without nvim-lspconfig:
vim.lsp.config('gopls', {{ cmd = {{ '{launcher}' }} }})
-- older, with nvim-lspconfig:
require('lspconfig').gopls.setup({{ cmd = {{ '{launcher}' }} }})
-- with vim.lsp.start or vim.lsp.start_client:
cmd = {{ '{launcher}' }},
"""
EMACS_LINES = """\
;; eglot:
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((go-mode go-ts-mode go-dot-mod-mode go-mod-ts-mode) . ("{launcher}"))))
;; lsp-mode:
(setq lsp-go-gopls-server-path "{launcher}")
"""
_BY_HAND = {
    "neovim": ("Neovim", "init.lua", NEOVIM_LINES),
    "emacs": ("Emacs", "the init file", EMACS_LINES),
    "vim": (
        "Vim",
        "vimrc",
        "\" vim-lsp-settings:\nlet g:lsp_settings = {{'gopls': {{'cmd': ['{launcher}']}}}}\n"
        "\" ALE:\nlet g:ale_go_gopls_executable = '{launcher}'\n",
    ),
    "coc": ("coc.nvim", "coc-settings.json, with coc-go", '"go.goplsPath": "{launcher}"\n'),
    "sublime": (
        "Sublime Text",
        "LSP-gopls.sublime-settings",
        '"command": ["{launcher}"],\n"settings": {{"manageGoplsBinary": false}}\n',
    ),
    "kakoune": ("Kakoune", "kak-lsp.toml", '[language_server.gopls]\ncommand = "{launcher}"\n'),
    "kate": ("Kate", "the LSP client's user settings", '{{"servers": {{"go": {{"command": ["{launcher}"]}}}}}}\n'),
}
"""Label, where the lines go, and the lines. Sources: `:help lsp-config`, nvim-lspconfig lsp/gopls.lua; eglot's manual,
lsp-mode clients/lsp-go.el; ALE doc/ale-go.txt; coc-go package.json; LSP-gopls.sublime-settings."""


@dataclass(frozen=True, slots=True)
class CommandPlace:
    """One place at which an editor is told which gopls to start."""

    editor: str
    label: str
    file: str
    """Empty where it is not known."""
    key: str = ""
    """As SettingEdit names it; empty where it has to be written by hand."""
    lines: tuple[LineChange, ...] = ()
    """Lines of that file to change by hand."""
    example: str = ""
    """What to write by hand, where the lines are not known."""

    def edits(self, launcher: str) -> tuple[SettingEdit, ...]:
        """The edit that names the launcher; none where it is written by hand."""
        return (SettingEdit(self.file, self.key, launcher),) if self.key else ()


def known_editors() -> tuple[str, ...]:
    """Names that are taken besides those of VS Code's family."""
    return tuple(dict.fromkeys((*_TOOL_KEYS, *_BY_HAND)))


def bare_editor(world: World, name: str, folder: str) -> EditorSetup | None:
    """The set-up of an editor that was asked for by name and whose settings do not speak of gopls yet."""
    ask = {
        "helix": lambda: helix_setup(world, folder, is_wanted=True),
        "zed": lambda: zed_setup(world, folder, is_wanted=True),
        "neovim": lambda: neovim_setup(world, is_wanted=True),
        "emacs": lambda: emacs_setup(world, is_wanted=True),
    }.get(name)
    return ask() if ask else None


def place_by_hand(name: str, launcher: str) -> CommandPlace | None:
    """What is to be written for an editor whose files are not read here; None for one that is not known."""
    if name not in _BY_HAND:
        return None
    label, where, lines = _BY_HAND[name]
    return CommandPlace(name, label, "", example=f"{where}:\n{lines.format(launcher=launcher)}")


def place_of(world: World, editor: EditorSetup, folder: str, launcher: str, *, is_for_folder: bool) -> CommandPlace:
    """Where that editor is told.

    Args:
        world: this machine.
        editor: the editor.
        folder: the folder that it opens.
        launcher: the path of the launcher.
        is_for_folder: True for the folder's own settings instead of the user's.
    """
    if editor.is_vscode:
        file = _workspace_file(world, editor, folder) if is_for_folder else users_file(world, editor, folder)
        above = "settings/" if file.endswith(".code-workspace") else ""
        return CommandPlace(editor.name, editor.label, file, f"{above}{ALTERNATE_TOOLS}/gopls")
    if editor.name in _TOOL_KEYS:
        own = world.join(folder, *_FOLDER_FILES[editor.name])
        file = own if is_for_folder else editor.user_settings_file
        return CommandPlace(editor.name, editor.label, file, _TOOL_KEYS[editor.name])
    return _by_hand(world, editor, launcher)


def _workspace_file(world: World, editor: EditorSetup, folder: str) -> str:
    """A window of several folders takes what concerns all of them from the file that it was opened with."""
    for layer in editor.layers:
        if layer.scope is Scope.WORKSPACE and layer.is_applied and len(editor.workspace_folders) > 1:
            return layer.file
    return world.join(folder, ".vscode", "settings.json")


def _by_hand(world: World, editor: EditorSetup, launcher: str) -> CommandPlace:
    """The very lines where the configuration is understood well enough, else those that are usual."""
    label, where, lines = _BY_HAND.get(editor.name, (editor.label, "its settings", "{launcher}\n"))
    flags = [each.value for each in editor.language_server_flags]
    for file in _files_about_gopls(editor) if editor.name == "neovim" else ():
        try:
            content = world.read_bytes(file, limit_bytes=_FILE_LIMIT_BYTES)
            changed = lines_to_change(content, (SettingEdit(file, "cmd", [launcher, *flags]),))
        except (CannotEdit, WorldError):
            continue
        return CommandPlace(editor.name, label, file, lines=changed)
    place = editor.user_settings_file or where
    example = f"{place}:\n{lines.format(launcher=launcher)}"
    return CommandPlace(editor.name, label, editor.user_settings_file, example=example)


def _files_about_gopls(editor: EditorSetup) -> Iterator[str]:
    """Those that give the command first, then all whose tables speak of gopls."""
    tool = editor.alternate_tools.get("gopls")
    files = ([tool.file] if tool else []) + [each.file for each in editor.layers]
    yield from dict.fromkeys(files)
