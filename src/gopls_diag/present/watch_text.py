"""What `record --watch` says: a line when something begins or ends, and a summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gopls_diag.engines.record.watched_gopls import Fate
from gopls_diag.model.amount import size_text
from gopls_diag.model.gopls_process import GoplsProcess
from gopls_diag.model.incident import IncidentEntry
from gopls_diag.model.recorded_session import SessionEnd


def name_of(process: GoplsProcess) -> str:
    """`gopls 4711 of VS Code in /home/u/w`."""
    editor = f" of {process.editor.label}" if process.editor else ""
    role = "" if process.role.value == "server" else f" ({process.role.value})"
    folder = f" in {process.folder}" if process.folder else ""
    return f"gopls {process.pid}{role}{editor}{folder}"


def how(end: SessionEnd | None) -> str:
    """In words, with who says so where that is not the kernel."""
    if end is None:
        return "ended"
    if end.signal:
        words = f"was ended by {end.signal}"
    elif end.exit_code is not None:
        words = f"exited with code {end.exit_code}"
    else:
        return f"ended, how is unknown ({end.how_known.removeprefix('nobody: ')})"
    return f"{words} (so says {end.how_known})" if end.how_known == "the editor's log" else words


def ended_line(fate: Fate, entry: IncidentEntry | None) -> str:
    """One line about one that ended."""
    words = f"{name_of(fate.process)} {how(fate.end) if fate.has_ended else 'runs on'}"
    if entry:
        return f"{words}; incident {entry.id}"
    return f"{words}; {fate.problem}" if fate.problem else words


def summary(
    fates: Sequence[Fate],
    entries: Mapping[str, IncidentEntry],
    passed: Sequence[tuple[GoplsProcess, str]],
    elapsed: float,
) -> str:
    """What was watched, and what was found."""
    if not fates and not passed:
        return f"No gopls ran in the {duration_text(elapsed)} of watching.\n"
    lines = [f"Watched {_count(len(fates), 'gopls process', 'gopls processes')} for {duration_text(elapsed)}."]
    for fate in fates:
        entry = entries.get(fate.session)
        fate_words = how(fate.end) if fate.has_ended else "runs on"
        peak = f", at most {size_text(fate.peak_bytes)}" if fate.peak_bytes else ""
        lines.append(f"  {name_of(fate.process)}: {fate_words}{peak}")
        lines += [f"    trouble: {each.words}" for each in fate.troubles[:5]]
        if entry:
            lines.append(f"    incident {entry.id}{_verdict(entry)}")
        elif fate.problem:
            lines.append(f"    no incident could be made: {fate.problem}")
    lines += [f"  {name_of(process)}: not watched, {why}" for process, why in passed]
    kept = [entries[each.session] for each in fates if each.session in entries]
    if kept:
        lines.append(f"See one with: gopls-diag incidents show {kept[-1].id}")
    else:
        lines.append("Nothing went wrong.")
    return "\n".join(lines) + "\n"


def duration_text(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _verdict(entry: IncidentEntry) -> str:
    verdict = entry.verdict
    title = verdict.get("summary") if isinstance(verdict, Mapping) else None
    return f": {title}" if isinstance(title, str) and title else f" ({entry.kind})"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
