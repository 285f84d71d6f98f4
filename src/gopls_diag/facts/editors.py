"""Which editors of this machine are set up for Go, and what their settings say.

An editor counts only if it is used for Go: a VS Code (or a fork) with the Go extension, another editor whose settings
name gopls. Where none is found and the folder itself has VS Code settings about Go, VS Code is judged by those alone.
"""

from __future__ import annotations

from collections.abc import Callable

from gopls_diag.facts.declare import fact
from gopls_diag.facts.other_setups import emacs_setup, helix_setup, neovim_setup, zed_setup
from gopls_diag.facts.vscode_products import PRODUCTS
from gopls_diag.facts.vscode_setup import bare_setup, vscode_setups
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.request import Request
from gopls_diag.world import World


@fact(limit_seconds=40.0)
def editors(world: World, request: Request) -> Editors:
    """The editors that are set up for Go, the likeliest first; only the one that was asked for, if one was."""
    folder, wanted = request.folder, request.editor
    found: list[EditorSetup] = vscode_setups(world, folder, wanted)
    others: dict[str, Callable[[], EditorSetup | None]] = {
        "neovim": lambda: neovim_setup(world),
        "helix": lambda: helix_setup(world, folder),
        "zed": lambda: zed_setup(world, folder),
        "emacs": lambda: emacs_setup(world),
    }
    for name, ask in others.items():
        setup = ask() if wanted in (None, name) and world.home else None
        if setup:
            found.append(setup)
    if not found and wanted is None:
        bare = bare_setup(world, folder)
        found += [bare] if bare else []
    names = tuple(each.name for each in PRODUCTS) + tuple(others)
    return Editors(tuple(found), tuple(each for each in names if wanted in (None, each)))
