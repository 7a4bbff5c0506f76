"""Forty laptops that exchange at once through two started servers on one PostgreSQL, against one that is alone."""

import statistics
import sys

from benchmarks.floors import line
from tests.helpers import postgres
from tests.helpers.many_laptops import exchanged_at_once, p95

COUNT, ALONE = 40, 5


def main(count: int) -> int:
    """Print the p95; whatever is lost, doubled or out of place ends the run with an error."""
    if postgres.unavailable() is not None:
        print(f"not measured: {postgres.unavailable()}")
        return 1
    with postgres.cluster() as cluster:
        alone = statistics.median(exchanged_at_once(1, cluster.fresh())[0] for _ in range(ALONE))
        spent = exchanged_at_once(count, cluster.fresh())
    print(line(f"{count} laptops at once, p95, per laptop", p95(spent) / count * 1000, alone * 1000, 1.0))
    print(f"p95 {p95(spent):.1f} s, the slowest {spent[-1]:.1f} s; all of it was there on every laptop")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))
