"""Throws, signals and what the runtime prints around them."""

from __future__ import annotations

import pytest

from gopls_diag.model.crash import Crash, EndKind
from tests.unit.crash_reading import STACK, read, read_one, read_with_rest

REGISTERS = "rax    0xca\nrbx    0x0\nrip    0x4960e1\nrflags 0x286\ncs     0x33\n"
RUNTIME = "runtime stack:\nruntime.throw({0x1?, 0x2?})\n\t/g/src/runtime/panic.go:1047 +0x5d fp=0x1 sp=0x2 pc=0x3\n\n"
IDLE = "goroutine 0 gp=0x1 m=0 mp=0x2 [idle]:\nruntime.futex(0x1)\n\t/g/sys.s:1 +0x1 fp=0x1 sp=0x2 pc=0x3\n\n"


def goroutine(number: int, state: str, head: str = "") -> str:
    stack = f"main.work()\n\t/m.go:{number} +0x1\ncreated by main.main\n\t/m.go:1 +0x2\n\n"
    return f"goroutine {number}{head} [{state}]:\n{stack}"


def function(crash: Crash) -> str | None:
    return crash.top_frame.function if crash.top_frame else None


def test_diagnostics_before_a_fatal_error_are_of_the_crash() -> None:
    text = (
        "runtime: goroutine stack exceeds 1048576-byte limit\nruntime: sp=0x1 stack=[0x1, 0x2]\n"
        "fatal error: stack overflow\n\n" + RUNTIME + STACK
    )
    crash = read_one(text)
    assert (crash.kind, crash.message, crash.line) == (EndKind.FATAL, "fatal error: stack overflow", 1)
    assert crash.diagnostics[0] == "runtime: goroutine stack exceeds 1048576-byte limit"
    assert crash.crashing is not None
    assert crash.crashing.id == 1
    assert [each.function for each in crash.runtime_stack] == ["runtime.throw"]


@pytest.mark.parametrize(
    "text",
    [
        "runtime: newstack at main.f+0x1b sp=0x1 stack=[0x1, 0x2]\n\tmorebuf={pc:0x1 sp:0x2 lr:0x0}\n"
        "\tsched={pc:0x1 sp:0x2 lr:0x0 ctxt:0x0}\nfatal error: runtime: split stack overflow\n",
        "unexpected fault address 0x7f2141150388\nfatal error: fault\n"
        "[signal SIGBUS: bus error code=0x2 addr=0x7f2141150388 pc=0x6c3f14]\n",
        "runtime: program exceeds 12-thread limit\nfatal error: thread exhaustion\n",
        "runtime: failed to create new OS thread (have 5 already; errno=11)\n"
        "runtime: may need to increase max user processes (ulimit -u)\nfatal error: newosproc\n",
        "runtime: pointer 0xc0 to unallocated span span.base()=0x1 span.limit=0x2 span.state=0\n"
        "runtime: found in object at *(0xc000+0x8)\nobject=0xc000 s.base()=0xc000 s.limit=0x1\n *(object+0) = 0x1\n"
        " *(object+8) = 0xc0 <==\nfatal error: found bad pointer in Go heap (incorrect use of unsafe or cgo?)\n",
        "runtime: marked free object in span 0x7f, elemsize=16 freeindex=0 (bad use of unsafe.Pointer? try "
        "-d=checkptr)\n"
        "0x000000c000012000 alloc unmarked\n0x000000c000012010 free  marked   zombie\n"
        "fatal error: found pointer to free object\n",
        "runtime: g 1: unexpected return pc for main.f called from 0x1\n"
        "stack: frame={sp:0xc00004bd68, fp:0xc00004bd80} stack=[0xc00004b000,0xc00004c000)\n"
        "0x000000c00004bd68:  0x0000000000000000 <main.f+0x1d>  0x0000000000000000 \nfatal error: unknown caller pc\n",
        "signal 11 received but handler not on signal stack\n"
        "mp.gsignal stack [0x1 0x2], mp.g0 stack [0x1 0x2], sp=0x3\n"
        "fatal error: non-Go code set up signal handler without SA_ONSTACK flag\n",
        "write of unpinned Go pointer 0xc000 to non-Go memory 0x7f\n"
        "fatal error: Go pointer stored into non-Go memory\n",
        "GOMEMLIMIT=300MB\nfatal error: malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`\n",
    ],
)
def test_every_diagnostic_is_taken(text: str) -> None:
    crashes, rest = read_with_rest(text + "\n" + RUNTIME + STACK)
    assert rest == []
    (crash,) = crashes
    assert (crash.kind, crash.line, crash.exit_code) == (EndKind.FATAL, 1, 2)
    assert crash.message == next(line for line in text.split("\n") if line.startswith("fatal error"))
    assert crash.diagnostics


