"""Tells which Debian packages are missing here: what Qt always needs, what a real screen needs, what tests run."""

import argparse
import ctypes
import shutil
import sys

NEEDED = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""Without these Qt does not even start off-screen."""

FOR_A_SCREEN = {
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-shape.so.0": "libxcb-shape0",
}


FOR_TESTS = {
    "soffice": "libreoffice-calc-nogui",
    "cc": "gcc libc6-dev",
    "pg_ctlcluster": "postgresql",
}
"""Programs that only tests start: one that opens exported lists, one that compiles a disk that fails, PostgreSQL.

Without them those tests are skipped and say so; under `.ci/run` they must be there.
"""


def missing_packages(libraries: dict[str, str]) -> list[str]:
    """The packages of those libraries that the system's loader cannot load."""
    missing = []
    for library, package in libraries.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def missing_programs(programs: dict[str, str]) -> list[str]:
    """The packages of those programs that are not on the path."""
    return [package for program, package in programs.items() if shutil.which(program) is None]


def main() -> int:
    """Print the missing packages on one line; nothing when all are there or the system is not Linux."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screen", action="store_true", help="also those needed for a real screen")
    parser.add_argument("--tests", action="store_true", help="the programs that tests start, and no libraries")
    asked = parser.parse_args()
    if sys.platform.startswith("linux"):
        libraries = NEEDED | FOR_A_SCREEN if asked.screen else NEEDED
        missing = missing_programs(FOR_TESTS) if asked.tests else missing_packages(libraries)
        sys.stdout.write(" ".join(missing) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
