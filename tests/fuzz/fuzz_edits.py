"""Edits odd settings files for as long as one likes, and says what broke.

    .venv/bin/python tests/fuzz/fuzz_edits.py --seconds 600 [--seed 1]

Each round makes one text and a few edits, and holds them to the promises of tests/property/jsonc_edit_promises.py. The
seed number of a round that breaks one makes it again.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.property.jsonc_edit_promises import check_round


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    ends = time.monotonic() + given.seconds
    seed, edits, broken = given.seed, 0, 0
    while time.monotonic() < ends:
        try:
            edits += check_round(Random(seed))
        except Exception:
            broken += 1
            if broken <= 20:
                print(f"seed {seed}")
                traceback.print_exc(limit=-2)
        seed += 1
    print(f"{seed - given.seed} texts, {edits} edits that changed something, {broken} broke a promise")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
