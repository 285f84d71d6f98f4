"""Installing, taking out and the state of the recorder, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gopls_diag.model.amount import size_text
from gopls_diag.model.change import FileChange
from gopls_diag.model.installation import EditorUse, InstallPlan, RecordStatus, Removal, Trial, Uninstalled
from gopls_diag.present.difference import unified
from gopls_diag.present.wording import Places, printable

_INDENT = "    "
_FATES = {
    "restored": "is as it was",
    "edited": "starts gopls as before; what else changed in it since was kept",
    "gone": "was left alone",
    "planned": "would be put back",
    "failed": "was not changed",
}


@dataclass(frozen=True, slots=True)
class RecordText:
    """How the words are written."""

    places: Places
    with_colour: bool = False

    def tried(self, plan: InstallPlan, trial: Trial) -> str:
        """What was found and tried before anything is changed."""
        version = f" ({plan.gopls_version})" if plan.gopls_version else ""
        who = f"{plan.label} starts" if plan.is_editors_own else f"For {plan.label} the launcher starts"
        lines = [f"{who} {self._short(plan.gopls)}{version}"]
        lines += [
            f"{_INDENT}{'tried: ' if number == 0 else '       '}{each}" for number, each in enumerate(trial.steps)
        ]
        if not trial.is_good:
            lines.append(f"Nothing was installed: {trial.problem}.")
        return _joined(lines)

    def proposal(self, plan: InstallPlan) -> str:
        """What installing would change, or what is to be written by hand."""
        lines: list[str] = []
        for change in plan.changes:
            lines += self._diff(change)
        if plan.lines:
            lines.append(f"{plan.label}'s configuration is a program of yours, so it is only shown:")
            for each in plan.lines:
                where = f"line {each.line}" if each.before is not None else f"after line {each.line}"
                lines.append(f"{_INDENT}{self._short(plan.file)}, {where}")
                lines += [self._in("31", f"{_INDENT}- {each.before}")] if each.before is not None else []
                lines += [self._in("32", f"{_INDENT}+ {line}") for line in (each.after or "").splitlines()]
        elif plan.example:
            where, _, example = plan.example.partition(":\n")
            lines.append(f"Let {plan.label} start the launcher: write one of these into {self._short(where)}")
            lines += [f"{_INDENT}{each}" for each in example.splitlines()]
        return _joined(lines)

    def installed(self, plan: InstallPlan, *, is_effective: bool | None, is_script: bool = False) -> str:
        """What was done, and what is left to do."""
        lines = [f"The launcher is {self._short(plan.launcher)}"]
        if is_script and plan.key.endswith("go.alternateTools/gopls"):
            lines += [
                f"It is a script, and of what no go built {plan.label} says that it needs recompiling, at each start",
                "of a window. That does no harm. Where a go is there that can build it, install it again.",
            ]
        if plan.changes:
            lines.append(f"Wrote {self._short(plan.file)}.")
        elif not plan.is_by_hand:
            lines.append(f"{self._short(plan.file)} named it already.")
        if is_effective is False and not plan.is_by_hand:
            lines.append(f"{plan.label} does not start it for {self._short(self.places.folder)} yet:")
        lines += [f"{each[:1].upper()}{each[1:]}." for each in plan.notes]
        if plan.is_by_hand:
            lines.append(f"It records from the next gopls that {plan.label} starts, once its configuration names it.")
        else:
            lines.append(f"It records from the next gopls on: restart it in {plan.label}, or reload the window.")
        lines.append("What ended badly: gopls-diag incidents. To take it out: gopls-diag record uninstall")
        return _joined(lines)

    def removal(self, removal: Removal, changes: Sequence[FileChange]) -> str:
        """What taking out did, or would do."""
        lines: list[str] = []
        for change in changes:
            lines += self._diff(change)
        lines += [line for each in removal.places for line in self._place(each)]
        if not removal.places:
            lines.append("No editor's settings were changed by record install.")
        if any(each.fate == "planned" for each in removal.places):
            return _joined([*lines, "Nothing was changed."])
        if removal.is_launcher_gone:
            lines.append("The launcher was taken away.")
        elif removal.kept_for:
            lines.append("The launcher stays:")
            lines += [f"{_INDENT}{printable(each)}" for each in removal.kept_for]
            lines.append("Then run gopls-diag record uninstall again.")
        if removal.incidents:
            noun = "incident is" if removal.incidents == 1 else "incidents are"
            lines.append(f"{removal.incidents} {noun} kept: gopls-diag incidents")
        return _joined(lines)

    def _place(self, done: Uninstalled) -> Iterator[str]:
        reason = f": {printable(done.reason)}" if done.reason else ""
        yield f"{done.place.label}: {self._short(done.place.file)} {_FATES[done.fate]}{reason}"

    def status(self, status: RecordStatus) -> str:
        """The state in a screen."""
        if not status.launcher and not status.uses:
            lines = ["The recorder is not installed: gopls-diag record install"]
        else:
            lines = list(self._installed(status))
        lines += self._kept(status)
        lines += [f"record.toml: {each}" for each in status.complaints]
        lines += [self._in("33", f"! {printable(each)}") for each in status.problems]
        return _joined(lines)

    def _installed(self, status: RecordStatus) -> Iterator[str]:
        settings = status.settings
        built = f", built with {settings.built_with}" if settings and settings.built_with else ""
        kind = "a script" if status.is_script else f"a program{built}"
        if status.launcher:
            yield f"launcher   {self._short(status.launcher)} ({kind})"
        if status.gopls:
            version = f" ({status.gopls_version})" if status.gopls_version else ""
            yield f"gopls      {self._short(status.gopls)}{version}"
        for number, use in enumerate(status.uses):
            yield f"{'editors' if number == 0 else '':<11}{self._use(use)}"
        for number, (name, is_on, why) in enumerate(status.sources):
            yield f"{'sources' if number == 0 else '':<11}{name}: {'on' if is_on else 'off'}{f', {why}' if why else ''}"

    def _use(self, use: EditorUse) -> str:
        where = f", by {self._short(use.file)}" if use.file else ""
        state = "starts the launcher" if use.is_effective else "does not start it here"
        if use.is_effective is None:
            state = "is told to start the launcher, and was not seen here"
        running = f"; {use.running} gopls under it now" if use.running else ""
        return f"{use.label} {state}{where}{running}"

    def _kept(self, status: RecordStatus) -> Iterator[str]:
        incidents = f"{status.incidents} incident{'' if status.incidents == 1 else 's'}"
        running = f"{status.sessions} session{'' if status.sessions == 1 else 's'} running"
        most = size_text(status.record.total_bytes)
        yield f"kept       {incidents}, {running}, {size_text(status.bytes)} of at most {most}"
        yield f"settings   {self._short(status.record_file)}"

    def _diff(self, change: FileChange) -> Iterator[str]:
        for line in unified(self._short(change.path), change.before, change.after):
            colour = {"-": "31", "+": "32", "@": "36"}.get(line[:1], "")
            bold = "1" if line.startswith(("--- ", "+++ ")) else colour
            yield self._in(bold, f"{_INDENT}{printable(line)}")

    def _in(self, code: str, words: str) -> str:
        return f"\x1b[{code}m{words}\x1b[0m" if self.with_colour and code else words

    def _short(self, path: str) -> str:
        return printable(self.places.short(path))


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{each}\n" for each in lines)
