"""Runs every benchmark one after the other, each in a process of its own; `python -m benchmarks [PEOPLE]`."""

import subprocess
import sys

BENCHMARKS = (
    "start", "memory", "caseload_keystroke", "case_open", "cockpit", "plan_pdf", "minutes_pdf", "risk_import", "commit",
    "sync_pull", "sync_central",
)  # fmt: skip


def main() -> int:
    """Print each benchmark's own lines; the exit code tells whether all of them ran."""
    failed = [name for name in BENCHMARKS if _run(name) != 0]
    if failed:
        print(f"Did not run to the end: {', '.join(failed)}")
    return len(failed)


def _run(name: str) -> int:
    print(f"== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
