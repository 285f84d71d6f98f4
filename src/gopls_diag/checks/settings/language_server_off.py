"""S10: the language server is switched off."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import asked, need_editors, quoted, removal, shown
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, set_setting

SWITCH = "go.useLanguageServer"
ZED_SWITCH = "languages/Go/enable_language_server"


@check(
    "S10",
    Severity.ERROR,
    why="The editor starts no gopls, so there is no completion, no jump and no diagnostic.",
    explains=("H01", "H09", "W25"),
)
def language_server_off(editors: Editors) -> Iterator[Finding]:
    """The language server is switched off in the editor's settings.

    What it means: go.useLanguageServer is not true (in Zed: enable_language_server is false), so gopls is not started.
        Since v0.40 the Go extension has no other way to complete, jump or check.
    Why it matters: Go files have colours and words, and nothing more.
    How to fix: Take the setting out; gopls is on by default.
    When to ignore: When it was switched off on purpose.
    Source: golang/vscode-go extension/src/language/goLanguageServer.ts (buildLanguageServerConfig compares with true);
        its CHANGELOG, v0.40.0 (the other ways were taken out).
    """
    need_editors(editors)
    for number, editor in enumerate(editors.all):
        if not editor.uses_language_server:
            # The first one is the one in question; in another it is a choice, and explains nothing here.
            yield _finding(editor, Severity.ERROR if number == 0 else Severity.INFO)


def _finding(editor: EditorSetup, severity: Severity) -> Finding:
    setting = editor.settings.get(SWITCH)
    own = editor.settings.get(ZED_SWITCH)
    if own is not None:
        remedy = set_setting(own.file, own.path, True, title=f"Set {ZED_SWITCH} to true")
        return Finding(
            f"gopls is switched off in {editor.label}",
            (Evidence(own.file, "enable_language_server: false", own.line),),
            (remedy if severity is Severity.ERROR else asked(remedy),),
            severity=severity,
        )
    if setting is None:
        return Finding(
            f"gopls is switched off in {editor.label}",
            remedies=(advise(f"Take enable_language_server out of {editor.user_settings_file}"),),
            severity=severity,
        )
    value = setting.value
    what = "" if value is False else ": it must be true without quotes"
    others = [x for layer in editor.layers if layer.is_applied for x in layer.settings if x.file != setting.file]
    is_off_below = any(each.key == SWITCH and each.value is not True for each in others)
    remedies: list[Remedy] = []
    if not is_off_below:
        remedies.append(removal(setting))
    title = f"{'Set' if is_off_below else 'Or set'} {SWITCH} to true"
    remedies.append(set_setting(setting.file, setting.path, True, title=title))
    if severity is not Severity.ERROR:
        # In another editor than the one in question it is a choice.
        remedies = list(map(asked, remedies))
    return Finding(
        f"gopls is switched off in {editor.label}: {SWITCH} is {shown(value, 40)}{what}",
        (quoted(setting),),
        tuple(remedies),
        severity=severity,
    )
