"""Runs `gopls-diag incidents` and its commands."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.screen import screen
from gopls_diag.cli.shipped import print_out
from gopls_diag.engines.record.keeping import adopt
from gopls_diag.model.amount import size_text
from gopls_diag.model.incident import IncidentEntry
from gopls_diag.parse.incident_files import INCIDENT, STDERR, is_private
from gopls_diag.present.incident_json import render_list
from gopls_diag.present.incident_text import IncidentText
from gopls_diag.present.incident_words import is_blamed
from gopls_diag.world.incident_store import IncidentStore, NoIncident, store

_AGE_PATTERN = re.compile(r"([0-9]{1,6}) ?([dhm])")
_AGES = {"d": "days", "h": "hours", "m": "minutes"}
_LIST = "List them with 'gopls-diag incidents'."


def show_list(format_name: str) -> int:
    """All incidents; first makes those of sessions that nobody is left to keep."""
    kept = store()
    adopt(kept.folders)
    entries = kept.list()
    if format_name == "json":
        print_out(render_list(entries))
    else:
        print_out(_listed(entries, str(kept.folders.incidents)), unknown="backslashreplace")
    return ExitCode.FINE


def show(name: str, format_name: str, *, page: str | None, is_verbose: bool) -> int:
    """One incident; 1 if it has a verdict."""
    kept = store()
    if name == "latest":
        adopt(kept.folders)
    try:
        path = kept.find(name)
        incident = kept.read(name)
        files = kept.files(name)
    except NoIncident as problem:
        raise UserError(str(problem), _LIST) from None
    stderr = files.get(STDERR, b"").decode("utf-8", "replace")
    if page is not None:
        from gopls_diag.present.incident_page import render  # noqa: PLC0415 - not for the screen

        target = Path(page or f"incident-{incident.id}.html")
        looks = {
            each.file: files[each.file].decode("utf-8", "replace")
            for each in incident.looks
            if _is_text(each.file) and each.file in files
        }
        _write(target, render(incident, looks=looks, stderr=stderr))
        sys.stderr.write(f"{target}: open it in a browser\n")
    if format_name == "json":
        print_out(files.get(INCIDENT, b"").decode("utf-8", "replace"))
    elif page is None:
        print_out(_text(is_verbose=is_verbose).shown(incident, str(path), stderr), unknown="backslashreplace")
    return ExitCode.FOUND if is_blamed(incident.report) else ExitCode.FINE


def _is_text(name: str) -> bool:
    return name.endswith(".txt")


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UserError(f"{target}: {problem.strerror}", "Give --html a file that can be written.") from None


def pack(name: str, target: str | None, *, with_private: bool) -> int:
    """One file to send."""
    kept = store()
    try:
        folder = kept.find(name)
        files = kept.files(name)
        place = kept.pack(name, Path(target) if target else Path(f"{folder.name}.zip"), with_private=with_private)
    except NoIncident as problem:
        raise UserError(str(problem), _LIST) from None
    except FileExistsError as problem:
        raise UserError(f"{problem.filename or target} is there already", "Give another name.") from None
    except OSError as problem:
        raise UserError(
            f"{problem.filename or target}: {problem.strerror}", "Give a file that can be written."
        ) from None
    left = sorted(each for each in files if is_private(each) and not with_private)
    packed = ", ".join(sorted(each for each in files if each not in left))
    print_out(f"{place} ({size_text(place.stat().st_size)}): {packed}\n")
    if left:
        print_out(f"Left out, since it may hold source text: {', '.join(left)} (--with-private)\n")
    print_out("Names of folders, files and functions are in it: look at it before you send it.\n")
    return ExitCode.FINE


def remove(*, names: tuple[str, ...], is_all: bool, older_than: str | None, yes: bool) -> int:
    """Take incidents away, after a question."""
    kept = store()
    chosen = _chosen(kept, names, is_all=is_all, older_than=older_than)
    if not chosen:
        print_out("There is nothing to remove.\n")
        return ExitCode.FINE
    print_out("".join(f"{each.id}  {size_text(each.bytes)}\n" for each in chosen))
    if not yes and not _is_wanted(len(chosen)):
        return ExitCode.FINE
    for each in chosen:
        try:
            kept.remove(each.id)
        except (NoIncident, OSError) as problem:
            raise UserError(f"{each.id} could not be removed: {problem}", f"Remove {each.path} by hand.") from None
    print_out(f"Removed {len(chosen)}.\n")
    return ExitCode.FINE


def _chosen(
    kept: IncidentStore, names: tuple[str, ...], *, is_all: bool, older_than: str | None
) -> list[IncidentEntry]:
    if not (names or is_all or older_than) or (names and (is_all or older_than)):
        raise UserError("which incidents is not said", "Give IDs, or --all, or --older-than 7d.")
    entries = list(kept.list())
    if names:
        try:
            paths = {str(kept.find(each)) for each in names}
        except NoIncident as problem:
            raise UserError(str(problem), _LIST) from None
        return [each for each in entries if each.path in paths]
    if older_than is None:
        return entries
    found = _AGE_PATTERN.fullmatch(older_than)
    if found is None:
        raise UserError(f"--older-than {older_than} is no age", "Write it as 7d, 12h or 30m.")
    limit = datetime.now(UTC) - timedelta(**{_AGES[found[2]]: int(found[1])})
    return [each for each in entries if (ended := _moment(each.ended)) is not None and ended < limit]


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_wanted(count: int) -> bool:
    if not sys.stdin.isatty():
        raise UserError("removing has to be confirmed", "Add --yes.")
    print_out(f"Remove {count} for good? [y]es [n]o ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _listed(entries: tuple[IncidentEntry, ...], folder: str) -> str:
    if entries:
        return _text().listed(entries)
    return f"No incidents in {folder}.\nTo have bad ends kept: gopls-diag record install\n"


def _text(*, is_verbose: bool = False) -> IncidentText:
    width, with_colour = screen()
    return IncidentText(width=width, with_colour=with_colour, is_verbose=is_verbose, home=str(Path.home()))