@pytest.mark.parametrize(
    "message",
    [
        "out of memory",
        "runtime: out of memory",
        "out of memory (stackalloc)",
        "out of memory allocating heap arena metadata",
        "pageAlloc: out of memory",
        "failed to reserve page summary memory",
        "runtime: cannot map pages in arena address space",
        "runtime: cannot allocate memory",
        "traceRegion: out of memory",
    ],
)
def test_refused_memory_is_a_kind_of_its_own(message: str) -> None:
    text = f"runtime: out of memory: cannot allocate 4194304-byte block (0 in use)\nfatal error: {message}\n\n{RUNTIME}"
    crash = read_one(text)
    assert (crash.kind, crash.exit_code, crash.is_truncated) == (EndKind.OOM, 2, False)


@pytest.mark.parametrize(
    "message", ["newosproc", "runtime.newosproc", "thread exhaustion", "wasted too much memory in x"]
)
def test_other_lacks_are_fatal(message: str) -> None:
    assert read_one(f"fatal error: {message}\n\n{RUNTIME}").kind is EndKind.FATAL


def test_the_goroutine_that_a_thread_ran_for_crashed() -> None:
    text = "fatal error: unexpected signal during runtime execution\n\n" + RUNTIME
    running = read_one(text + goroutine(35, "syscall") + goroutine(1, "chan receive"))
    assert running.crashing is not None
    assert (running.crashing.id, function(running)) == (35, "main.work")
    none = read_one(text + goroutine(1, "chan receive") + goroutine(2, "select"))
    assert (none.crashing, none.top_frame, none.goroutines) == (None, None, 2)


def test_a_signal_that_a_process_sent_crashed_no_goroutine() -> None:
    crash = read_one("SIGSEGV: segmentation violation\nPC=0x4960e1 m=0 sigcode=0 addr=0x56ca\n\n" + IDLE + REGISTERS)
    assert crash.signal is not None
    assert (crash.kind, crash.signal.code, crash.signal.address) == (EndKind.SIGNAL, 0, 0x56CA)
    assert (crash.crashing, crash.first and crash.first.id) == (None, 0)
    assert dict(crash.registers) == {"rax": 0xCA, "rbx": 0, "rip": 0x4960E1, "rflags": 0x286, "cs": 0x33}


def test_a_signal_of_the_processor_crashed_the_goroutine_of_its_thread() -> None:
    text = "SIGSEGV: segmentation violation\nPC=0x1 m=3 sigcode=1 addr=0x0\n\n" + IDLE.replace("m=0", "m=3")
    crash = read_one(text + goroutine(7, "running", " gp=0x1 m=3 mp=0x2"))
    assert crash.crashing is not None
    assert crash.crashing.id == 7
    other = read_one(text + goroutine(7, "syscall", " gp=0x1 m=4 mp=0x2"))
    assert other.crashing is not None
    assert other.crashing.id == 0


def test_abort_of_c_code() -> None:
    text = (
        "runtime/cgo: pthread_create failed: Resource temporarily unavailable\nSIGABRT: abort\n"
        "PC=0x1 m=0 sigcode=18446744073709551610\nsignal arrived during cgo execution\n\n" + goroutine(9, "syscall")
    )
    crash = read_one(text)
    assert crash.signal is not None
    assert (crash.signal.code, crash.signal.during_cgo, function(crash)) == (-6, True, "main.work")
    assert crash.diagnostics == ("runtime/cgo: pthread_create failed: Resource temporarily unavailable",)


def test_what_macos_says_of_an_exception_is_of_the_crash() -> None:
    text = (
        "*** Terminating app due to uncaught exception 'NSInternalInconsistencyException', reason: 'x'\n"
        "*** First throw call stack:\n(\n\t0   CoreFoundation                      0x0000000180dbc540 __e + 176\n)\n"
        "libc++abi: terminating due to uncaught exception of type NSException\n"
        "SIGABRT: abort\nPC=0x180c320dc m=8 sigcode=0\nsignal arrived during cgo execution\n\n"
        + goroutine(1171, "syscall")
    )
    crashes, rest = read_with_rest(text)
    assert rest == []
    assert (crashes[0].line, crashes[0].crashing and crashes[0].crashing.id) == (1, 1171)


