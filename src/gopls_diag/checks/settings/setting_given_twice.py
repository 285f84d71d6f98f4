"""S15: one setting under two names."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import need_editors, quoted, removal, shown
from gopls_diag.model.editor import Editors, EditorSetup, SettingsLayer, SettingValue
from gopls_diag.model.finding import Finding, Severity, advise

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
    last = max(given, key=lambda each: each.scope != given[0].scope)
    is_same = all(each.value == given[0].value for each in given)
    return Finding(
        f"gopls gets {name} under two names: {values}",
        tuple(quoted(each) for each in given),
        tuple(removal(each) for each in given if each is not last) or (removal(given[0]),),
        why="gopls shows Invalid settings, duplicate value; both say the same." if is_same else None,
        severity=Severity.INFO if is_same else None,
    )


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
        (advise(f'Set it in "{own}" instead: {shown(setting.value)}'), removal(setting)),
        severity=Severity.INFO if is_same else None,
        why="The value that the Go extension sends takes the place of yours." if setting.key == sent else None,
    )


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
        yield Finding(said, (quoted(setting), quoted(own)), (removal(own), removal(setting)))


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
                    (advise(f"Put both into one, in {setting.file}"),),
                    why="Of two equal keys in one object the last one holds.",
                )
            last[setting.path] = setting
