"""Where a budget for gopls's memory is written, for the editor and the gopls that it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gopls_diag.facts.vscode_products import PRODUCTS, places
from gopls_diag.model.amount import GIB, KIB, MIB
from gopls_diag.model.editor import EditorSetup, Scope, SettingsLayer
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.session import SessionScript
from gopls_diag.parse.byte_count import parse_memory_limit
from gopls_diag.world import World, WorldError

SETTING = "memoryLimit"
"""Of gopls v0.24 and later, in bytes: runtime/debug.SetMemoryLimit, which overrules the variable."""
VARIABLE = "GOMEMLIMIT"
_KEYS = {
    "helix": ("language-server/gopls/config/", "language-server/gopls/environment/"),
    "zed": ("lsp/gopls/initialization_options/", "lsp/gopls/binary/env/"),
    "neovim": ("settings/gopls/", "cmd_env/"),
    "emacs": ("", ""),
}
"""Above the setting, and above the variable; others are of VS Code's family."""
_VSCODE_KEYS = ("gopls/", "go.toolsEnvVars/")


@dataclass(frozen=True, slots=True)
class Placement:
    """What to write so that a budget holds."""

    name: str
    """memoryLimit or GOMEMLIMIT."""
    value: int | str
    """As it stands in the file."""
    file: str
    edits: tuple[SettingEdit, ...]
    """Empty when it is so already."""
    removed: tuple[str, ...] = ()
    """Names of other limits that are taken out."""

    def put_on(self, script: SessionScript) -> SessionScript:
        """The script as if the edits were made, for files that only their owner changes."""
        kept = {name: each for name, each in script.settings.items() if _short(name) != SETTING}
        variables: dict[str, str | None] = {n: v for n, v in script.environment.items() if n != VARIABLE}
        if self.name == SETTING:
            return replace(script, settings={**kept, SETTING: self.value}, environment=variables)
        return replace(script, settings=kept, environment={**variables, VARIABLE: str(self.value)})


def limit_of(script: SessionScript, shell: Mapping[str, str]) -> int | str | None:
    """The limit under which a script runs: bytes, the variable's words where they are malformed, None without one."""
    for name, value in script.settings.items():
        if _short(name) == SETTING and isinstance(value, int) and value > 0:
            return value
    words = script.environment.get(VARIABLE, shell.get(VARIABLE))
    if not words or words == "off":
        return None
    known = parse_memory_limit(words)
    return words if known is None else known


def without_limit(script: SessionScript) -> SessionScript:
    """The script as if no limit were set; that of the asking shell is taken away too."""
    kept = {name: each for name, each in script.settings.items() if _short(name) != SETTING}
    return replace(script, settings=kept, environment={**script.environment, VARIABLE: None})


def variable_text(size_bytes: int) -> str:
    """An amount as the Go runtime reads it, in the largest unit that says it whole: `2GiB`."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size_bytes % unit == 0:
            return f"{size_bytes // unit}{name}"
    return str(size_bytes)


def place_budget(world: World, editor: EditorSetup, *, has_setting: bool, budget_bytes: int, folder: str) -> Placement:
    """What to change in the editor's settings, the place where a limit stands already first.

    Args:
        world: this machine.
        editor: whose settings.
        has_setting: True if the gopls that it starts has `memoryLimit`; Emacs has no place for the variable.
        budget_bytes: the budget.
        folder: the workspace folder.
    """
    keys = _KEYS.get(editor.name, _VSCODE_KEYS)
    of_setting = [each for each in editor.gopls_settings.values() if each.short == SETTING]
    of_variable = [each for each in (editor.tools_environment.get(VARIABLE),) if each]
    value: int | str = budget_bytes if has_setting else variable_text(budget_bytes)
    wanted, others = (of_setting, of_variable) if has_setting else (of_variable, of_setting)
    edits: list[SettingEdit] = []
    if wanted:
        holder = next((each for each in wanted if each.key in (SETTING, VARIABLE)), wanted[0])
        others = [*others, *(each for each in wanted if each is not holder)]
        file = holder.file
        if not _says(holder.value, budget_bytes, is_setting=has_setting):
            edits.append(SettingEdit(file, holder.path or holder.key, value))
    else:
        file = users_file(world, editor, folder)
        above = _above_setting(editor, file, keys[0]) if has_setting else keys[1]
        edits.append(SettingEdit(file, above + (SETTING if has_setting else VARIABLE), value))
    # One limit in one place: the setting overrules the variable, and the variable also reaches go and dlv.
    edits += [SettingEdit(each.file, each.path or each.key, None, "remove") for each in others]
    name = SETTING if has_setting else VARIABLE
    return Placement(name, value, file, tuple(edits), tuple(dict.fromkeys(each.key for each in others)))


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _says(value: Any, budget_bytes: int, *, is_setting: bool) -> bool:
    if is_setting:
        return value == budget_bytes and not isinstance(value, bool)
    return isinstance(value, str) and parse_memory_limit(value) == budget_bytes


def _above_setting(editor: EditorSetup, file: str, above: str) -> str:
    """Helix takes gopls's settings in `config` or in `config.gopls`: those of one file stay together."""
    inner = f"{above}gopls/"
    is_inner = editor.name == "helix" and any(
        each.file == file and each.path.startswith(inner) for each in editor.gopls_settings.values()
    )
    return inner if is_inner else above


def users_file(world: World, editor: EditorSetup, folder: str) -> str:
    """The file of the user's that holds for this folder."""
    if not editor.is_vscode:
        given = next(iter(editor.gopls_settings.values()), None)
        # Neovim's and Emacs's settings stand in whichever file of the user's names gopls.
        return given.file if given and editor.name in ("neovim", "emacs") else editor.user_settings_file
    layers = {each.scope: each for each in _users_layers(editor)}
    for scope in (Scope.PROFILE, Scope.USER, Scope.REMOTE):
        if scope in layers and layers[scope].is_applied:
            return layers[scope].file
    if Scope.USER in layers:
        # The folder opens with a profile that has no settings file yet, whose name only the editor knows for sure.
        return world.join(folder, ".vscode", "settings.json")
    return _machine_file(world, editor) or editor.user_settings_file


def _users_layers(editor: EditorSetup) -> Iterator[SettingsLayer]:
    return (each for each in editor.layers if each.scope in (Scope.PROFILE, Scope.USER, Scope.REMOTE))


def _machine_file(world: World, editor: EditorSetup) -> str:
    """Where the remote half of a window reads its own settings; empty for an editor of the desktop."""
    product = next((each for each in PRODUCTS if each.name == editor.name), None)
    if product is None or not product.is_server or product.name == "code-server":
        return ""
    try:
        found = places(world, product)
    except WorldError:
        return ""
    return world.join(found.machine_folder, "settings.json") if found else ""
