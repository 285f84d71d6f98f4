"""The workspace is found as the go command finds it."""

from __future__ import annotations

from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.workspace import Workspace, WorkspaceFiles
from gopls_diag.world.sketch import play, read_scenes

BASE = """
```machine
{"os": "linux", "architecture": "amd64", "home": "/home/gopher", "user": "gopher", "user_id": 1000, "host": "burrow",
 "processors": 8, "total_memory_bytes": 1, "available_memory_bytes": 1}
```
```env
HOME=/home/gopher
```
"""


def workspace(page: str, folder: str) -> Workspace:
    found = gathered(page, folder).value(Workspace)
    assert isinstance(found, Workspace), found
    return found


def gathered(page: str, folder: str) -> Gatherer:
    (scene,) = read_scenes(BASE + page + f'\n```request\n{{"folder": "{folder}"}}\n```\n', lambda _: "")
    world = play(scene)
    return Gatherer(world, world.request)


MONOREPO = """
```file /r/go.work
go 1.26

use (
	./a
	./gone
	/elsewhere/x
)
replace example.com/y => ./y
```
```file /r/a/go.mod
module example.com/a

replace example.com/z => ../z
```
```file /r/a/deep/er/x.go
package er
```
```file /r/z/go.mod
module example.com/z
```
```file /r/a/testdata/m/go.mod
module example.com/m
```
```file /r/a/.hidden/go.mod
module example.com/h
```
```file /r/a/inner/go.mod
module example.com/a/inner
```
```file /r/a/vendor/modules.txt
# example.com/v v1.0.0
## explicit
example.com/v
```
"""


def test_walks_up_to_the_nearest_files() -> None:
    found = workspace(MONOREPO, "/r/a/deep/er")

    assert found.module is not None and found.work is not None
    assert (found.module.file, found.work.file, found.root) == ("/r/a/go.mod", "/r/go.work", "/r")
    assert found.is_in_work
    assert found.modules == ()


def test_lists_the_modules_that_go_would_enter_the_own_one_first() -> None:
    assert [each.path for each in workspace(MONOREPO, "/r/a").modules] == ["example.com/a", "example.com/a/inner"]


def test_tells_what_uses_and_replaces_lead_to() -> None:
    found = workspace(MONOREPO, "/r/a")

    assert found.work is not None
    assert [(each.path, each.line, each.folder, each.is_there) for each in found.work.uses] == [
        ("./a", 4, "/r/a", True),
        ("./gone", 5, "/r/gone", False),
        ("/elsewhere/x", 6, "/elsewhere/x", False),
    ]
    assert [(each.file, each.folder, each.is_there) for each in found.replacements] == [
        ("/r/go.work", "/r/y", False),
        ("/r/a/go.mod", "/r/z", True),
    ]


def test_reads_the_vendor_folder_beside_go_mod() -> None:
    module = workspace(MONOREPO, "/r/a").module

    assert module is not None and module.vendor is not None and module.vendor.modules is not None
    assert module.vendor.modules.modules[0].packages == ("example.com/v",)


def test_gowork_overrules_what_is_found() -> None:
    off = workspace(MONOREPO + "```env\nGOWORK=off\n```\n", "/r/a")
    other = workspace(MONOREPO + "```env\nGOWORK=/none/go.work\n```\n", "/r/a")
    auto = workspace(MONOREPO + "```env\nGOWORK=auto\n```\n", "/r/a")

    assert (off.work, off.nearest_work, off.is_gowork_missing) == (None, "/r/go.work", False)
    assert (other.work, other.is_gowork_missing) == (None, True)
    assert auto.work is not None


def test_a_folder_named_go_mod_is_no_module() -> None:
    found = workspace("```folder /r/a/go.mod\n```\n```file /r/go.mod\nmodule example.com/r\n```\n", "/r/a")

    assert found.module is not None and found.module.file == "/r/go.mod"


def test_a_folder_without_anything_is_an_answer() -> None:
    found = workspace("```folder /r\n```\n", "/r")

    assert (found.module, found.work, found.modules, found.is_folder, found.root) == (None, None, (), True, "/r")


def test_windows_paths_are_walked_by_their_own_rules() -> None:
    page = """
```machine
{"os": "windows", "home": "C:\\\\Users\\\\gopher"}
```
```file C:\\src\\go.work
use .\\shop
```
```file C:\\src\\shop\\go.mod
module example.com/shop
```
"""
    found = workspace(page, "C:\\\\src\\\\shop")

    assert found.work is not None and found.work.file == "C:\\src\\go.work"
    assert found.is_in_work


def test_a_folder_that_may_not_be_read_is_unknown() -> None:
    gatherer = gathered("```denied /r\n```\n", "/r")

    assert isinstance(gatherer.value(WorkspaceFiles), Unknown)
    assert not gatherer.value(Workspace).is_complete
