"""Which buckets a reader wants to see first."""

from __future__ import annotations

from gopls_diag.model.go_stack import Bucket

_LOCK_STATES = ("semacquire", "sync.Mutex", "sync.RWMutex")
_RUNTIME_STATES = frozenset(
    {
        *("GC worker (idle)", "GC sweep wait", "GC scavenge wait", "force gc (idle)", "finalizer wait", "cleanup wait"),
        *("GOMAXPROCS updater (idle)", "timer goroutine (idle)", "trace reader (blocked)", "idle", "dead"),
    }
)
"""What the runtime's own goroutines wait for (waitReasonStrings in golang/go src/runtime/runtime2.go)."""


def interest(bucket: Bucket, first_id: int | None) -> tuple[int, int, int, int]:
    """A sort key, the least for what is to be read first.

    First the bucket of the goroutine that was printed first, which is the one that crashed or asked; then what runs;
    then what waits for locks; then the rest, and the runtime's own at the end. Among equals, with code that is not the
    standard library's first, then the many before the few.
    """
    state = bucket.states[0][0] if bucket.states else ""
    if first_id is not None and bucket.ids[:1] == (first_id,):
        rank = 0
    elif state in _RUNTIME_STATES or _is_of_runtime(bucket):
        rank = 5
    elif not bucket.stack.frames and bucket.stack.is_available:
        rank = 4
    elif state in {"running", "runnable"}:
        rank = 1
    elif state.startswith(_LOCK_STATES):
        rank = 2
    else:
        rank = 3
    longest = bucket.waited_minutes[1] if bucket.waited_minutes else 0
    return rank, 0 if _has_own_code(bucket) else 1, -bucket.count, -longest


def _has_own_code(bucket: Bucket) -> bool:
    """True if a frame is of no package of the standard library: those have no dot before the first slash."""
    return any(_is_own(each.function) for each in bucket.stack.frames)


def _is_own(function: str) -> bool:
    path, slash, _ = function.partition("/")
    return "." in path if slash else function.startswith("main.")


def _is_of_runtime(bucket: Bucket) -> bool:
    stack = bucket.stack
    started = stack.created_by or (stack.frames[-1] if stack.frames else None)
    return (
        started is not None
        and started.function.startswith(("runtime.", "runtime/trace."))
        and all(each.function.startswith("runtime.") for each in stack.frames)
    )
