"""How well signatures hold the crashes of one defect together and keep those of two apart, on invented fleets.

    python -m bench.signatures [--reports 20000] [--bugs 300] [--seeds 1,2,3]

Beside them stand the rules of others: the exact stack (x/telemetry's stack id), the five innermost functions (apport's
StacktraceTop), and all functions of the program's own (as Sentry does by default). Figures are over pairs of reports.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from collections import defaultdict
from collections.abc import Callable

from gopls_diag.model.crash import Crash
from gopls_diag.parse.go_crash.signature import signature
from tests.fleet.bugs import make_bugs, read_code
from tests.fleet.reports import Report, make_reports, share_pairs

SAMPLED_PAIRS = 300_000


def _hash(parts: list[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _frames(crash: Crash) -> list[tuple[str, int]]:
    return [(each.function, each.line or 0) for each in crash.crashing.stack.frames] if crash.crashing else []


def exact_stack(crash: Crash) -> str:
    """All functions with their lines."""
    return _hash([f"{function}:{line}" for function, line in _frames(crash)[:16]])


def five_functions(crash: Crash) -> str:
    """The five innermost functions below the panic."""
    names = [function for function, _ in _frames(crash) if not function.startswith(("runtime.", "panic"))]
    return _hash(names[:5])


def functions_in_app(crash: Crash) -> str:
    """All functions outside of the standard library, without lines."""
    return _hash([function for function, _ in _frames(crash) if "." in function.partition("/")[0] and "/" in function])


def ours(crash: Crash) -> str:
    """The signature."""
    return signature(crash)[0]


RULES: dict[str, Callable[[Crash], str]] = {
    "signature": ours,
    "exact stack": exact_stack,
    "five functions": five_functions,
    "functions in app": functions_in_app,
}


def measure(reports: list[Report], rule: Callable[[Crash], str]) -> tuple[float, float, int, float]:
    """Precision and recall over pairs, groups, reports a second."""
    started = time.perf_counter()
    groups = [rule(each.crash) for each in reports]
    elapsed = time.perf_counter() - started
    same_bug, same_group, both = share_pairs([(each.bug, group) for each, group in zip(reports, groups, strict=True)])
    return both / max(1, same_group), both / max(1, same_bug), len(set(groups)), len(reports) / elapsed


def by_trait(reports: list[Report], chance: random.Random) -> dict[str, tuple[int, int]]:
    """For each thing that does not matter: pairs of one defect that differ in it, and how many are held together."""
    by_bug: dict[int, list[tuple[dict[str, str], str]]] = defaultdict(list)
    for each in reports:
        by_bug[each.bug].append((dict(each.traits), ours(each.crash)))
    groups = [each for each in by_bug.values() if len(each) > 1]
    weights = [len(each) ** 2 for each in groups]
    found: dict[str, tuple[int, int]] = {}
    for group in chance.choices(groups, weights, k=SAMPLED_PAIRS):
        (one, first), (other, second) = chance.sample(group, 2)
        for trait in {*one, *other}:
            if one.get(trait) != other.get(trait):
                pairs, held = found.get(trait, (0, 0))
                found[trait] = pairs + 1, held + (first == second)
    return found


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--reports", type=int, default=20_000)
    arguments.add_argument("--bugs", type=int, default=300)
    arguments.add_argument("--seeds", default="1,2,3")
    options = arguments.parse_args()
    code = read_code()
    for seed in options.seeds.split(","):
        chance = random.Random(f"fleet {seed}")
        bugs = make_bugs(code, options.bugs, chance)
        reports = make_reports(code, bugs, options.reports, chance)
        print(f"\nseed {seed}: {len(reports):,} reports of {len({each.bug for each in reports})} defects")
        print(f"  {'rule':<18}{'precision':>10}{'recall':>8}{'groups':>8}{'reports/s':>12}")
        for name, rule in RULES.items():
            precision, recall, groups, speed = measure(reports, rule)
            print(f"  {name:<18}{precision:>10.4f}{recall:>8.4f}{groups:>8,}{speed:>12,.0f}")
        print("  pairs of one defect that differ in …    held together by the signature")
        for trait, (pairs, held) in sorted(by_trait(reports, chance).items()):
            print(f"    {trait:<20}{pairs:>10,} pairs{held / pairs:>12.4f}")


if __name__ == "__main__":
    main()
