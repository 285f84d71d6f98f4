"""Incidents among what a command line names: which of their files are read as logs."""

from __future__ import annotations

import os
from collections.abc import Iterable

from gopls_diag.parse.incident_files import INCIDENT, is_judged, is_part, judged_names


def judged_in_folder(folder: str) -> list[str]:
    """Paths of the files of an incident's folder that its verdict is made of, what says most first; empty ones not."""
    found: dict[str, str] = {}
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118 - the user's spelling stays
            inner = os.path.relpath(path, folder).replace("\\", "/")
            if is_judged(inner) and os.path.getsize(path):  # noqa: PTH202 - as above
                found[inner] = path
    return [found[each] for each in judged_names(found)]


def judged_in_archive(names: Iterable[str]) -> tuple[list[str], set[str]]:
    """Members of a zip that verdicts of incidents are made of, in their order, and all that are parts of incidents."""
    known = list(names)
    chosen: list[str] = []
    parts: set[str] = set()
    for at in (each for each in known if each.rsplit("/", 1)[-1] == INCIDENT):
        folder = at[: -len(INCIDENT)]
        inner = [each[len(folder) :] for each in known if each.startswith(folder) and is_part(each[len(folder) :])]
        parts |= {folder + each for each in inner}
        chosen += [folder + each for each in judged_names(inner)]
    return chosen, parts
