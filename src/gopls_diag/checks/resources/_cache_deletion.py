"""Whether a cache folder may be deleted: nobody who runs may own it."""

from __future__ import annotations

from gopls_diag.model.finding import Remedy, advise, delete_cache
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_cache import GoplsCacheFolder
from gopls_diag.model.gopls_process import GoplsProcess, GoplsProcesses
from gopls_diag.model.outcome import Unknown


def deletion(
    folder: GoplsCacheFolder, commands: GoplsCommands | Unknown, processes: GoplsProcesses | Unknown, title: str
) -> Remedy:
    """Delete the folder by machine where every running gopls is known to keep its work elsewhere, else words."""
    if isinstance(commands, Unknown) or isinstance(processes, Unknown) or not folder.is_writable:
        return advise(f"{title} while no gopls runs: {folder.path}")
    if any(_may_own(each, folder, commands) for each in processes.all):
        return advise(f"{title} once every gopls has ended: {folder.path}")
    return delete_cache(folder.path, title=title)


def _may_own(process: GoplsProcess, folder: GoplsCacheFolder, commands: GoplsCommands) -> bool:
    """False for a gopls whose file was found and belongs to another folder; a replaced file tells nothing of it."""
    for each in commands.all:
        if process.executable and process.executable in (each.path, each.resolved_path) and not process.is_replaced:
            return not each.cache_key or each.cache_key == folder.key
    return True
