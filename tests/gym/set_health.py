"""Faults of installation, running servers, caches (family H), of memory (M), resources (R) and exits (X)."""

from __future__ import annotations

import os
import sys
import time

from tests.gym import supplies
from tests.gym.machine import Machine
from tests.gym.setups import broken

PANIC = (
    "panic: runtime error: invalid memory address or nil pointer dereference\n"
    "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0xca25ad]\n\n"
    "goroutine 5658 gp=0x22868929f2c0 m=9 mp=0x22868a0b1808 [running]:\n"
    "golang.org/x/tools/gopls/internal/golang.Hover(0x0, {0x1a2b3c0, 0x22868929f340})\n"
    "\tgolang.org/x/tools/gopls@v0.23.0/internal/golang/hover.go:120 +0x1d fp=0x22868a1ff8a0 sp=0x22868a1ff7f8 pc=0xca25ad\n"
)


@broken("H01")
def gopls_not_installed(machine: Machine) -> None:
    """VS Code with the Go extension, and no gopls anywhere."""
    machine.remove("~/go")


@broken("H01")
def gopls_where_vscode_does_not_look(machine: Machine) -> None:
    """gopls lies in ~/tools, which is on nobody's PATH."""
    machine.remove("~/go")
    machine.install_gopls(to="~/tools/gopls")


@broken("H01")
def gopls_left_in_old_gopath(machine: Machine) -> None:
    """GOPATH was moved with go env -w; gopls stayed in the old one, which is not on PATH."""
    machine.go_env_file(f"GOPATH={machine.home}/work/go")
    machine.path("~/work/go").mkdir(parents=True)
    machine.environment["PATH"] = machine.environment["PATH"].replace(f":{machine.home}/go/bin", "")


@broken("H01")
def neovim_without_gopls(machine: Machine) -> None:
    """Neovim is set up for gopls, and no gopls is on PATH."""
    machine.without_vscode()
    machine.remove("~/go")
    machine.write("~/.config/nvim/init.lua", 'vim.lsp.enable("gopls")\n')


@broken("H02", is_mild=True)
def old_gopls_first_on_path(machine: Machine) -> None:
    """The shell finds v0.18.1 of the distribution, VS Code takes v0.23.0 from GOPATH/bin."""
    machine.install_gopls("v0.18.1", to=machine.root / "usr/bin/gopls")
    machine.environment["PATH"] = f"{machine.root}/usr/bin:" + machine.environment["PATH"]


@broken("H02")
def editor_has_older_one(machine: Machine) -> None:
    """go.alternateTools pins v0.18.1 built for Go 1.24, the shell has v0.23.0; Go is 1.24."""
    machine.use_go("go1.24.11")
    machine.install_gopls("v0.18.1", to="~/pinned/gopls")
    machine.vscode({"go.alternateTools": {"gopls": f"{machine.home}/pinned/gopls"}})


@broken("H02", is_mild=True)
def two_gos(machine: Machine) -> None:
    """go.alternateTools gives the editor Go 1.27, the shell has another."""
    root = machine.sdk("go1.27.3")
    machine.vscode({"go.alternateTools": {"go": f"{root}/bin/go"}})


@broken("H03", "E14", "E13")
def gopls_too_old_for_go(machine: Machine) -> None:
    """gopls v0.16.2 with Go 1.27."""
    machine.use_go("go1.27.3")
    machine.install_gopls("v0.16.2")


@broken("H04", is_mild=True)
def three_servers(machine: Machine) -> None:
    """Three windows are open on the same folder, each with its own gopls."""
    for _ in range(3):
        machine.edit()


