"""gopls from its start to its end: the editor's own streams, every signal passed on, and the same end."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import time

from .plan import Plan, Settings, find_gopls, not_found_words, read_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, NoReturn

DEPTH = "GOPLS_DIAG_LAUNCHER_DEPTH"
"""Counts launchers inside each other: a gopls that starts the launcher again would never end."""
DEEPEST = 4
NOT_STARTED, NOT_FOUND = 126, 127
PATIENCE = 2.0
"""Seconds that the last words of a dead gopls may wait for the editor, and its end for the disk."""
MOST_PASSED = 64
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4

TURN = 0.05
"""Seconds for a SIGCONT that comes close behind a signal that stops."""
NOT_PASSED = ("SIGKILL", "SIGSTOP", "SIGCHLD", "SIGPIPE", "SIGURG", "SIGXFSZ", "SIGRTMIN")
"""catchSignals of process_unix.go has the reasons; SIGPROF, which Go keeps for itself, has to be passed on here."""
TRY = "see whether it runs in a terminal, or install it again: go install golang.org/x/tools/gopls@latest"
INSTALL = (
    "install it with `go install golang.org/x/tools/gopls@latest`, "
    "or take the launcher away with `gopls-diag record uninstall`"
)


def run(arguments: Sequence[str], values: Mapping[str, Any], own: str) -> NoReturn:
    """Be gopls from here on; `values` is launcher.json, `own` the launcher's folder or ""."""
    fill_standard_streams()
    settings = Settings(values)
    environment = dict(os.environ)
    before = environment.get(DEPTH, "")
    depth = int(before) if before.isdecimal() and len(before) < 9 else 0
    environment[DEPTH] = str(depth + 1)
    if depth >= DEEPEST:
        remedy = "give the path of the real one: gopls-diag record install --gopls PATH"
        leave(NOT_FOUND, "the gopls that was found starts this launcher again", remedy)
    program = find_gopls(settings, own)
    if not read_words(arguments)[0]:
        if not program:
            leave(NOT_FOUND, not_found_words(settings), INSTALL)
        restore_ignored()
        try:
            become(program, arguments, environment)
        except OSError as problem:
            leave(NOT_STARTED, f"gopls could not be started: {program}: {problem.strerror}", TRY)
    run_session(Plan(settings, program, arguments, environment))


def run_session(plan: Plan) -> NoReturn:
    """Run gopls to its end."""
    caught: set[int] = {each for each in signal.valid_signals() if is_passed(each)}
    # Blocked, and taken by a thread that waits for them: no handler runs, so that nothing is interrupted, and a fault
    # of this process's own still ends it.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, caught)
    # An editor that ignores it would have the kernel throw away how gopls ended.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    began = time.time(), time.monotonic()
    if not plan.program:
        record_failure(plan, not_found_words(plan.settings))
        leave(NOT_FOUND, not_found_words(plan.settings), INSTALL)
    if plan.words:
        say(plan.words)
    try:
        gopls = Gopls(plan, mask)
    except OSError as problem:
        record_failure(plan, problem.strerror or "")
        leave(NOT_STARTED, f"gopls could not be started: {plan.program}: {problem.strerror}", TRY)

    # Loaded only now: gopls runs already.
    from .record import Recording, text_of
    from .streams import Stream

    recording = Recording(plan, began[0], gopls.pid)
    errors = Stream(gopls.stderr, 2, "stderr", plan.settings.stderr_bytes, recording)
    streams = [errors]
    if plan.messages:
        streams.append(Stream(plan.messages[0], None, "rpc", plan.settings.rpc_bytes, recording))
    gopls.start_passing(caught, text_of)
    status, use = gopls.wait()
    elapsed = time.monotonic() - began[1]
    ended = text_of(time.time())
    for each in streams:
        each.finish(PATIENCE)
    end = {
        "ended": ended,
        "elapsed_seconds": round(elapsed, 3),
        "exit_code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": signal_name(os.WTERMSIG(status)) if os.WIFSIGNALED(status) else None,
        "is_core_dumped": os.WCOREDUMP(status),
        "max_resident_bytes": use.ru_maxrss * (1 if sys.platform == "darwin" else 1024) if use else None,
        "user_seconds": use.ru_utime if use else None,
        "system_seconds": use.ru_stime if use else None,
        "signals": gopls.passed,
        "stderr_bytes": errors.total,
        "failure": "",
        "is_flag_error": errors.tells_of_flag(),
    }
    recording.finish(end, PATIENCE)
    mirror(status)


