"""The places at which editors were told to start the launcher, as the journal of changes has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gopls_diag.edit.settings_file import edit_settings
from gopls_diag.engines.fix.planning import settings_content
from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.change import CannotEdit, ChangeState
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.installation import Installed
from gopls_diag.model.request import Request
from gopls_diag.parse.jsonc import parse_jsonc
from gopls_diag.parse.toml_settings import parse_toml_settings
from gopls_diag.world import World, WorldError
from gopls_diag.world.change_journal import ChangeJournal

ABOUT = "record"
"""The field of a journal entry's `about` that makes it one of ours."""
_MISSING = object()


def about_install(place: Installed) -> dict[str, Any]:
    """What the journal remembers of an installation."""
    return {
        ABOUT: "install",
        "editor": place.editor,
        "label": place.label,
        "file": place.file,
        "key": place.key,
        "launcher": place.launcher,
        "had": place.had,
        "was": place.was,
    }


def installations(journal: ChangeJournal) -> Iterator[Installed]:
    """Those that were not undone, the newest first."""
    for change in journal.entries():
        about = change.about
        if about.get(ABOUT) != "install" or change.state is ChangeState.UNDONE:
            continue
        texts = [about.get(name) for name in ("editor", "label", "file", "key", "launcher")]
        if all(isinstance(each, str) for each in texts):
            editor, label, file, key, launcher = map(str, texts)
            yield Installed(
                change.id,
                editor,
                label,
                file,
                key,
                launcher,
                was=about.get("was"),
                had=about.get("had") is True,
                made=change.made,
            )


def value_at(world: World, file: str, key: str) -> tuple[Any, bool]:
    """(the value under a key as SettingEdit names it, whether there is one); nothing of a file that does not parse."""
    try:
        content = settings_content(world, file)
    except (CannotEdit, WorldError):
        return None, False
    if content is None:
        return None, False
    document = parse_toml_settings(content) if file.lower().endswith(".toml") else parse_jsonc(content)
    value: Any = document.root.value if document.root else None
    for part in key.split("/"):
        value = value.get(part, _MISSING) if isinstance(value, dict) else _MISSING
    return (None, False) if value is _MISSING else (value, True)


def names_launcher(world: World, place: Installed) -> bool:
    """True if that setting still names the launcher."""
    return value_at(world, place.file, place.key) == (place.launcher, True)


def entry_put_back(world: World, place: Installed) -> tuple[bytes | None, bytes]:
    """The file as it is, and as it is with our entry as it was before; CannotEdit where that cannot be had.

    An object that is empty without our entry goes too: it was made for it.
    """
    content = settings_content(world, place.file)
    if place.had:
        return content, edit_settings(place.file, content, (SettingEdit(place.file, place.key, place.was),))
    key = place.key
    after = edit_settings(place.file, content, (SettingEdit(place.file, key, None, "remove"),))
    for _ in range(key.count("/")):
        key = key.rpartition("/")[0]
        document = parse_toml_settings(after) if place.file.lower().endswith(".toml") else parse_jsonc(after)
        value: Any = document.root.value if document.root else None
        for part in key.split("/"):
            value = value.get(part) if isinstance(value, dict) else None
        if value != {} or key in ("settings",):
            break
        after = edit_settings(place.file, after, (SettingEdit(place.file, key, None, "remove"),))
    return content, after


def starts_launcher(world: World, request: Request, editor: str, launcher: str) -> bool | None:
    """Whether that editor starts the launcher for the folder; None where that cannot be told."""
    gatherer = Gatherer(world, request)
    gatherer.start([GoplsCommands])
    commands = gatherer.value(GoplsCommands)
    choice = commands.used(editor) if isinstance(commands, GoplsCommands) else None
    if choice is None or choice.rule == "running now":
        return None
    return choice.launcher is not None and choice.launcher.path == launcher
