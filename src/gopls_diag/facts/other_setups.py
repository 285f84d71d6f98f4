"""Neovim, Helix, Zed and Emacs as they are set up for gopls.

Each is told only when its settings speak about gopls: an editor that merely exists is not one that is used for Go.
Sources: nvim-lspconfig lsp/gopls.lua and `:help lsp-config`; the books of Helix (Languages) and Zed (Go).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.facts.settings_layers import Placer, read_settings_file
from gopls_diag.facts.vscode_products import application_data
from gopls_diag.model.editor import EditorSetup, NotUnderstood, Scope, SettingsLayer, SettingValue
from gopls_diag.model.settings_tree import SettingsDocument, SettingsNode
from gopls_diag.model.system import FileKind
from gopls_diag.parse.emacs_settings import parse_emacs_settings
from gopls_diag.parse.lua_settings import parse_lua_settings
from gopls_diag.parse.toml_settings import parse_toml_settings
from gopls_diag.world import World, WorldError

_FILES_LIMIT = 300
_FILE_LIMIT_BYTES = 1024 * 1024
_DEPTH_LIMIT = 5
ZED_SWITCH = "languages/Go/enable_language_server"
"""Where Zed's settings switch gopls off."""


class _Setup:
    """An editor's setup while its files are read."""

    def __init__(self, name: str, label: str, flags_key: str) -> None:
        self.name, self.label, self.flags_key = name, label, flags_key
        self.layers: list[SettingsLayer] = []
        self.gopls: dict[str, SettingValue] = {}
        self.tools: dict[str, SettingValue] = {}
        self.environment: dict[str, SettingValue] = {}
        self.flags: tuple[SettingValue, ...] = ()
        self.settings: dict[str, SettingValue] = {}
        self.uses_language_server = True
        self.user_settings_file = ""

    def take(
        self,
        placer: Placer,
        *,
        gopls: tuple[SettingsNode | None, str] = (None, ""),
        environment: tuple[SettingsNode | None, str] = (None, ""),
        not_understood: tuple[NotUnderstood, ...] = (),
    ) -> None:
        """Add one file; each part is an object with its path in the file."""
        settings = _placed(placer, *gopls)
        self.gopls.update({each.key: each for each in settings})
        self.environment.update({each.key: each for each in _placed(placer, *environment)})
        layer = SettingsLayer(placer.scope, placer.file, (), settings, placer.problems(), not_understood)
        self.layers.append(layer)

    def command(
        self,
        placer: Placer,
        program: tuple[SettingsNode | None, str],
        arguments: tuple[tuple[SettingsNode, ...], str],
    ) -> None:
        """The program and the arguments that a file gives, each with its path in the file."""
        node, path = program
        if node is not None and isinstance(node.value, str) and node.value != "gopls":
            self.tools["gopls"] = replace(placer.element("gopls", node, path), key="gopls")
        words, above = arguments
        if words:
            self.flags = tuple(placer.element(self.flags_key, each, above) for each in words)

    def finished(self) -> EditorSetup:
        return EditorSetup(
            name=self.name,
            label=self.label,
            layers=tuple(self.layers),
            settings=self.settings,
            gopls_settings=self.gopls,
            alternate_tools=self.tools,
            tools_environment=self.environment,
            language_server_flags=self.flags,
            uses_language_server=self.uses_language_server,
            user_settings_file=self.user_settings_file,
        )


def _placed(placer: Placer, node: SettingsNode | None, above: str) -> tuple[SettingValue, ...]:
    return tuple(placer.setting(each, above) for each in node.entries) if node else ()


def _at(node: SettingsNode | None, *keys: str) -> SettingsNode | None:
    for key in keys:
        entry = node.entry(key) if node else None
        node = entry.node if entry else None
    return node


def neovim_setup(world: World, *, is_wanted: bool = False) -> EditorSetup | None:
    """Neovim, if its configuration names gopls or it is wanted all the same."""
    if world.machine.os == "windows":
        above = world.environment.get("LOCALAPPDATA") or world.join(world.home, "AppData", "Local")
    else:
        above = world.environment.get("XDG_CONFIG_HOME") or world.join(world.home, ".config")
    folder = world.join(above, world.environment.get("NVIM_APPNAME") or "nvim")
    setup = _Setup("neovim", "Neovim", "cmd")
    setup.user_settings_file = world.join(folder, "init.lua")
    is_mentioned = False
    for path in _lua_files(world, folder):
        try:
            content = world.read_bytes(path, limit_bytes=_FILE_LIMIT_BYTES)
        except WorldError:
            continue
        parent = world.paths.basename(world.paths.dirname(path))
        lua = parse_lua_settings(content, is_gopls_file=parent == "lsp" and path.endswith("gopls.lua"))
        is_mentioned |= lua.mentions_gopls or bool(lua.configurations)
        placer = Placer(SettingsDocument(None, lua.lines), path, Scope.USER)
        strange = tuple(_not_understood(placer, offset) for offset in lua.not_understood)
        for configuration in lua.configurations:
            command = _at(configuration, "cmd")
            words = command.elements if command else ()
            # Both are one list in the file: who changes one of them writes it whole.
            setup.command(placer, (words[0] if words else None, "cmd"), (words[1:], "cmd"))
            for keys in (("settings", "gopls"), ("init_options",)):
                setup.take(
                    placer,
                    gopls=(_at(configuration, *keys), "/".join(keys) + "/"),
                    environment=(_at(configuration, "cmd_env"), "cmd_env/"),
                    not_understood=strange,
                )
    return setup.finished() if is_mentioned or is_wanted else None


