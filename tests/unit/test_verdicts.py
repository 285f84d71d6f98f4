"""On whole broken machines the report's first line is the cause, and what follows from it stands below."""

from __future__ import annotations

import pytest

from gopls_diag.checks.registry import all_checks
from gopls_diag.engines.doctor import Finished, examine
from gopls_diag.model.report import Report
from gopls_diag.world.sketch import play, read_scenes
from tests.test_cases import base_page

SETTINGS = "/home/gopher/.config/Code/User/settings.json"
LOG = "/home/gopher/logs/gopls (server).log"


def block(opening: str, text: str = "") -> str:
    return f"```{opening}\n{text}\n```\n"


def heard(text: str) -> str:
    return block(f"file {LOG}", text) + block("request", f'{{"logs": ["{LOG}"]}}')


def report(*blocks: str) -> Report:
    page = "\n".join(("# A machine\n", "base: linux\n", "## a machine\n", *blocks, block("expect", "quiet")))
    (scene,) = read_scenes(page, base_page)
    world = play(scene)
    *_, last = examine(world, world.request, all_checks())
    assert isinstance(last, Finished)
    return last.report


PANIC = """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0xca25ad]

goroutine 5658 gp=0x2286 m=9 mp=0x22 [running]:
golang.org/x/tools/gopls/internal/filecache.Set({0x1, 0x2})
	/home/gopher/x/filecache.go:233 +0x5d
[Error - 10:00:00 AM] Server process exited with code 2."""

KILL = (
    "[ 2173.209131] Out of memory: Killed process 23256 (gopls) total-vm:6680388kB, anon-rss:3541824kB, "
    "file-rss:24800kB, shmem-rss:0kB, UID:0 pgtables:612kB oom_score_adj:0"
)

MACHINES = {
    "a setting names a gopls that is not there, and there is no other": (
        (
            block(f"file {SETTINGS}", '{"go.alternateTools": {"gopls": "/opt/gopls/bin/gopls"}}'),
            block("gone /home/gopher/go/bin/gopls"),
        ),
        "S11",
        {"H01": "S11"},
    ),
    "the language server is off, and there is no gopls": (
        (
            block(f"file {SETTINGS}", '{"go.useLanguageServer": false}'),
            block("gone /home/gopher/go/bin/gopls"),
        ),
        "S10",
        {"H01": "S10"},
    ),
    "there is no gopls, and another editor has the language server off": (
        (
            block(
                "file /home/gopher/.config/zed/settings.json",
                '{"languages": {"Go": {"enable_language_server": false}}}',
            ),
            block("gone /home/gopher/go/bin/gopls"),
        ),
        "H01",
        {"S10": None},
    ),
    "gopls may not be executed": (
        (block("file /home/gopher/go/bin/gopls", "x"),),
        "X16",
        {"H01": "X16"},
    ),
    "the editor's log tells of a gopls that is gone": (
        (
            block("gone /home/gopher/go/bin/gopls"),
            heard(
                "[Error - 10:00:00 AM] Launching server using command /home/gopher/go/bin/gopls failed. "
                "Error: spawn /home/gopher/go/bin/gopls ENOENT"
            ),
        ),
        "H01",
        {"X16": "H01"},
    ),
    "a flag that gopls does not have": (
        (
            block(f"file {SETTINGS}", '{"go.languageServerFlags": ["-memory-profile", "off"]}'),
            heard(
                "flag provided but not defined: -memory-profile\n"
                "[Error - 10:00:00 AM] Server process exited with code 2.\n"
                "[Error - 10:00:01 AM] gopls client: couldn't create connection to server.\n"
                "  Message: Pending response rejected since connection got disposed\n  Code: -32097 "
            ),
        ),
        "S05",
        {"X05": "S05", "X02": "S05", "X14": "S05", "X15": "S05"},
    ),
    "a log file that cannot be created": (
        (
            block(f"file {SETTINGS}", '{"go.languageServerFlags": ["-logfile=${workspaceFolder}/no/gopls.log"]}'),
            heard(
                "gopls: unable to create log file: open ${workspaceFolder}/no/gopls.log: no such file or directory\n"
                "[Error - 10:00:00 AM] Server process exited with code 2."
            ),
        ),
        "S06",
        {"R02": "S06", "X02": "R02"},
    ),
    "a panic over a nil pointer": ((heard(PANIC),), "X06", {"X02": "X06"}),
    "the editor killed a gopls that did not stop": (
        (
            heard(
                "2026-11-22 18:20:40.100 [error] Stopping server timed out\n"
                "2026-11-22 18:20:42.120 [error] Server process exited with signal SIGKILL."
            ),
        ),
        "X24",
        {"X01": "X24"},
    ),
    "the kernel killed gopls, and the editor saw it": (
        (heard("2026-11-22 18:20:42.120 [error] Server process exited with signal SIGKILL.\n" + KILL),),
        "M01",
        {"X01": "M01"},
    ),
    "the kernel killed gopls in a small container": (
        (
            block("machine", '{"container": "devcontainer", "total_memory_bytes": 4000000000}'),
            block("command dmesg", KILL),
        ),
        "M01",
        {"P08": "M01"},
    ),
}


@pytest.mark.parametrize(("blocks", "cause", "below"), MACHINES.values(), ids=MACHINES)
def test_the_cause_comes_first(blocks: tuple[str, ...], cause: str, below: dict[str, str | None]) -> None:
    done = report(*blocks)
    told = [(each.code, each.severity.value, each.explained_by, each.summary) for each in done.findings]

    assert done.verdict is not None
    assert done.verdict.code == cause, told
    explained = {each.code: each.explained_by for each in done.findings}
    assert below.items() <= explained.items(), told