def test_a_dump_that_was_asked_for_is_no_crash() -> None:
    crash = read_one("SIGQUIT: quit\nPC=0x4960e1 m=0 sigcode=0\n\n" + IDLE + goroutine(1, "chan receive") + REGISTERS)
    assert (crash.kind, crash.exit_code, crash.crashing, crash.goroutines) == (EndKind.DUMP, 2, None, 2)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("SIGILL: illegal instruction\nPC=0x1 m=0 sigcode=2\ninstruction bytes: 0xf 0xb 0xe8", "SIGILL"),
        ("SIGFPE: floating-point exception\nPC=0x1 m=-1 sigcode=8", "SIGFPE"),
        ("Signal 42\nPC=0x1 m=0 sigcode=0", "Signal 42"),
        ("signal 35\nPC=0x1 m=0 sigcode=0", "signal 35"),
        ("sys: trap: fault read addr=0x0 pc=0x20\nPC=0x20", "sys: trap: fault read addr=0x0 pc=0x20"),
    ],
)
def test_other_signals(head: str, name: str) -> None:
    crash = read_one(f"{head}\n\n{STACK}\n{REGISTERS}")
    assert crash.signal is not None
    assert (crash.kind, crash.signal.name, crash.goroutines) == (EndKind.SIGNAL, name, 1)


@pytest.mark.parametrize("line", ["SIGHUP: reloading", "Signal 42", "signal 3", "SIGTERM: stopping"])
def test_words_about_signals_are_no_crash(line: str) -> None:
    assert read(f"{line}\nand then some\n") == ()


def test_an_exception_of_windows_has_frames_without_a_header() -> None:
    text = (
        "Exception 0xc0000005 0x0 0x10 0x47b5f1\nPC=0x47b5f1\nsignal arrived during external code execution\n\n"
        "runtime.cgocall(0x1, 0x2)\n\tC:/Program Files/Go/src/runtime/cgocall.go:167 +0x1 fp=0x1 sp=0x2 pc=0x3\n"
        "main.main()\n\tC:/src/m/main.go:19 +0x33 fp=0x1 sp=0x2 pc=0x3\n\n"
        + goroutine(2, "select")
        + "rax     0x0\nrip     0x1\n"
    )
    crash = read_one(text)
    assert crash.signal is not None
    assert (crash.kind, crash.signal.name, crash.signal.address) == (EndKind.SIGNAL, "0xc0000005", 0x10)
    assert (function(crash), crash.goroutines, len(crash.registers)) == ("main.main", 1, 2)


def test_all_threads_at_the_level_crash_are_one_crash() -> None:
    section = f"-----\n\nSIGQUIT: quit\nPC=0x1 m=2 sigcode=0\n\n{IDLE.rstrip()}\n{REGISTERS}\n"
    crashes, rest = read_with_rest(f"SIGABRT: abort\nPC=0x1 m=0 sigcode=0\n\n{IDLE}{REGISTERS}\n{section}{section}")
    assert rest == []
    (crash,) = crashes
    assert (crash.message, crash.goroutines, crash.exit_code) == ("SIGABRT: abort", 3, None)
    assert len(crash.registers) == 5


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("eax    0x1\neflags 0x2\n", ["eax", "eflags"]),
        ("r0      0x1\nfault   0x2\n", ["r0", "fault"]),
        ("r0   0x0\tr1   0x1\npc   0x1c4a4\tctr  0x8de08\n", ["r0", "r1", "pc", "ctr"]),
        ("ra  0x1a4c8\tsp  0x4\nt6  0x0\tpc  0x1a772\n", ["ra", "sp", "t6", "pc"]),
        ("trap    0xe\noldmask 0x0\ncpsr    0x60000010\n", ["trap", "oldmask", "cpsr"]),
        ("ax    0x1\nflags 0x2\n", ["ax", "flags"]),
        ("lo   0x1\thi   0x2\n", ["lo", "hi"]),
    ],
    ids=["386", "arm64", "ppc64", "riscv64", "arm", "plan9", "mips"],
)
def test_registers_of_every_processor(lines: str, names: list[str]) -> None:
    crashes, rest = read_with_rest("SIGSEGV: segmentation violation\nPC=0x1 m=0 sigcode=1\n\n" + STACK + "\n" + lines)
    assert rest == []
    assert [name for name, _ in crashes[0].registers] == names


@pytest.mark.parametrize("line", ["fatal: bad g in signal handler", "fatal: morestack on g0"])
def test_last_words_of_assembly(line: str) -> None:
    crash = read_one(line + "\n")
    assert (crash.kind, crash.message) == (EndKind.FATAL, line)