class Gopls:
    """The real one, running."""

    def __init__(self, plan: Plan, mask: set[int]) -> None:
        """`mask` are the signals that the editor has blocked; raises OSError if it cannot be started."""
        foreign = list(foreign_descriptors())
        self.stderr, writing = os.pipe()
        told, telling = os.pipe()
        prctl, parent = prctl_call(), os.getpid()
        self.pid = os.fork()
        if not self.pid:
            try:
                if prctl:
                    # On Linux gopls is killed with this process, whose first thread is the last to end.
                    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                    if os.getppid() != parent:
                        os._exit(NOT_STARTED)
                os.dup2(writing, 2)
                restore_ignored()
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
                become(plan.program, plan.arguments, plan.environment)
            except OSError as problem:
                os.write(telling, str(problem.errno).encode())
            finally:
                os._exit(NOT_STARTED)
        for each in (telling, writing, *(plan.messages or ())[1:]):
            os.close(each)
        failure = os.read(told, 16)
        os.close(told)
        if failure:
            os.waitpid(self.pid, 0)
            raise OSError(int(failure), os.strerror(int(failure)))
        self.passed: list[dict[str, str]] = []
        self._is_over, self._stop = False, 0
        let_go(foreign)

    def start_passing(self, caught: set[int], text_of: Any) -> None:
        """Pass on what has come and what will come."""
        import threading

        self._lock = threading.Lock()
        """Held while gopls is signalled, and while it is waited for: its pid is its own until then."""

        def take() -> None:
            while True:
                number = signal.sigwait(caught)
                with self._lock, contextlib.suppress(OSError):
                    if self._is_over:
                        return
                    if number in {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}:
                        self._stop = number
                    elif number == signal.SIGCONT:
                        self._stop = 0
                    os.kill(self.pid, number)
                    if len(self.passed) < MOST_PASSED:
                        self.passed.append({"name": signal_name(number), "at": text_of(time.time())})

        threading.Thread(target=take, daemon=True).start()

    def wait(self) -> tuple[int, Any]:
        """Wait for the end of gopls, and clear away other children: the recorder, and what a shell left behind."""
        can_look = hasattr(os, "waitid") and hasattr(os, "WNOWAIT")
        while True:
            with contextlib.suppress(OSError):
                if can_look:
                    os.waitid(os.P_ALL, 0, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
            with self._lock if can_look else contextlib.nullcontext():
                try:
                    pid, status, use = os.wait4(-1, os.WUNTRACED | (os.WNOHANG if can_look else 0))
                except OSError:
                    # Nothing is left to wait for, which cannot be: somebody ignores SIGCHLD for us.
                    pid, status, use = self.pid, 1 << 8, None
                if pid != self.pid:
                    continue
                if not os.WIFSTOPPED(status):
                    self._is_over = True
                    return status, use
                is_ours = os.WSTOPSIG(status) == self._stop
            if is_ours:
                self._stop_too()

    def _stop_too(self) -> None:
        """Stop this process, as whoever sent the signal that stopped gopls wants.

        SIGCONT wakes both; one that came meanwhile must not be slept through, so it is waited for.
        """
        time.sleep(TURN)
        with self._lock:
            if self._stop:
                self._stop = 0
                os.kill(os.getpid(), signal.SIGSTOP)


def become(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Turn this process into gopls, or raise OSError."""
    words = [program, *arguments]
    try:
        os.execve(program, words, environment)
    except OSError as problem:
        if problem.errno != errno.ENOEXEC:
            raise
        # A script whose first line names no interpreter: execvp, by which editors start gopls, gives it to sh.
        os.execve("/bin/sh", ["sh", *words], environment)


def mirror(status: int) -> NoReturn:
    """End this process as gopls ended."""
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    with contextlib.suppress(Exception):
        import resource

        # One core of gopls is enough; this process's would push it out. Where a program takes the core files, a limit
        # of zero is not asked.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        prctl = prctl_call()
        if prctl:
            prctl(PR_SET_DUMPABLE, 0)
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.kill(os.getpid(), number)
    time.sleep(1)
    os._exit(128 + number)


def record_failure(plan: Plan, why: str) -> None:
    """Keep that gopls could not even be started."""
    from .record import Recording, text_of

    now = time.time()
    names = ("exit_code", "signal", "max_resident_bytes", "user_seconds", "system_seconds")
    end: dict[str, Any] = {"is_core_dumped": False, "signals": [], "stderr_bytes": 0, "is_flag_error": False}
    end.update(dict.fromkeys(names), ended=text_of(now), elapsed_seconds=0.0, failure=why)
    Recording(plan, now, None).finish(end, PATIENCE)


def is_passed(number: int) -> bool:
    """Whether a signal is passed on; SIGHUP and SIGINT are not if the editor ignores them (nohup), as in Go."""
    if number in {getattr(signal, each, 0) for each in NOT_PASSED}:
        return False
    return number not in {signal.SIGHUP, signal.SIGINT} or signal.getsignal(number) is not signal.SIG_IGN


def restore_ignored() -> None:
    """Undo what Python ignores for itself."""
    for each in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(each, signal.SIG_DFL)


def signal_name(number: int) -> str:
    """`SIGTERM`, or `SIG40` for what has no name of its own."""
    with contextlib.suppress(ValueError):
        if number < 32:
            return signal.Signals(number).name
    return f"SIG{number}"


def fill_standard_streams() -> None:
    """Open what the editor closed of descriptors 0 to 2, as Go does: no file of ours may get such a number."""
    while True:
        descriptor = os.open(os.devnull, os.O_RDWR)
        if descriptor > 2:
            os.close(descriptor)
            return
        os.set_inheritable(descriptor, True)


def foreign_descriptors() -> Iterator[int]:
    """Those beyond standard error that the editor left open; ours are closed by exec."""
    folder = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
    with contextlib.suppress(OSError):
        for each in os.listdir(folder):
            with contextlib.suppress(OSError):
                if int(each) > 2 and os.get_inheritable(int(each)):
                    yield int(each)


def let_go(foreign: Sequence[int]) -> None:
    """Give up everything of the editor's but standard error: gopls alone holds it, as it would without us."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0, inheritable=False)
    os.dup2(null, 1, inheritable=False)
    os.close(null)
    for each in foreign:
        with contextlib.suppress(OSError):
            os.close(each)


def prctl_call() -> Any:
    """prctl(2), or None."""
    if sys.platform == "linux":
        with contextlib.suppress(Exception):
            import ctypes

            return ctypes.CDLL(None).prctl
    return None


def say(words: str) -> None:
    """Tell whoever reads the editor's log."""
    with contextlib.suppress(OSError):
        os.write(2, f"gopls-diag: {words}\n".encode("utf-8", "surrogateescape"))


def leave(code: int, what: str, remedy: str) -> NoReturn:
    """Say what is wrong and what to do about it, and end."""
    say(what)
    say(remedy)
    os._exit(code)
