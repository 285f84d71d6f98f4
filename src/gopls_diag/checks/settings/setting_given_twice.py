"""S15: one setting under two names."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._migration import above
from gopls_diag.checks.settings._written import asked, beside, need_editors, quoted, removal, shown, without
from gopls_diag.model.editor import Editors, EditorSetup, SettingsLayer, SettingValue
from gopls_diag.model.finding import Finding, Remedy, SettingEdit, Severity, advise, change_settings
from gopls_diag.model.go_extension import DECLARED

SENT_BY_EXTENSION = {
    "vulncheck": ("ui.vulncheck", "go.diagnostic.vulncheck", "Prompt"),
    "hints": ("ui.inlayhint.hints", "go.inlayHints", None),
}
"""Last segment to the name under which the Go extension always sends it, its own setting, and that one's default."""
FIRST_EXTENSION = (0, 37)
"""The first Go extension with both settings."""


@check(
    "S15",
    Severity.WARNING,
    why="gopls takes one of the two at random, or the editor's own value replaces yours.",
    explains=("W21",),
)
def setting_given_twice(editors: Editors) -> Iterator[Finding]:
    """One gopls setting is given under two names.

    What it means: Only the last segment of a name counts for gopls, so "staticcheck" and "ui.diagnostic.staticcheck"
        are the same setting, perhaps once in the user's settings and once in the folder's. Or one inside "gopls" is
        one that the Go extension sends itself, from a setting of its own.
    Why it matters: gopls goes through the names in no fixed order: which value holds changes from start to start, and
        it shows "duplicate value for …". What the Go extension sends itself replaces what stands in "gopls".
    How to fix: Keep one of them.
    When to ignore: When both have the same value and the message does not disturb.
    Source: golang/tools gopls/internal/settings/settings.go (Options.Set ranges over a map); golang/vscode-go
        extension/src/language/goLanguageServer.ts (passVulncheckConfigToGopls, passInlayHintConfigToGopls,
        passGoConfigToGoplsConfigValues); seen with the Go extension 0.57.2.
    """
    need_editors(editors)
    for editor in editors.all:
        by_name: dict[str, list[SettingValue]] = {}
        for setting in editor.gopls_settings.values():
            by_name.setdefault(setting.short, []).append(setting)
        for name, given in by_name.items():
            if len(given) > 1:
                yield _two_names(name, given)
            elif editor.is_vscode and editor.extension_version:
                yield from _sent_by_extension(editor, given[0])
        for layer in editor.layers:
            if layer.is_applied:
                yield from _repeated(layer)


def _two_names(name: str, given: list[SettingValue]) -> Finding:
    values = " and ".join(f"{each.key} = {shown(each.value, 40)}" for each in given)
    is_same = all(each.value == given[0].value for each in given)
    return Finding(
        f"gopls gets {name} under two names: {values}",
        tuple(quoted(each) for each in given),
        tuple(_one_name(given, is_same=is_same)),
        why="gopls shows Invalid settings, duplicate value; both say the same." if is_same else None,
        severity=Severity.INFO if is_same else None,
    )


def _one_name(given: list[SettingValue], *, is_same: bool) -> Iterator[Remedy]:
    """The remedies; what one file says weakly and another strongly gets one name, so that the editor can merge it."""
    first, last = given[0], given[-1]
    files = {each.file for each in given}
    if len(files) > 1 and len(files) == len(given):
        # Taking one out of the user's file would change every other window.
        edits = [_under_name(each, first) for each in given[1:] if each.key != first.key]
        yield change_settings(*edits, title=f"Call it {first.key} in {_count(edits)}, as the weaker file does")
        return
    kept = last if last.scope is not first.scope else first
    others = [each for each in given if each is not kept]
    names = ", ".join(each.key for each in others)
    remedy = change_settings(*map(without, others), title=f"Take {names} out, and keep {kept.key}")
    # gopls takes either: which of two different values was meant is for the reader to say.
    yield remedy if is_same else asked(remedy)
    if len(given) == 2:
        yield asked(removal(kept))


def _count(edits: list[SettingEdit]) -> str:
    return "the other file" if len(edits) == 1 else "the other files"


def _under_name(setting: SettingValue, other: SettingValue) -> SettingEdit:
    """The edit that gives a setting the name of another."""
    there = beside(setting, other.key)
    if there.count("/") != setting.path.count("/"):
        return SettingEdit(setting.file, setting.path, there, "move")
    return SettingEdit(setting.file, setting.path, there.rsplit("/", 1)[-1], "rename")


