"""Writes `resources/THIRD_PARTY.md`: every locked distribution with its version and licence."""

import importlib.metadata
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "resources" / "THIRD_PARTY.md"

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "OFL-1.1",
        "PSF-2.0",
        "Zlib",
    }
)
"""Licences under which a council can ship the program as it is."""

LGPL_FOR = frozenset({"pyside6-essentials", "shiboken6", "psycopg", "psycopg-binary"})
"""Qt and the PostgreSQL driver of the central store: used unchanged, as separate libraries that anybody can replace,
which is what the LGPL asks."""

# What a distribution's own metadata leaves out or says in other words, read from the licence file inside it.
READ_BY_HAND = {
    "aiosignal": "Apache-2.0",
    "backports-tarfile": "MIT",
    "colorama": "BSD-3-Clause",
    "fhirpy": "MIT",
    "grimp": "BSD-2-Clause",
    "import-linter": "BSD-2-Clause",
    "importlib-metadata": "Apache-2.0",
    "lazy-importer": "Apache-2.0",
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "pathspec": "MPL-2.0",
    "pypdfium2": "(Apache-2.0 OR BSD-3-Clause) AND BSD-3-Clause",
    "pywin32-ctypes": "BSD-3-Clause",
    "reportlab": "BSD-3-Clause",
    "rl-accel": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "sortedcontainers": "Apache-2.0",
    "sqlcipher3": "Zlib",
    "trove-classifiers": "Apache-2.0",
    "uharfbuzz": "Apache-2.0",
    "zipp": "MIT",
    "jeepney": "MIT",
    "secretstorage": "BSD-3-Clause",
}

HEAD = """# Third-party software

Every distribution that the program, the central store or its development uses, with its licence and the version locked
in `requirements.txt`, `requirements-central.txt` and `requirements-dev.txt`. Written by `make lock`; a test compares it
with what is installed. Fonts have their licences beside them in `fonts/`.

| distribution | version | licence | used for |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One distribution of the table."""

    name: str
    versions: str
    licence: str
    use: str

    def __str__(self) -> str:
        return f"| {self.name} | {self.versions} | {self.licence} | {self.use} |"


def locked(file: Path) -> dict[str, list[str]]:
    """Names and versions of a list of requirements; several versions where Python's version decides."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"(?m)^([a-z0-9._-]+)==([^ ;\\]+)", file.read_text(encoding="utf-8")):
        found.setdefault(name, []).append(version)
    return found


def declared_licence(name: str) -> str | None:
    """The SPDX expression of an installed distribution; None where it is not installed or does not say."""
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in metadata.get_all("Classifier") or []
        if text.startswith("License :: OSI Approved :: ")
    ]
    stated: str = (metadata.get_all("License") or [""])[0]
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    if re.fullmatch(r"[A-Za-z0-9.-]+( (AND|OR) [A-Za-z0-9.-]+)*", stated):
        return stated
    return "MIT" if classifiers == ["MIT License"] else None


def licence_of(name: str) -> str:
    """The declared licence, else the one read by hand; raises LookupError when there is neither."""
    licence = READ_BY_HAND.get(name) or declared_licence(name)
    if licence is None:
        raise LookupError(f"{name} does not declare its licence: read it and add it to READ_BY_HAND")
    return licence


def can_ship(expression: str, allowed: frozenset[str] = ALLOWED) -> bool:
    """Whether an SPDX expression can be met with allowed licences: all of an AND, one of an OR."""
    expression = expression.strip()
    inner = re.fullmatch(r"\(([^()]*)\)", expression)
    if inner:
        return can_ship(inner[1], allowed)
    for word, judge in ((" OR ", any), (" AND ", all)):
        parts = _split(expression, word)
        if len(parts) > 1:
            return judge(can_ship(part, allowed) for part in parts)
    return expression in allowed


def _split(expression: str, word: str) -> list[str]:
    """Split at `word` outside brackets."""
    parts, depth, start = [], 0, 0
    for position, sign in enumerate(expression):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and expression.startswith(word, position):
            parts.append(expression[start:position])
            start = position + len(word)
    return [*parts, expression[start:]]


def rows() -> list[Row]:
    """The table's rows by name."""
    shipped = locked(ROOT / "requirements.txt")
    central = locked(ROOT / "requirements-central.txt") | shipped
    every = locked(ROOT / "requirements-dev.txt") | central
    uses = dict.fromkeys(every, "development") | dict.fromkeys(central, "the central store")
    uses |= dict.fromkeys(shipped, "the program")
    return [
        Row(name, ", ".join(versions), licence_of(name), uses[name]) for name, versions in sorted(every.items())
    ]


def main() -> int:
    """Write the table."""
    TABLE.write_text(HEAD + "\n".join(map(str, rows())) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
