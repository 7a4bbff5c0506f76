"""Injures good files in the ways files are injured: by programs, by people, by disks and on purpose. Seeded."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

CELLS = (
    "", " ", '"', '""', "\x00", "=1+1", "@SUM(A1)", "+44 7700 900123", "-", "31/02/1940", "00/00/0000", "29/02/1900",
    "14/08/40", "9999-12-31", "0001-01-01", "2026-13-01", "1e400", "1e-400", "-1", "1.5.5", "9" * 400, "9" * 5_000,
    "NaN",
    "inf", "-inf", "0x1F", "١٢٣٤٥٦٧٨٩٠", "１２３４５６７８９０", "\u202e9434765919", "943 476 5919",
    "\u00a09434765919", "é", "e\u0301",
    "ŵ", "বাংলা", "أحمد", "😀", "\ufeff", "\u200b", "\r", "\t", "\v", "\x1a", "\x1b[31m", "\x85", "\u2028", ",,,",
    ";;;", "|",
    "NULL", "null", "None", "#N/A", "#REF!", "true", "Y90001\nY90002", "a\nb\nc", "x" * 200, "x" * 2_000, "O'Brien",
    'O"Brien',
    "Smith, John (Mr)", "'; DROP TABLE person; --", "<script>", "../../etc/passwd", "%s%n", "{0}", "\\", "\\n",
    "50%", "£5",
)  # fmt: skip
"""What may stand in a cell by mistake or by intent."""

_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "utf-7", "cp500")

Injury = Callable[[bytes, random.Random], bytes]


def injured_table(whole: bytes, chance: random.Random) -> bytes:
    """A CSV with one to four injuries."""
    found = whole
    for _ in range(chance.randint(1, 4)):
        found = chance.choice(_OF_TABLES)(found, chance)
    return found


def injured_text(whole: bytes, chance: random.Random) -> bytes:
    """Any text, such as JSON, with one to four injuries of its bytes."""
    found = whole
    for _ in range(chance.randint(1, 4)):
        found = chance.choice(_OF_BYTES)(found, chance)
    return found


# Of bytes


def _cut(found: bytes, chance: random.Random) -> bytes:
    return found[: chance.randrange(len(found) + 1)]


def _cut_at_the_front(found: bytes, chance: random.Random) -> bytes:
    return found[chance.randrange(len(found) + 1) :]


def _flip(found: bytes, chance: random.Random) -> bytes:
    changed = bytearray(found)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _put_in(found: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(found) + 1)
    junk, cell = chance.randbytes(chance.randint(1, 40)), chance.choice(CELLS).encode()
    piece = chance.choice((junk, cell, b"\0" * 20, b"\xff\xfe"))
    return found[:place] + piece + found[place:]


def _double(found: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(found) + 1) for _ in range(2))
    return found[:end] + found[start:end] * chance.choice((1, 2, 20)) + found[end:]


def _take_out(found: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(found) + 1) for _ in range(2))
    return found[:start] + found[min(end, start + 200) :]


def _swap(found: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.randrange(len(found) + 1) for _ in range(2))
    return found[second:] + found[first:second] + found[:first]


_OF_BYTES: tuple[Injury, ...] = (_cut, _cut_at_the_front, _flip, _flip, _put_in, _put_in, _double, _take_out, _swap)


# Of tables


def _lines(change: Callable[[list[bytes], int, random.Random], None]) -> Injury:
    def injury(found: bytes, chance: random.Random) -> bytes:
        lines = found.split(b"\n")
        change(lines, chance.randrange(len(lines)), chance)
        return b"\n".join(lines)

    return injury


def _change_cell(lines: list[bytes], place: int, chance: random.Random) -> None:
    cells = lines[place].split(b",")
    cells[chance.randrange(len(cells))] = chance.choice(CELLS).encode()
    lines[place] = b",".join(cells)


def _quote_cell(lines: list[bytes], place: int, chance: random.Random) -> None:
    cells = lines[place].split(b",")
    at = chance.randrange(len(cells))
    text = chance.choice(CELLS).replace('"', '""').encode()
    cells[at] = b'"' + text + chance.choice((b'"', b"", b'""', b'" '))
    lines[place] = b",".join(cells)


def _cut_line(lines: list[bytes], place: int, chance: random.Random) -> None:
    lines[place] = lines[place][: chance.randrange(len(lines[place]) + 1)]


def _repeat_line(lines: list[bytes], place: int, chance: random.Random) -> None:
    lines[place:place] = [chance.choice(lines)] * chance.choice((1, 1, 2, 40))


def _drop_line(lines: list[bytes], place: int, chance: random.Random) -> None:
    del lines[place]


def _add_cells(lines: list[bytes], place: int, chance: random.Random) -> None:
    lines[place] += b"," * chance.choice((1, 1, 3, 300)) + chance.choice(CELLS).encode()


def _junk_line(lines: list[bytes], place: int, chance: random.Random) -> None:
    lines[place] = chance.randbytes(chance.randrange(1, 60))


def _join_lines(lines: list[bytes], place: int, chance: random.Random) -> None:
    lines[place : place + 2] = [b"".join(lines[place : place + 2])]


def _swap_columns(lines: list[bytes], place: int, chance: random.Random) -> None:
    for number, line in enumerate(lines):
        cells = line.split(b",")
        if len(cells) > 2 and (number or chance.random() < 0.5):
            cells[0], cells[-1] = cells[-1], cells[0]
            lines[number] = b",".join(cells)


def _new_heading(lines: list[bytes], place: int, chance: random.Random) -> None:
    lines[0] = lines[0].replace(*chance.choice((
        (b"NHS number", b"Score"), (b"Score", b"Rank"), (b"Date of birth", b""), (b"Practice code", b"Practice"),
        (b",", b";"), (b"Sex", b"Sex,Sex"), (b"Family name", b"Name"), (b"Run date", b"\0"),
    )))  # fmt: skip


def _other_delimiter(found: bytes, chance: random.Random) -> bytes:
    return found.replace(b",", chance.choice((b";", b"\t", b"|", b"::", b" ")), chance.choice((-1, 30)))


def _other_line_ends(found: bytes, chance: random.Random) -> bytes:
    end = chance.choice((b"\r", b"\r\n", b"\n\n", b"\x85", b"\n\r", b"\x0b"))
    return found.replace(b"\n", end, chance.choice((-1, 5)))


def _other_encoding(found: bytes, chance: random.Random) -> bytes:
    return found.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


def _above(found: bytes, chance: random.Random) -> bytes:
    lines = (b"sep=;\r\n", b"Risk report\r\n\r\n", b"\xef\xbb\xbf", b"PK\x03\x04", b"%PDF-1.7\n", b'"\n')
    return chance.choice(lines) + found


_OF_TABLES: tuple[Injury, ...] = (
    *(_lines(change) for change in (
        _change_cell, _change_cell, _change_cell, _quote_cell, _quote_cell, _cut_line, _repeat_line, _drop_line,
        _add_cells,
        _junk_line, _join_lines, _swap_columns, _new_heading,
    )),
    _other_delimiter, _other_line_ends, _other_encoding, _above, *_OF_BYTES,
)  # fmt: skip


# Of JSON

_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**400, 1e308, "", " ", "x" * 5_000, "group", "choice", "=", "exists", [], {},
    [[]], [None],
    {"url": "x"}, {"coding": []}, {"coding": [{}]}, [{"linkId": "a"}], "2026-02-31", "0000-00-00", "2026", "\u202e",
    "\ud83d",
    "1.2.3", "-1", "9" * 400, {"reference": None}, "Patient/../..", "__proto__", "$ref",
)  # fmt: skip


def injured_json(whole: Any, chance: random.Random) -> Any:
    """A copy of a JSON value with one to four places changed, doubled, moved or taken out."""
    found = _copied(whole)
    for _ in range(chance.randint(1, 4)):
        places = list(_places(found))
        if not places:
            return chance.choice(_VALUES)
        holder, key = chance.choice(places)
        other, other_key = chance.choice(places)
        kind = chance.randrange(7)
        if kind < 3:
            holder[key] = _copied(chance.choice(_VALUES))
        elif kind == 3:
            del holder[key]
        elif kind == 4:
            holder[key] = _copied(other[other_key])
        elif kind == 5 and isinstance(holder, list):
            holder.insert(0, _copied(holder[key]))
        elif kind == 5:
            holder[f"{key}X"] = holder.pop(key)
        else:
            holder[key] = _nested(holder[key], chance.choice((1, 3, 60)))
    return found


def _nested(value: Any, times: int) -> Any:
    for number in range(times):
        value = [value] if number % 2 else {"item": value}
    return value


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])
