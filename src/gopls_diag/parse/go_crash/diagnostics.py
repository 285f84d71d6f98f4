"""Lines that tell more of a crash than its message: `runtime: …` and their like, dumps of memory, GODEBUG traces.

The texts are those of `print` and `println` in golang/go src/runtime; most begin with `runtime: `.
"""

from __future__ import annotations

import re

_DIAGNOSTIC_STARTS = (
    "runtime: ",
    "runtime:scanstack: ",
    "runtime:stoplockedm: ",
    "runtime.minit: ",
    "runtime.preemptM: ",
    "runtime/cgo: ",
    "unexpected fault address ",
    "accessed data from freed user arena ",
    "preempt off reason: ",
    "stack: frame={",
    "traceback: unexpected ",
    "mp.gsignal stack [",
    "write of Go pointer 0x",
    "write of unpinned Go pointer 0x",
    "recover: 0x",
    "GOMEMLIMIT=",
    "GOGC=",
    "newosproc ",
    "wirep: p->m=",
    "releasep: m=",
    "entersyscall ",
    "entersyscallblock ",
    "casgstatus: ",
    "casfrom_Gscanstatus ",
    "checkdead: ",
    "bad timer heap",
    "bad flushGen ",
    "timer heap len ",
    "notewakeup - ",
    "mspan.sweep: ",
    "mheap.freeSpanLocked ",
    "s.allocCount=",
    "system page size (",
    "system huge page size (",
    "results: got {r1=",
    "invalid m->lockedInt",
    "invalid spdelta ",
    "invariant failed: ",
    "function symbol table not sorted",
    "abi mismatch detected",
    "minpc= ",
    "M structure uses ",
    "umtx_sleep addr=",
    "umtx_wait addr=",
    "umtx_wake_addr=",
    "futexwakeup addr=",
    "thrwakeup addr=",
    "*** Terminating app due to ",
    "libc++abi: ",
    "libc++abi.dylib: ",
    "terminate called ",
    "  what():  ",
)
_DIAGNOSTIC_PATTERN = re.compile(
    r"signal [0-9]{1,3} received (?:on|but|during) |[ \t]{0,8}(?:morebuf|sched)=\{|[ \t]{1,8}stack=\["
    r"|gp 0x[0-9a-f]{1,16} goid |[0-9]{1,9} of [0-9]{1,9} markroot jobs done"
)
_FIRST_OF_PATTERN = " \tsgm0123456789"
_OBJC_EXCEPTION = "] *** Terminating app due to "
_HEX_DUMP_PATTERN = re.compile(
    r"(?:0x)?[0-9a-f]{8,16}: [ <>!]?(?:0x)?[0-9a-f]{8,16}[ <>!][^\n]*"
    r"|[ ]{8,24}7 6 5 4  3 2 1 0[^\n]*|[ ]{8,60}\^ (?:FP|SP|bad|[A-Za-z_])[^\n]*"
)
_OBJECT_PATTERN = re.compile(
    r" \*\([A-Za-z0-9_]{1,20}\+[0-9]{1,10}\) = 0x|object=0x"
    r"|(?:0x)?[0-9a-f]{8,16} (?:alloc|free) {1,3}(?:un)?marked"
)
_OBJC_PATTERN = re.compile(
    r"\*\*\* First throw call stack:|\(|\)|[ \t]{1,12}[0-9]{1,3}  +\S{1,200} +0x[0-9a-f]{8,16} [^\n]*"
)
_GODEBUG_PATTERN = re.compile(
    r"gc [0-9]{1,12} @[0-9]|GC forced|scvg[0-9: ]|scav [0-9]|SCHED [0-9]{1,12}ms:|pacer: |scan: (?:total|class) "
    r"|init [^ \n]{1,200} @[0-9.]{1,20} ms|checkfinalizers: |  [PMG][0-9]{1,12}: |tracealloc\("
    r"|tracefree\(|tracegc\(\)|end tracegc"
)
_FIRST_OF_GODEBUG = "gGsSpic te"
_ALLOCATION_STARTS = ("tracealloc(", "tracefree(", "tracegc()")
_FATAL_ENDINGS = (
    "fatal: bad g in signal handler",
    "fatal: morestack on g0",
    "fatal: morestack on gsignal",
    "fatal: recursive switchToCrashStack",
    "fatal: concurrent switchToCrashStack",
    "fatal: systemstack called from unexpected goroutine",
    "fatal: runtime: cgo callback on thread not created by Go",
    "fatal error: cgo callback before cgo call",
    "runtime: cgo callback on thread not created by Go",
)
_TERMINAL_STARTS = (
    "runtime: out of memory",
    "runtime: goroutine stack exceeds ",
    "runtime: program exceeds ",
    "runtime: failed to create new OS thread",
    "runtime: cannot ",
    "runtime/cgo: pthread_create failed",
    "unexpected fault address ",
)
_MEMORY_PATTERN = re.compile(
    r"fatal error: (?:(?:runtime|pageAlloc|trace|traceRegion|heapdump): )?out of memory"
    r"|fatal error: runtime: cannot (?:map pages in arena|allocate memory|reserve arena virtual) ?"
    r"|fatal error: failed to reserve page summary memory"
    r"|fatal error: memory reservation exceeds address space limit"
    r"|fatal error: runtime: failed to (?:commit pages|reserve)"
)


def is_diagnostic(text: str) -> bool:
    """True for a line that the runtime, or the C library in its place, prints to explain the crash that follows."""
    if text.startswith(_DIAGNOSTIC_STARTS) or _OBJC_EXCEPTION in text[:120]:
        return True
    return text[:1] in _FIRST_OF_PATTERN and _DIAGNOSTIC_PATTERN.match(text) is not None


def is_memory_dump(text: str) -> bool:
    """True for lines of hex dumps of stacks and objects, of every layout (Go 1.16, 1.17, 1.26)."""
    return _HEX_DUMP_PATTERN.match(text) is not None or _OBJECT_PATTERN.match(text) is not None


def is_hex_dump(text: str) -> bool:
    """True for the words of a stack, which tell a reader nothing that their addresses do not."""
    return _HEX_DUMP_PATTERN.match(text) is not None


def is_objc_stack(text: str) -> bool:
    """True for the stack that macOS prints for an uncaught exception of Objective-C."""
    return _OBJC_PATTERN.fullmatch(text) is not None


def is_godebug(text: str) -> bool:
    """True for a trace that GODEBUG turned on, whole or cut: no part of a crash, but it may cut into one."""
    return text[:1] in _FIRST_OF_GODEBUG and _GODEBUG_PATTERN.match(text) is not None


def is_allocation_trace(text: str) -> bool:
    """True for the heads of GODEBUG=allocfreetrace (until Go 1.22), each of which has a stack behind it."""
    return text.startswith(_ALLOCATION_STARTS)


def is_fatal_ending(text: str) -> bool:
    """True for what assembly writes when not even `fatal error:` can be printed any more."""
    return text.startswith(_FATAL_ENDINGS)


def is_terminal(text: str) -> bool:
    """True for diagnostics behind which the program always ends."""
    return text.startswith(_TERMINAL_STARTS)


def is_out_of_memory(message: str) -> bool:
    """True for a `fatal error:` by which the runtime says that it was refused memory."""
    return _MEMORY_PATTERN.match(message) is not None