@broken("H05")
def cache_over_budget(machine: Machine) -> None:
    """gopls's cache holds 3.3 GB, more than three times its budget, of old files."""
    folder = machine.path("~/.cache/gopls/0a1b2c3d")
    long_ago = time.time() - 40 * 86400
    for i in range(16):
        file = machine.write(f"~/.cache/gopls/0a1b2c3d/{i:02x}/{i:064x}-cas")
        with file.open("r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, 206_000_000)
        os.utime(file, (long_ago, long_ago))
    os.utime(folder, (long_ago, long_ago))


@broken("H07")
def crashed_last_week(machine: Machine) -> None:
    """gopls was aborted once; only its own telemetry counter remembers."""
    machine.edit()
    machine.step("signal", name="editor0.server", signal="SIGABRT", settle_seconds=3)
    machine.step("signal", name="editor0", signal="SIGKILL")


@broken("H08", is_mild=True)
def stored_bug_report(machine: Machine) -> None:
    """gopls filed an internal bug in its cache."""
    machine.run_first(str(machine.path("~/go/bin/gopls")), "execute", environment={"TEST_GOPLS_BUG": "oops"})


@broken("H09")
def fifth_lost_connection(machine: Machine) -> None:
    """The window's log of v0.57 shows five lost connections."""
    lines = "2026-11-22 18:14:36.346 [info] 2026/11/22 18:14:36 Created View (#1)\n"
    for i in range(4):
        lines += f"2026-11-22 18:2{i}:10.000 [info] \n2026-11-22 18:2{i}:10.004 [error] Server process exited with signal SIGKILL.\n"
    lines += (
        "2026-11-22 18:25:10.000 [error] \n2026-11-22 18:25:10.004 [error] Server process exited with signal SIGKILL.\n"
    )
    open_window_that_lost_gopls(machine)
    machine.vscode_log(lines, later=True)


@broken("H09", also=("X01", "X04"))
def fifth_lost_connection_old_format(machine: Machine) -> None:
    """The window's log of v0.56 shows five lost connections."""
    open_window_that_lost_gopls(machine)
    machine.vscode_log("".join(OLD_LOSS.format(i) for i in range(4)) + OLD_LAST, new=False, later=True)


def open_window_that_lost_gopls(machine: Machine) -> None:
    """The editor lives, its gopls was killed."""
    machine.edit()
    machine.step("signal", name="editor0.server", signal="SIGKILL")


OLD_LOSS = "[Info  - 6:2{0}:27 PM] \ntrue\n[Error - 6:2{0}:27 PM] Server process exited with signal SIGKILL.\n"
OLD_LAST = "[Error - 6:28:27 PM] \n[Error - 6:28:27 PM] Server process exited with signal SIGKILL.\n"


@broken("H10")
def server_stopped(machine: Machine) -> None:
    """A debugger or Ctrl-Z left gopls stopped."""
    machine.edit()
    machine.step("signal", name="editor0.server", signal="SIGSTOP")


@broken("H10")
def server_without_editor(machine: Machine) -> None:
    """The editor is gone and its gopls lives on, its input held open."""
    ready = str(machine.root / "run/orphan")
    machine.step(
        "start",
        name="orphan",
        command=["/bin/sh", "-c", f"exec 3<&0; {machine.path('~/go/bin/gopls')} <&3 &"],
        folder=str(machine.folder),
        environment=dict(machine.environment),
        ready=ready,
        stdin="open",
        wait=False,
    )
    machine.step("sleep", seconds=2)


@broken("H10")
def server_replaced(machine: Machine) -> None:
    """gopls was updated while a window was using it."""
    machine.own_gopls()
    machine.edit()
    machine.step("replace", source=str(supplies.gopls("v0.24.0")), to=str(machine.path("~/go/bin/gopls")))
    machine.step("sleep", seconds=0.5)


@broken("H11", "M09", "P08")
def near_the_limit(machine: Machine) -> None:
    """gopls runs in a memory group that it nearly fills."""
    machine.step("cgroup", memory_bytes=4 * 1024**3)
    machine.edit()
    machine.step("sleep", seconds=2)
    machine.step("tighten", name="editor0.server", share=0.93)


@broken("H12", is_mild=True)
def heavy_workspace(machine: Machine) -> None:
    """40,000 files in a node_modules that the filters let in, and 60 modules."""
    folder = machine.path("web/node_modules")
    for package in range(400):
        place = folder / f"p{package}"
        place.mkdir(parents=True)
        for i in range(100):
            (place / f"f{i}.js").touch()
    for i in range(60):
        machine.module(f"m{i}", f"example.com/shop/m{i}")
    machine.folder_settings({"gopls": {"directoryFilters": []}})


@broken("M02", also=("H11", "K01"))
def killed_in_container(machine: Machine) -> None:
    """gopls was killed by its memory group, and the kernel log says so."""
    machine.keep_capabilities = True
    machine.step("cgroup", memory_bytes=40_000_000)
    machine.edit()
    machine.step("sleep", seconds=3)
    machine.step("tighten", name="editor0")


@broken("M03", "M04", "S14")
def address_space_of_the_shell(machine: Machine) -> None:
    """ulimit -v 1500000 in the shell that starts everything: gopls cannot start."""
    machine.limits["RLIMIT_AS"] = 1_500_000 * 1024


@broken("M05")
def go_killed(machine: Machine) -> None:
    """Each go list is killed from outside, as a guard program or the OOM killer does."""
    guard = machine.write("~/guard.py", GUARD)
    machine.step(
        "start",
        name="guard",
        command=[sys.executable, "-I", str(guard)],
        folder="/",
        environment={},
        ready=str(machine.root / "run/never"),
        wait=False,
    )
    machine.step("sleep", seconds=0.5)


GUARD = """import os, signal, time
while True:
    for each in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{each}/cmdline", "rb") as file:
                words = file.read().split(b"\\0")
            if words[0].endswith(b"go") and b"list" in words[1:2]:
                os.kill(int(each), signal.SIGKILL)
        except OSError:
            pass
    time.sleep(0.002)
"""


@broken("M05", probe=True)
def go_killed_probed(machine: Machine) -> None:
    """The same, as gopls tells it."""
    go_killed(machine)


@broken("R01", probe=True)
def gopls_cache_unwritable_probed(machine: Machine) -> None:
    """Neither the cache folder nor the temporary folder can be written."""
    machine.path("~/.cache/gopls").mkdir(parents=True)
    machine.path("~/.cache/gopls").chmod(0o555)
    machine.path("~/.cache/go-build").mkdir()
    (machine.root / "tmp").chmod(0o555)


@broken("R01")
def gopls_cache_of_root(machine: Machine) -> None:
    """gopls's cache folder may not be written, as after sudo gopls: gopls ends at once."""
    machine.path("~/.cache/gopls").mkdir(parents=True)
    machine.path("~/.cache/gopls").chmod(0o555)


@broken("R03")
def few_open_files(machine: Machine) -> None:
    """The editor's launcher allows 24 open files: the running gopls cannot even start go."""
    machine.edit()
    start = machine.steps[-1]
    start["command"] = ["/usr/bin/prlimit", "--nofile=24:24", *start["command"]]


@broken("R03")
def out_of_files_in_log(machine: Machine) -> None:
    """A log tells that gopls ran out of open files."""
    log = machine.write(
        "~/server.log",
        "[Error - 9:15:13 AM] 2026/11/22 09:15:13 go/packages.Load #1: err: fork/exec /usr/local/go/bin/go: too many open files: stderr: \n"
        '\tview_id="1"\n\tsnapshot=0\n',
    )
    machine.arguments += ["--log", str(log)]


@broken("X20", "H07")
def unparsed_crash_report(machine: Machine) -> None:
    """The side-car left a crash report that it could not read."""
    (machine.root / "tmp/583092619.crash").write_text(
        "sentinel 5531e0\nSIGABRT: abort\nPC=0x4161ce m=0 sigcode=0\n\n" + PANIC[PANIC.index("goroutine") :]
    )


@broken("X06", "X07", also=("X02", "H07"))
def panic_in_log(machine: Machine) -> None:
    """A log has a panic of gopls."""
    log = machine.write("~/server.log", PANIC + "\n[Error - 6:28:27 PM] Server process exited with code 2.\n")
    machine.arguments += ["--log", str(log)]


@broken("X10")
def built_with_ancient_go_in_log(machine: Machine) -> None:
    """A log tells that gopls was built with a Go before 1.21."""
    log = machine.write(
        "~/server.log",
        'panic: invalid Go version "go1.21.3" in go.mod\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/main.go:1 +0x1\n',
    )
    machine.arguments += ["--log", str(log)]


@broken("X16", "H01", "R21")
def gopls_lost_its_bit(machine: Machine) -> None:
    """The only gopls is not executable."""
    machine.own_gopls().chmod(0o644)


@broken("X01", "H09", also=("X04",))
def killed_once_in_log(machine: Machine) -> None:
    """A log has one kill from outside."""
    log = machine.write(
        "~/server.log",
        "2026-11-22 18:25:10.000 [info] \n2026-11-22 18:25:10.004 [error] Server process exited with signal SIGKILL.\n",
    )
    machine.arguments += ["--log", str(log)]


@broken("M01")
def kernel_killed_gopls_in_log(machine: Machine) -> None:
    """A saved kernel log shows the global OOM killer taking gopls."""
    log = machine.write(
        "~/kernel.log",
        "Nov 22 18:25:10 box kernel: oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,"
        "task_memcg=/user.slice,task=gopls,pid=8577,uid=1000\n"
        "Nov 22 18:25:10 box kernel: Out of memory: Killed process 8577 (gopls) total-vm:9436088kB, anon-rss:7195072kB, "
        "file-rss:25516kB, shmem-rss:0kB, UID:1000 pgtables:15000kB oom_score_adj:300\n",
    )
    machine.arguments += ["--log", str(log)]