@pytest.mark.parametrize("line", ["fatal: not a git repository", "fatal: could not read Username for 'https://x'"])
def test_words_of_git_are_no_crash(line: str) -> None:
    assert read(line + "\n") == ()


def test_a_fault_while_a_fault_is_printed_is_the_same_crash() -> None:
    crash = read_one(
        "fatal: morestack on gsignal\npanic during panic\nSIGSEGV: segmentation violation\nPC=0x1 m=1 sigcode=1\n\n"
        + IDLE
    )
    assert crash.message == "fatal: morestack on gsignal"
    assert "panic during panic" in crash.diagnostics
    assert crash.signal is not None


def test_diagnostics_before_which_the_log_was_cut() -> None:
    crash = read_one("runtime: out of memory: cannot allocate 4194304-byte block (0 in use)\n")
    assert (crash.message, crash.is_truncated) == (
        "runtime: out of memory: cannot allocate 4194304-byte block (0 in use)",
        True,
    )


def test_a_warning_of_the_runtime_is_no_crash() -> None:
    assert read("runtime: note: your Linux kernel may be buggy\nserving\n") == ()


def test_the_fatal_error_of_a_c_compiler_is_no_crash() -> None:
    assert read("fatal error: notthere.h: No such file or directory\ncompilation terminated.\n") == ()


def test_a_sentinel_is_of_the_crash_that_follows() -> None:
    crash = read_one("sentinel 4c1fe0\npanic: x\n\n" + STACK)
    assert (crash.line, crash.message) == (1, "panic: x")


def test_a_hex_dump_of_any_release_is_taken() -> None:
    dump = (
        "goroutine 0 [idle]:\nruntime: unknown pc 0x7ff5fbb3feec\n"
        "stack: frame={sp:0x7ffef26573f0, fp:0x0} stack=[0x7ffef1e58548,0x7ffef2657580)\n"
        "00007ffef26573f0: <0000000000000000  ab1881999b0eba00 \n"
        "00007ffc8a9ce6a8:  000000000044d565 <runtime.funcname+69>  00000000004a8346 \n"
        "                   7 6 5 4  3 2 1 0   f e d c  b a 9 8  0123456789abcdef\n"
        "00007f16b1bfe7c0: 00000000 00000000  00000000 00000000  ................\n                  ^ SP\n\n"
    )
    crashes, rest = read_with_rest("SIGABRT: abort\nPC=0x1 m=0 sigcode=0\n\n" + dump + goroutine(1, "syscall"))
    assert rest == []
    assert crashes[0].goroutines == 2
    assert "runtime: unknown pc 0x7ff5fbb3feec" in crashes[0].diagnostics


def test_frames_of_c_with_any_name() -> None:
    stack = (
        "goroutine 1 [syscall]:\nstd::vector<int, std::allocator<int> >::at(unsigned long)\n"
        "\t/src/c/file.cc:42 pc=0x1\n"
        "cFunction\n\t/src/c/file.c:4 pc=0x2\nnon-Go function\n\tpc=0x3\nmain.main()\n\t/m.go:1 +0x1\n"
    )
    crash = read_one("SIGSEGV: segmentation violation\nPC=0x1 m=0 sigcode=1\n\n" + stack)
    assert crash.crashing is not None
    assert [(each.function, each.is_go) for each in crash.crashing.stack.frames][1:] == [
        ("cFunction", False),
        ("", False),
        ("main.main", True),
    ]


def test_no_goroutine_is_lost_between_headers_without_blank_line() -> None:
    crash = read_one(
        "SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\n"
        + IDLE.rstrip()
        + "\n"
        + goroutine(1, "select").rstrip()
        + "\n"
        + REGISTERS
    )
    assert (crash.goroutines, len(crash.registers)) == (2, 5)


def test_keys_that_a_terminal_shows_are_no_part_of_the_message() -> None:
    assert read_one("^\\SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\n" + IDLE).message == "SIGQUIT: quit"
    assert read_one("^Csignal: interrupt\n").kind is EndKind.KILLED


@pytest.mark.parametrize(
    ("state", "is_it"), [("garbage collection", True), ("stack growth", True), ("runnable", False), ("select", False)]
)
def test_whose_thread_failed_is_told_by_its_state(state: str, is_it: bool) -> None:
    """Dumps of Go 1.3 to 1.20 name no threads."""
    stack = "main.work()\n\t/src/m/main.go:5 +0x1d\n"
    crash = read_one(f"fatal error: bad span\n\n{RUNTIME}goroutine 5 [{state}]:\n{stack}\n{STACK}")

    assert (crash.crashing is not None) is is_it