def _sent_by_extension(editor: EditorSetup, setting: SettingValue) -> Iterator[Finding]:
    """What the Go extension sends from its own settings, whatever stands in `gopls`."""
    numbers = tuple(int(part) if part.isdigit() else 0 for part in editor.extension_version.split(".")[:2])
    name = setting.short
    if name == "buildFlags":
        yield from _build_flags(editor, setting)
    if name not in SENT_BY_EXTENSION or numbers < FIRST_EXTENSION:
        return
    sent, own, default = SENT_BY_EXTENSION[name]
    held = editor.settings.get(own)
    value = held.value if held else default
    is_same = isinstance(value, str) and isinstance(setting.value, str) and value.lower() == setting.value.lower()
    if is_same and setting.key == sent:
        return
    outcome = "is replaced by" if setting.key == sent else "clashes with"
    yield Finding(
        f"{setting.key} in gopls {outcome} {own}"
        + (f" ({shown(value)})" if value is not None else "")
        + ", which the Go extension always sends",
        (quoted(setting),),
        tuple(_in_own(editor, setting, own)),
        severity=Severity.INFO if is_same else None,
        why="The value that the Go extension sends takes the place of yours." if setting.key == sent else None,
    )


def _in_own(editor: EditorSetup, setting: SettingValue, own: str) -> Iterator[Remedy]:
    """The Go extension's own setting instead, unless that has a value."""
    declared = editor.declared or DECLARED
    begin = above(setting)
    if setting.short == "hints" and isinstance(setting.value, dict):
        new = {f"{own}.{name}": each for name, each in setting.value.items()}
        added = {name: each for name, each in new.items() if name not in editor.settings}
        is_right = all(name in declared and isinstance(each, bool) for name, each in new.items())
    else:
        choices = declared[own].choices if own in declared else ()
        word = next((each for each in choices if each.lower() == str(setting.value).lower()), None)
        added = {own: word} if own not in editor.settings else {}
        is_right = word is not None
    if is_right:
        edits = [SettingEdit(setting.file, f"{begin}{name}", each) for name, each in added.items()]
        title = f"Make it {shown(added, 80)} outside of gopls" if added else f"Take {setting.key} out"
        yield change_settings(*edits, without(setting), title=title)
    else:
        yield removal(setting)
        yield advise(f'Set it in "{own}" instead: {shown(setting.value)}')


def _build_flags(editor: EditorSetup, setting: SettingValue) -> Iterator[Finding]:
    own = next((editor.settings[key] for key in ("go.buildTags", "go.buildFlags") if key in editor.settings), None)
    if own is None or not own.value:
        return
    if setting.key == "build.buildFlags":
        said = f"{own.key} does not reach gopls: gopls has build.buildFlags of its own"
        yield Finding(
            said,
            (quoted(own), quoted(setting)),
            (advise("Put all flags into build.buildFlags, which gopls reads"),),
            severity=Severity.INFO,
            why="The Go extension passes its own flags on only where build.buildFlags is not set.",
        )
    else:
        said = f"gopls gets buildFlags twice: {setting.key} from gopls, and {own.key} as build.buildFlags"
        yield Finding(said, (quoted(setting), quoted(own)), tuple(_one_of(setting, own)))


def _one_of(setting: SettingValue, own: SettingValue) -> Iterator[Remedy]:
    """The Go extension's own serves its commands too, so it is the other one that goes, if nothing is lost."""
    given = setting.value if isinstance(setting.value, list) else [setting.value]
    passed = [f"-tags={own.value}"] if own.key == "go.buildTags" else own.value
    is_contained = isinstance(passed, list) and all(each in passed for each in given)
    yield removal(setting) if is_contained else asked(removal(setting))
    yield asked(removal(own))


def _repeated(layer: SettingsLayer) -> Iterator[Finding]:
    """The same key twice in one object of one file: the last one holds."""
    for settings in (layer.settings, layer.gopls):
        last: dict[str, SettingValue] = {}
        for setting in settings:
            first = last.get(setting.path)
            # Repeated `gopls` objects make their keys repeat too: told once, for the object.
            if first and first.value != setting.value and settings is layer.settings:
                yield Finding(
                    f"{setting.key} stands twice in one file; the first, in line {first.line}, has no effect",
                    (quoted(first), quoted(setting)),
                    tuple(_as_one(first, setting)),
                    why="Of two equal keys in one object the last one holds.",
                )
            last[setting.path] = setting


def _as_one(first: SettingValue, last: SettingValue) -> Iterator[Remedy]:
    """One key: of two objects with what both say, else with the value that holds."""
    if isinstance(first.value, dict) and isinstance(last.value, dict):
        merged = {**first.value, **last.value}
        edits = (without(last), SettingEdit(last.file, last.path, merged))
        # What stands in the first is brought into force by this.
        yield asked(change_settings(*edits, title=f"Put both into one {last.key}"))
    edits = (without(last), SettingEdit(last.file, last.path, last.value))
    yield change_settings(*edits, title=f"Take the first {last.key} out")
