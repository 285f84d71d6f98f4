"""S09: a directoryFilters entry that gopls refuses, or that filters the open folder away."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._filters import corrected_filter, filter_objection
from gopls_diag.checks.settings._written import Written, change, need_editors, quoted, removal, shown, written_for_gopls
from gopls_diag.model.editor import Editors, Scope
from gopls_diag.model.finding import Finding, Remedy, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.workspace import WorkspaceFiles


@check(
    "S09",
    Severity.WARNING,
    why="gopls refuses the whole list, or leaves out what you work on.",
    explains=("W21", "W05", "W06"),
)
def directory_filter_wrong(editors: Editors, files: WorkspaceFiles | Unknown) -> Iterator[Finding]:
    """A directoryFilters entry is refused, matches nothing, or filters the open folder away.

    What it means: Each entry is + or - and a folder relative to the workspace folder: "-node_modules",
        "-**/testdata", "+service/a". `**` stands for any folders; `*` and `?` are not supported. A single "-" leaves
        out everything that no later "+…" brings back.
    Why it matters: One wrong entry makes gopls refuse all of them. A list that leaves everything out leaves gopls
        without packages.
    How to fix: Write the entries as shown here.
    When to ignore: Never, as long as the editor is used for Go.
    Source: golang/tools gopls/internal/settings/settings.go (validateDirectoryFilter), gopls/doc/settings.md,
        gopls/internal/cache/filterer.go; seen with gopls v0.23.0.
    """
    need_editors(editors)
    for written in written_for_gopls(editors):
        if written.setting.short == "directoryFilters" and isinstance(written.setting.value, list):
            entries = [each for each in written.setting.value if isinstance(each, str)]
            if len(entries) == len(written.setting.value):
                yield from _judge(written, entries, files)


def _judge(written: Written, entries: list[str], files: WorkspaceFiles | Unknown) -> Iterator[Finding]:
    setting = written.setting
    refused = [each for each in entries if filter_objection(each)]
    if refused:
        yield Finding(
            f"gopls refuses {setting.key}: {shown(refused[0], 60)} {filter_objection(refused[0])}",
            (quoted(setting), *written.note),
            _corrected(written, entries),
            severity=written.severity,
        )
        return
    strange = [each for each in entries if _is_strange(each)]
    if strange:
        yield Finding(
            f"The filter {shown(strange[0], 60)} matches nothing: filters are relative to the workspace folder",
            (quoted(setting), *written.note),
            (_relative(written, entries, files),),
            severity=written.severity,
            why="What it was meant to leave out or bring back stays as it is.",
        )
    everything = [at for at, each in enumerate(entries) if each.rstrip("/") in ("-", "-**")]
    brought_back = [each for each in entries[everything[-1] :] if each.startswith("+")] if everything else []
    if everything and not any(_may_exist(each, files) for each in brought_back):
        reason = f"there is no folder {brought_back[0][1:]} here" if brought_back else "no + entry follows the -"
        yield Finding(
            f"{setting.key} leaves out the whole workspace: {reason}",
            (quoted(setting), *written.note),
            (
                _without_everything(written, entries, files),
                advise('Or bring back what you work on: ["-", "+service/a"]'),
            ),
            severity=written.severity or Severity.ERROR,
        )


def _relative(written: Written, entries: list[str], files: WorkspaceFiles | Unknown) -> Remedy:
    """The list with paths from the workspace folder, where that folder is known."""
    begin = "" if isinstance(files, Unknown) else files.folder.replace("\\", "/").rstrip("/") + "/"
    better = []
    for each in entries:
        path = each[1:].replace("\\", "/")
        better.append(each[0] + path.removeprefix(begin).removeprefix("./"))
    right = [each for each in better if not _is_strange(each) and len(each) > 1]
    # What lies outside of the workspace folder matches nothing, whatever it is.
    is_here = not isinstance(files, Unknown) and written.layer.scope in (Scope.FOLDER, Scope.WORKSPACE)
    if len(right) < len(better) and not is_here:
        return advise("Write it as a path from the workspace folder: -folder/below/the/workspace")
    return change(written.setting, right) if right else removal(written.setting)


def _without_everything(written: Written, entries: list[str], files: WorkspaceFiles | Unknown) -> Remedy:
    """The list without the minus that means everything, and without what it was to bring back."""
    begin = [each for each in entries if each.rstrip("/") not in ("-", "-**")]
    rest = [each for each in begin if not each.startswith("+") or _may_exist(each, files)]
    return change(written.setting, rest) if rest else removal(written.setting)


def _is_strange(entry: str) -> bool:
    """True for an entry that is no path from the workspace folder."""
    return entry[1:].startswith(("/", "./", "~", "\\")) or entry[2:3] == ":"


def _may_exist(entry: str, files: WorkspaceFiles | Unknown) -> bool:
    """False if the workspace is known to have no folder for a + entry."""
    first = entry[1:].split("/", maxsplit=1)[0]
    if isinstance(files, Unknown) or not files.usage.is_complete or first in ("", ".", "**"):
        return True
    return first in files.usage.by_folder


def _corrected(written: Written, entries: list[str]) -> tuple[Remedy, ...]:
    """The list with a minus before what has no sign, and without what cannot be put right."""
    better = [corrected_filter(each) if filter_objection(each) else each for each in entries]
    # A bare minus means everything: it stays only where it was written so.
    good = [each for each in better if not filter_objection(each) and (len(each) > 1 or each in entries)]
    return (change(written.setting, list(dict.fromkeys(good))),) if good else (removal(written.setting),)
