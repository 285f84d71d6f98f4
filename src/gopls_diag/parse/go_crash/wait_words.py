"""Programs that are waited for, requests that wait, and work, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gopls_diag.model.crash import Explanation
from gopls_diag.parse.go_crash.child_waits import ChildWait, Queue, served_method, what_for
from gopls_diag.parse.go_crash.population import Member, Population
from gopls_diag.parse.go_crash.proof_lines import calls_with, header_line
from gopls_diag.parse.go_crash.stack_words import method_name

_LEAK_COUNT = 1000
_LOAD_CALLS = (".AwaitInitialized", ".awaitLoaded")
_ASKING_CALL = "protocol.(*clientDispatcher)."
_LIST_CALL = "go/packages."
_STARTERS = ("golang.org/x/sync/errgroup.", "sync.(*WaitGroup).Go")
_TOLD = 3


def explain_children(children: Sequence[ChildWait], queue: Queue, population: Population) -> list[Explanation]:
    """The commands that are waited for, those with requests behind them first."""
    loading = sum(len(each.ids) for each in population.users if each.has_call(*_LOAD_CALLS)) if children else 0
    served = {each.id for each in queue.served}
    ordered = sorted(children, key=lambda each: (each.starter.id not in served, -each.minutes))
    return [_child(each, queue, served, loading) for each in ordered[:_TOLD]]


def _child(child: ChildWait, queue: Queue, served: set[int], loading: int) -> Explanation:
    starter = child.starter
    process = f" (process {child.pid})" if child.pid is not None else ""
    since = f", {child.minutes} min by now" if child.minutes else ""
    behind = ""
    if queue.waiting and starter.id in served:
        behind = f"; {_requests(queue)} in gopls's queue behind it"
    elif queue.waiting and queue.served:
        first = queue.served[0]
        behind = f"; meanwhile {_requests(queue)} in gopls's queue behind goroutine {first.id} ({what_for(first)})"
    if loading and child.starter.has_call(_LIST_CALL):
        behind += f"; {loading} goroutines await the load of the workspace"
    quick = "; it reads no workspace, and answers within a second where nothing is wrong" if child.is_quick else ""
    proof = calls_with(child.waiter, "os/exec.(*Cmd).Wait", "syscall.Syscall6", "syscall.wait4")
    if starter.id != child.waiter.id:
        proof += calls_with(starter, ".runCmdContext", ".GoVersion", ".FetchGoEnv", "packages.Load", "os/exec.")
    return Explanation(
        summary=f"goroutine {starter.id} ({what_for(starter)}) waits for {child.command}{process} to end{since}{behind}"
        + quick,
        kind="child-process",
        goroutines=tuple(
            dict.fromkeys(
                (
                    child.waiter.id,
                    starter.id,
                    *(each.id for each in queue.served),
                    *(number for each in queue.waiting for number in each.ids),
                )
            )
        )[:50],
        proof=proof,
        is_certain=child.is_linked,
    )


def _requests(queue: Queue) -> str:
    return "1 request waits" if queue.length == 1 else f"{queue.length} requests wait"


def explain_queue(queue: Queue, children: Sequence[ChildWait]) -> list[Explanation]:
    """Requests behind something else than a command, and an editor that waits for gopls to shut down."""
    found = []
    for member in queue.served:
        if served_method(member).endswith(".Shutdown") and not member.is_working:
            found.append(
                Explanation(
                    summary=f"gopls was asked to shut down; goroutine {member.id}, which does it, is in state "
                    + member.state,
                    kind="queue",
                    goroutines=(member.id,),
                    proof=calls_with(member, ".Shutdown", "sync."),
                )
            )
    if not queue.waiting or not queue.served or children:
        return found
    first = queue.served[0]
    asked = next((each.function for each in first.calls if _ASKING_CALL in each.function), "")
    if asked:
        doing = f"waits for the editor to answer ({method_name(asked)})"
    else:
        doing = "works" if first.is_working else f"is in state {first.state}"
    since = f", up to {queue.minutes} min by now" if queue.minutes else ""
    found.append(
        Explanation(
            summary=f"{_requests(queue)} in gopls's queue{since}, behind goroutine {first.id} ({what_for(first)}), "
            f"which {doing}",
            kind="queue",
            goroutines=(first.id, *(number for each in queue.waiting for number in each.ids))[:50],
            proof=(
                *(calls_with(first, _ASKING_CALL) if asked else (header_line(first),)),
                *(header_line(each) for each in queue.waiting[:4]),
            ),
            is_certain=len(queue.served) == 1,
        )
    )
    return found


def explain_work(population: Population, *, is_told: bool) -> list[Explanation]:
    """What works or wants to, and one stack with very many goroutines; `is_told`: of the one that works all is said."""
    found = _leak(population)
    working = population.working
    if is_told:
        return found
    if not working:
        if population.is_collecting:
            found.append(Explanation("a garbage collection was under way, and nothing else worked", "gc"))
        return found
    packages: Counter[str] = Counter()
    for each in working:
        packages[_package(each)] += len(each.ids)
    count = sum(packages.values())
    who = f"goroutine {working[0].id} works or is" if count == 1 else f"{count} goroutines work or are"
    where = ", ".join(f"{name} ({number})" if count > 1 else name for name, number in packages.most_common(4))
    collecting = "; a garbage collection was under way" if population.is_collecting else ""
    found.append(
        Explanation(
            summary=f"{who} ready to: {where}{collecting}",
            kind="busy",
            goroutines=tuple(number for each in working for number in each.ids)[:50],
            proof=tuple(header_line(each) for each in working[:6]),
        )
    )
    return found


def _package(member: Member) -> str:
    """Of the innermost call that is not the runtime's."""
    if not member.calls:
        return "runtime"
    if all(each.function.startswith(_STARTERS) for each in member.calls):
        return "goroutines that have not begun yet"
    name = member.calls[0].function.split("[", 1)[0]
    slash = name.rfind("/") + 1
    dot = name.find(".", slash)
    return name[:dot] if dot > 0 else name


def _leak(population: Population) -> list[Explanation]:
    places: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Member] = {}
    for member in population.users:
        if not member.is_working and member.calls:
            key = (member.state, "\n".join(frame.function for frame in member.calls))
            places[key] += len(member.ids)
            first.setdefault(key, member)
    if not places:
        return []
    (key, count) = places.most_common(1)[0]
    if count < _LEAK_COUNT:
        return []
    member = first[key]
    total = sum(len(each.ids) for each in population.members)
    return [
        Explanation(
            summary=f"{count} of {total} goroutines wait at the same place ({member.state} in {what_for(member)}), as "
            "goroutines do that are started and never end",
            kind="leak",
            goroutines=(member.id,),
            proof=(header_line(member),),
            is_certain=False,
        )
    ]
