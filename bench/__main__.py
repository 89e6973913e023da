"""`python -m bench`: every figure beside its baseline, measured in the same run, written to bench/results.json.

`--only flow,latency,…` measures a part; `--seconds N` is the length of one measurement. `python -m bench soak` takes longer.
A line that does not hold is printed as such; the exit code stays 0, because a shared machine is no judge.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from bench import bundles, flow, growth, memory, start
from bench.report import Figure, show

RESULTS = Path(__file__).with_name("results.json")
PARTS: dict[str, Callable[[argparse.Namespace], list[Figure]]] = {
    "flow": flow.throughput,
    "latency": flow.latency,
    "memory": memory.per_visitor,
    "growth": growth.full_against_empty,
    "start": start.ready,
    "bundles": bundles.sizes,
}


def main() -> int:
    """Measure and print."""
    if sys.argv[1:2] == ["soak"]:
        from bench import soak

        return soak.main(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, comma separated: " + ", ".join(PARTS))
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--visitors", type=int, default=5000, help="idle visitors in `memory`")
    parser.add_argument("--messages", type=int, default=1_000_000, help="stored messages in `growth`")
    options = parser.parse_args()
    for name in options.only.split(","):
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        figures = PARTS[name](options)
        print(show(figures), flush=True)
        _keep(figures)
    return 0


def _keep(figures: list[Figure]) -> None:
    """Beside what other parts have measured before."""
    kept = {f["name"]: f for f in json.loads(RESULTS.read_text())["figures"]} if RESULTS.exists() else {}
    kept |= {figure.name: figure.row() for figure in figures}
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    RESULTS.write_text(json.dumps({"machine": machine, "figures": list(kept.values())}, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