def _not_understood(placer: Placer, offset: int) -> NotUnderstood:
    lines = placer.document.lines
    line, _ = lines.position(offset)
    return NotUnderstood(placer.file, line, lines.line_text(line), "only Neovim can evaluate this")


def _lua_files(world: World, folder: str) -> Iterator[str]:
    """Lua files of a Neovim configuration in the order in which it reads them, as far as that has an order."""
    yield world.join(folder, "init.lua")
    left = _FILES_LIMIT
    for name in ("lua", "plugin", "ftplugin", "lsp", "after"):
        waiting = [(world.join(folder, name), 0)]
        while waiting and left > 0:
            here, depth = waiting.pop(0)
            try:
                entries = world.list(here)
            except WorldError:
                continue
            for entry in entries:
                path = world.join(here, entry.name)
                if entry.name.endswith(".lua"):
                    left -= 1
                    yield path
                elif entry.kind is FileKind.FOLDER and depth < _DEPTH_LIMIT:
                    waiting.append((path, depth + 1))


def helix_setup(world: World, folder: str, *, is_wanted: bool = False) -> EditorSetup | None:
    """Helix, if a languages.toml says something about gopls or it is wanted all the same."""
    data = application_data(world) if world.machine.os == "windows" else ""
    above = data or world.environment.get("XDG_CONFIG_HOME") or world.join(world.home, ".config")
    setup = _Setup("helix", "Helix", "args")
    setup.user_settings_file = world.join(above, "helix", "languages.toml")
    is_mentioned = False
    files = ((setup.user_settings_file, Scope.USER), (world.join(folder, ".helix", "languages.toml"), Scope.FOLDER))
    for path, scope in files:
        try:
            document = parse_toml_settings(world.read_bytes(path, limit_bytes=_FILE_LIMIT_BYTES))
        except WorldError:
            continue
        gopls = _at(document.root, "language-server", "gopls")
        is_mentioned |= gopls is not None or bool(document.problems)
        placer = Placer(document, path, scope)
        arguments = _at(gopls, "args")
        here = "language-server/gopls"
        setup.command(
            placer,
            (_at(gopls, "command"), f"{here}/command"),
            (arguments.elements if arguments else (), f"{here}/args"),
        )
        # The whole of `config` goes into initializationOptions; `config.gopls` answers workspace/configuration.
        inner = _at(gopls, "config", "gopls")
        config = (inner, "language-server/gopls/config/gopls/")
        if inner is None:
            config = (_at(gopls, "config"), "language-server/gopls/config/")
        environment = (_at(gopls, "environment"), "language-server/gopls/environment/")
        setup.take(placer, gopls=config, environment=environment)
    return setup.finished() if is_mentioned or is_wanted else None


def zed_setup(world: World, folder: str, *, is_wanted: bool = False) -> EditorSetup | None:
    """Zed, if its settings say something about gopls or it is wanted all the same."""
    if world.machine.os == "windows":
        user = world.join(application_data(world), "Zed", "settings.json")
    else:
        above = world.environment.get("XDG_CONFIG_HOME", "") if world.machine.os == "linux" else ""
        user = world.join(above or world.join(world.home, ".config"), "zed", "settings.json")
    setup = _Setup("zed", "Zed", "lsp/gopls/binary/arguments")
    setup.user_settings_file = user
    is_mentioned = False
    for path, scope in ((user, Scope.USER), (world.join(folder, ".zed", "settings.json"), Scope.FOLDER)):
        try:
            document = read_settings_file(world, path)
        except WorldError:
            document = None
        if document is None:
            continue
        gopls = _at(document.root, "lsp", "gopls")
        switch = _at(document.root, "languages", "Go", "enable_language_server")
        is_mentioned |= gopls is not None or switch is not None
        placer = Placer(document, path, scope)
        if switch is not None:
            setup.uses_language_server = switch.value is not False
            setup.settings[ZED_SWITCH] = placer.element(ZED_SWITCH, switch, ZED_SWITCH)
        arguments = _at(gopls, "binary", "arguments")
        program = _at(gopls, "binary", "path")
        here = "lsp/gopls/binary"
        setup.command(placer, (program, f"{here}/path"), (arguments.elements if arguments else (), f"{here}/arguments"))
        options = (_at(gopls, "initialization_options"), "lsp/gopls/initialization_options/")
        setup.take(placer, gopls=options, environment=(_at(gopls, "binary", "env"), "lsp/gopls/binary/env/"))
    return setup.finished() if is_mentioned or is_wanted else None


def emacs_setup(world: World, *, is_wanted: bool = False) -> EditorSetup | None:
    """Emacs, if an init file names gopls or lsp-go, or it is wanted; only literal settings are understood."""
    setup = _Setup("emacs", "Emacs", "eglot-server-programs")
    is_mentioned = False
    home = world.home
    for parts in (
        (".emacs",),
        (".emacs.el",),
        (".emacs.d", "init.el"),
        (".config", "emacs", "init.el"),
        (".doom.d", "config.el"),
        (".config", "doom", "config.el"),
    ):
        path = world.join(home, *parts)
        try:
            content = world.read_bytes(path, limit_bytes=_FILE_LIMIT_BYTES)
        except WorldError:
            continue
        if b"gopls" not in content and b"lsp-go-" not in content:
            continue
        is_mentioned = True
        document = parse_emacs_settings(content)
        setup.user_settings_file = setup.user_settings_file or path
        reason = NotUnderstood(path, 1, "", "Emacs Lisp; only literal settings were read")
        setup.take(Placer(document, path, Scope.USER), gopls=(document.root, ""), not_understood=(reason,))
    return setup.finished() if is_mentioned or is_wanted else None
