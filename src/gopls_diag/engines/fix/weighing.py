"""Measures gopls: one probe with its collections logged, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gopls_diag.model.amount import size_text
from gopls_diag.model.budget import Weight
from gopls_diag.model.saying import Channel
from gopls_diag.model.session import MORE_TO_COME, SessionScript, SessionStep, SessionTranscript
from gopls_diag.parse.log.gc_trace import CycleLine, GcTraceReader, parse_cycle
from gopls_diag.world import World, WorldError

_TRACE = "gctrace=1"
_GOAL_TO_LIVE = 1.05
_LEAST_LIMIT_SECONDS = 60.0


def measuring(
    script: SessionScript, shell: Mapping[str, str], limit_seconds: float, memory_bytes: int
) -> SessionScript:
    """The script with its collections logged, and time to come to the end of its work."""
    debug = script.environment.get("GODEBUG", shell.get("GODEBUG", ""))
    return replace(
        script,
        environment={**script.environment, "GODEBUG": f"{debug},{_TRACE}".lstrip(",")},
        limit_seconds=limit_seconds,
        settle_limit_seconds=limit_seconds,
        memory_limit_bytes=memory_bytes,
        collects=True,
    )


def shortened(script: SessionScript, usual: Weight) -> SessionScript:
    """The same with no more than three times the time that it usually takes: who then still works is thrashing."""
    limit = min(script.limit_seconds, max(_LEAST_LIMIT_SECONDS, 3 * usual.elapsed_seconds))
    return replace(script, limit_seconds=limit)


def weigh(world: World, script: SessionScript) -> Weight:
    """One run."""
    try:
        return weight_of(world.session(script), script)
    except WorldError as refusal:
        return Weight(problem=str(refusal))


def weight_of(heard: SessionTranscript, script: SessionScript) -> Weight:
    """What the run cost, read off its times, its memory and its lines of gctrace."""
    errors = "\n".join(each.text for each in heard.utterances if each.channel == Channel.STDERR.value)
    reader = GcTraceReader()
    cycles: list[CycleLine] = []
    for number, line in enumerate(errors.splitlines(), 1):
        if reader.line(line, number):
            cycle = parse_cycle(line.rstrip(), number)
            cycles += [cycle] if cycle else []
    own = [each.cycle for each in cycles if not each.cycle.is_forced]
    forced = [each.cycle.live_bytes for each in cycles if each.cycle.is_forced]
    steps = {each.name: each for each in heard.steps}
    elapsed = sum(each.elapsed_seconds for each in heard.steps if each.name not in ("collection", "shutdown"))
    is_late = heard.ended_by_us == "time" or steps.get("diagnostics", _NO_STEP).result.endswith(MORE_TO_COME)
    return Weight(
        peak_bytes=heard.peak_resident_bytes,
        cpu_seconds=heard.cpu_seconds,
        collecting_share=_share(cycles, elapsed),
        live_bytes=forced[-1] if forced else None,
        largest_live_bytes=max((each.live_bytes for each in own), default=None),
        tight_cycles=sum(each.goal_bytes <= each.live_bytes * _GOAL_TO_LIVE for each in own),
        load_seconds=steps["load"].elapsed_seconds if "load" in steps else None,
        elapsed_seconds=elapsed,
        is_thrashing=any(why.kind == "gc-thrash" for each in reader.finish() for why in each.explanations),
        is_unfinished=is_late,
        problem="" if is_late else _problem(heard, steps, script),
    )


def _share(cycles: Sequence[CycleLine], elapsed_seconds: float) -> float | None:
    """Time in collections that came by themselves; the percentage in the lines stops at the last of them, too early."""
    own = [each for each in cycles if not each.cycle.is_forced]
    if not own or elapsed_seconds <= 0:
        return None
    return min(1.0, sum(each.cpu_seconds for each in own) / (elapsed_seconds * max(1, own[-1].processors)))


_NO_STEP = SessionStep("", 0.0, None, "")


def _problem(heard: SessionTranscript, steps: Mapping[str, SessionStep], script: SessionScript) -> str:
    if heard.start_error:
        return f"gopls could not be started ({heard.start_error})"
    if heard.ended_by_us == "memory":
        return f"gopls was ended at {size_text(script.memory_limit_bytes)}, before its work was done"
    failed = next((each for each in heard.steps if not each.is_ok and each.name in ("initialize", "load")), None)
    if failed:
        return f"gopls failed at {failed.name}: {failed.result}"
    if "diagnostics" not in steps or not steps["diagnostics"].is_ok:
        return f"gopls did not live to the end: {heard.steps[-1].result}"
    return ""
