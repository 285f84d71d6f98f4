"""Reads an argument list as gopls reads it (Go's package flag; golang/tools internal/tool and gopls/internal/cmd)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gopls_diag.checks.settings._written import shown
from gopls_diag.model.editor import Editors, EditorSetup, SettingValue
from gopls_diag.model.finding import Remedy, remove_setting, set_setting
from gopls_diag.model.flag_place import FlagPlace
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsFlags
from gopls_diag.model.outcome import Unknown


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of the argument list."""

    setting: SettingValue
    """The list element that it stands in."""
    name: str
    value: str | None
    """What stands behind the equals sign, or in the next element; None for a switch."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """An argument that keeps gopls from starting."""

    setting: SettingValue
    said: str
    name: str
    """The flag's name without dashes; empty when it is no flag."""


def written_flags(arguments: tuple[SettingValue, ...]) -> Iterator[Flag]:
    """The flags with their values, without asking which ones exist; a value may stand in the next element."""
    for at, setting in enumerate(arguments):
        if isinstance(setting.value, str) and setting.value.startswith("-"):
            name, equals, value = setting.value.lstrip("-").partition("=")
            after = arguments[at + 1].value if at + 1 < len(arguments) else None
            if not equals and isinstance(after, str) and not after.startswith("-"):
                value, equals = after, "="
            yield Flag(setting, name, value if equals else None)


def is_refused(editor: EditorSetup, commands: GoplsCommands | Unknown, flags: GoplsFlags | Unknown) -> bool:
    """True if gopls does not start with this editor's arguments at all (S05 tells), so that nothing else matters."""
    if isinstance(commands, Unknown) or isinstance(flags, Unknown):
        return False
    choice = commands.used(editor.name)
    known = flags.at(choice.binary.path if choice and choice.binary else flags.path)
    is_wrapper = bool(choice and choice.binary and choice.binary.is_wrapper)
    return known is not None and not is_wrapper and first_mistake(editor.language_server_flags, known) is not None


def first_mistake(arguments: tuple[SettingValue, ...], known: GoplsFlags) -> Mistake | None:
    """The argument at which gopls stops, if it does; what follows it is never read."""
    is_after_serve = False
    is_value = False
    for at, setting in enumerate(arguments):
        word = setting.value
        if not isinstance(word, str):
            return Mistake(setting, "it is no text", "")
        if is_value:
            is_value = False
            continue
        if not word.startswith("-") or word == "-":
            if is_after_serve or word == "":
                continue
            if word != "serve":
                said = "it starts another command, not the server"
                return Mistake(setting, said if word in known.subcommands else "gopls has no such command", "")
            is_after_serve = True
            continue
        name, equals, _ = word.lstrip("-").partition("=")
        if name not in known.flags:
            return Mistake(setting, "gopls has no such flag", name)
        if is_after_serve and name not in known.server:
            return Mistake(setting, "it must stand before serve", name)
        if known.flags[name] and not equals:
            if at + 1 == len(arguments):
                return Mistake(setting, "its value is missing", name)
            is_value = True
    return None


def without_mistake(arguments: tuple[SettingValue, ...], wrong: Mistake, known: GoplsFlags) -> tuple[SettingValue, ...]:
    """The arguments without the wrong one, and without what stands behind it as its value."""
    at = next(index for index, each in enumerate(arguments) if each is wrong.setting)
    after = arguments[at + 1].value if at + 1 < len(arguments) else None
    is_text = isinstance(after, str) and not after.startswith("-") and after != "serve"
    # Behind the word serve gopls passes over a word that is no flag, so it would stay there for nothing.
    has_value = bool(wrong.name) and "=" not in str(wrong.setting.value) and known.flags.get(wrong.name, True)
    return arguments[:at] + arguments[at + (2 if is_text and has_value else 1) :]


def flag_name(word: str) -> str:
    """`-logfile=auto` is logfile."""
    return word.lstrip("-").partition("=")[0].partition(" ")[0]


def argument_change(editor: EditorSetup, words: Sequence[str]) -> Remedy:
    """The remedy that gives an editor these arguments for gopls; it must have some now."""
    first = editor.language_server_flags[0]
    if not words and not _has_weaker(editor, first):
        return remove_setting(first.file, first.path, title=f"Take {first.key} out")
    written = list(words)
    if first.path == "cmd":
        # Neovim: the program is the first element of the same list.
        program = editor.alternate_tools.get("gopls")
        written.insert(0, str(program.value) if program and program.path == "cmd" else "gopls")
    return set_setting(first.file, first.path, written, title=f"Set {first.key} to {shown(written)}")


def with_flag(editor: EditorSetup, flag: Flag, instead: Sequence[str] = ()) -> Remedy:
    """The remedy that puts other arguments in the place of a flag and of its value, or nothing."""
    words: list[str] = []
    is_value = False
    for each in editor.language_server_flags:
        if each is flag.setting:
            words += instead
            is_value = flag.value is not None and "=" not in str(each.value)
        elif is_value:
            is_value = False
        else:
            words.append(str(each.value))
    return argument_change(editor, words)


def with_flag_of(place: FlagPlace, editors: Editors | Unknown, *instead: str) -> Iterator[Remedy]:
    """The remedy that puts other arguments in the place of a flag whose file or address does not serve."""
    for editor in editors.all if isinstance(editors, Editors) else ():
        for flag in written_flags(editor.language_server_flags):
            is_it = (flag.setting.file, flag.setting.line, flag.setting.value) == (place.file, place.line, place.text)
            if is_it and editor.label == place.label:
                yield with_flag(editor, flag, instead)
                return


def _has_weaker(editor: EditorSetup, held: SettingValue) -> bool:
    """True if another list might come to hold once this one is gone."""
    if not editor.is_vscode:
        return len(editor.layers) > 1 or held.path == "cmd"
    return any(each.key == held.key and each.file != held.file for layer in editor.layers for each in layer.settings)
