"""Plays one set-up inside name spaces of its own: mounts, limits, real processes, then the command under test.

Started as `unshare … python stage.py PLAN.json`, where the plan holds steps and the command; prints one JSON object. Only
the standard library is used, so that nothing of gopls-diag can leak in.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PLAN = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
SFTP_SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server")
RESULT: dict[str, Any] = {"skipped": "", "pids": {}}


def without_capabilities(command: list[str]) -> list[str]:
    """An ordinary user has none of root's rights: no look into the kernel log, no writing where the mode forbids."""
    setpriv = shutil.which("setpriv", path="/usr/bin:/bin")
    if os.geteuid() != 0 or PLAN["keep_capabilities"] or not setpriv:
        return command
    return [setpriv, "--bounding-set=-all", "--inh-caps=-all", *command]


def limit() -> None:
    """Between fork and exec: the limits that the plan asks for."""
    for name, value in PLAN["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))


def run(command: list[str], why: str) -> None:
    """A command of the stage itself; the set-up is skipped with the reason when the system refuses."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        skip(f"{why}: {done.stderr.strip() or done.returncode}")


def skip(reason: str) -> None:
    """This system cannot play the set-up."""
    RESULT["skipped"] = reason
    finish()


def step_write(step: dict[str, Any]) -> None:
    """A file that is written while the machine runs."""
    path = Path(step["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(step["text"], encoding="utf-8")


def step_mount(step: dict[str, Any]) -> None:
    """tmpfs, bind (also read-only), sshfs, or exfat in a loop device, which ignores letter case."""
    at = step["at"]
    Path(at).mkdir(parents=True, exist_ok=True)
    kind = step["kind"]
    if kind == "tmpfs":
        run(["mount", "-t", "tmpfs", "-o", step.get("options", "rw"), "tmpfs", at], "tmpfs cannot be mounted here")
    elif kind == "bind":
        run(["mount", "--bind", step["source"], at], "bind mounts are not allowed here")
        if step.get("read_only"):
            run(["mount", "-o", "remount,bind,ro", at], "read-only mounts are not allowed here")
    elif kind == "sshfs":
        server = next((each for each in SFTP_SERVERS if Path(each).exists()), None)
        if not server or not shutil.which("sshfs"):
            skip("sshfs is not installed (apt-get install sshfs openssh-sftp-server)")
        script = Path(PLAN["root"]) / "sftp"
        script.write_text(f"#!/bin/sh\nexec {server}\n", encoding="ascii")
        script.chmod(0o755)
        run(["sshfs", "-o", f"ssh_command={script}", f"far:{step['source']}", at], "FUSE (sshfs) is not available here")
    elif kind == "exfat":
        mount_exfat(at, step["image"])


def mount_exfat(at: str, image: str) -> None:
    if not shutil.which("mkfs.exfat") or not shutil.which("mount.exfat-fuse"):
        skip("exfat-fuse and exfatprogs are not installed (apt-get install exfat-fuse exfatprogs)")
    with Path(image).open("wb") as file:
        file.truncate(64 * 1024**2)
    run(["mkfs.exfat", image], "no exFAT volume can be made")
    device = subprocess.run(["losetup", "-f", "--show", image], capture_output=True, text=True, check=False)
    if device.returncode != 0:
        skip(f"no loop device: {device.stderr.strip()}")
    RESULT["loop"] = device.stdout.strip()
    run(["mount.exfat-fuse", RESULT["loop"], at], "the exFAT volume cannot be mounted")


def step_copy(step: dict[str, Any]) -> None:
    """Fill a volume that did not exist when the set-up was written."""
    shutil.copytree(step["source"], step["to"], symlinks=True, dirs_exist_ok=True, copy_function=shutil.copyfile)


def step_cgroup(step: dict[str, Any]) -> None:
    """Move this stage, and so all that it starts, into a memory group of its own."""
    group = Path(f"/sys/fs/cgroup/memory/gopls-diag-gym-{os.getpid()}-{time.time_ns()}")
    limit_file = "memory.limit_in_bytes"
    if not (group.parent / limit_file).exists():
        group = Path("/sys/fs/cgroup") / group.name
        limit_file = "memory.max"
    try:
        group.mkdir()
        (group / limit_file).write_text(str(step["memory_bytes"]), encoding="ascii")
        (group / "cgroup.procs").write_text("0", encoding="ascii")
    except OSError as problem:
        skip(f"no memory group can be made here: {problem}")
    RESULT["cgroup"] = str(group)


def step_tighten(step: dict[str, Any]) -> None:
    """Set the memory group's limit so that a process fills the given share of it; the stage leaves the group first."""
    group = Path(RESULT["cgroup"])
    (group.parent / "cgroup.procs").write_text("0", encoding="ascii")
    if "share" in step:
        status = Path(f"/proc/{RESULT['pids'][step['name']]}/status")
        name = "memory.limit_in_bytes" if (group / "memory.limit_in_bytes").exists() else "memory.max"
        for attempt in range(100):
            resident = int(status.read_text(encoding="ascii").split("VmRSS:")[1].split()[0]) * 1024
            try:
                (group / name).write_text(str(int(resident / step["share"])), encoding="ascii")
                return
            except OSError as problem:
                # cgroup v1 refuses a limit while it cannot reclaim down to it: pages are dirty, or the process grows
                if problem.errno != errno.EBUSY or attempt == 99:
                    raise
                time.sleep(0.1)


def step_start(step: dict[str, Any]) -> None:
    """Start a process and leave it running; `ready` is a file that it writes, with a process id in it."""
    stdin: Any = subprocess.DEVNULL
    if step.get("stdin") == "open":
        fifo = step["ready"] + ".fifo"
        os.mkfifo(fifo)
        stdin = os.open(fifo, os.O_RDWR)
    process = subprocess.Popen(
        without_capabilities(step["command"]),
        cwd=step["folder"],
        env=step["environment"],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=limit,  # noqa: PLW1509 - there are no threads here
        start_new_session=True,
    )
    RESULT["pids"][step["name"]] = process.pid
    ends = time.monotonic() + step.get("wait_seconds", 40)
    while step.get("wait", True) and time.monotonic() < ends and process.poll() is None:
        if Path(step["ready"]).exists():
            RESULT["pids"][step["name"] + ".server"] = int(Path(step["ready"]).read_text(encoding="ascii"))
            return
        time.sleep(0.05)


def step_signal(step: dict[str, Any]) -> None:
    pid = RESULT["pids"].get(step["name"])
    if pid:
        os.kill(pid, getattr(signal, step["signal"]))
    time.sleep(step.get("settle_seconds", 0.5))


def step_replace(step: dict[str, Any]) -> None:
    """As `go install` does: a new file takes the name of the old one."""
    fresh = step["to"] + ".new"
    shutil.copy2(step["source"], fresh)
    Path(fresh).replace(step["to"])


def step_run(step: dict[str, Any]) -> None:
    """Run a command to its end; how it ends does not matter."""
    subprocess.run(
        without_capabilities(step["command"]),
        cwd=step["folder"],
        env=step["environment"],
        capture_output=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        preexec_fn=limit,
    )


def step_sleep(step: dict[str, Any]) -> None:
    time.sleep(step["seconds"])


def examine() -> None:
    """The command under test, with its time."""
    began = time.monotonic()
    process = subprocess.Popen(
        without_capabilities(PLAN["command"]),
        cwd=PLAN["folder"],
        env=PLAN["environment"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=limit,  # noqa: PLW1509 - there are no threads here
    )
    try:
        stdout, stderr = process.communicate(timeout=PLAN["limit_seconds"])
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        RESULT["timed_out"] = True
    RESULT["exit_code"] = process.returncode
    RESULT["stdout"] = stdout.decode("utf-8", "backslashreplace")
    RESULT["stderr"] = stderr.decode("utf-8", "backslashreplace")
    RESULT["seconds"] = time.monotonic() - began


def finish() -> None:
    """Say the result, end what was started, and take away what the name space does not."""
    for pid in RESULT["pids"].values():
        for number in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except OSError:
                break
    if "loop" in RESULT:
        subprocess.run(["umount", "-l", *[s["at"] for s in PLAN["steps"] if s.get("kind") == "exfat"]], check=False)
        subprocess.run(["losetup", "-d", RESULT["loop"]], check=False, capture_output=True)
    print(json.dumps(RESULT), flush=True)
    os._exit(0)


def be_init() -> None:
    """Process 1 of a name space has one duty: to take leave of the dead, so that no zombie stands about."""
    if os.getpid() != 1:
        return
    child = os.fork()
    if child == 0:
        return
    while True:
        pid, status = os.wait()
        if pid == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def main() -> None:
    be_init()
    os.umask(0o022)
    for step in PLAN["steps"]:
        globals()["step_" + step["do"]](step)
    examine()
    finish()


if __name__ == "__main__":
    main()
