"""Reads a QR code of version 4, level H, from its squares: the tests' own reader, written from ISO/IEC 18004.

Only what is needed for text in alphanumeric mode; nothing is corrected, so that one wrong square shows.
"""

from collections.abc import Iterator, Sequence

SIDE = 33
_BLOCKS, _DATA_A_BLOCK = 4, 9
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_MASKS = (
    lambda r, c: (r + c) % 2,
    lambda r, c: r % 2,
    lambda r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)
_FORMAT_MASK = 0b101010000010010
_LEVEL_H = 0b10


def read(squares: Sequence[Sequence[int]]) -> str:
    """The text. Raises ValueError where it is not such a code."""
    if len(squares) != SIDE or any(len(row) != SIDE for row in squares):
        raise ValueError("not a code of version 4")
    level, mask = _format(squares)
    if level != _LEVEL_H:
        raise ValueError("not of level H")
    bits = [squares[r][c] ^ (not _MASKS[mask](r, c)) for r, c in _places()]
    words = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]
    data = [words[place * _BLOCKS + block] for block in range(_BLOCKS) for place in range(_DATA_A_BLOCK)]
    return _text([int(bit) for word in data for bit in f"{word:08b}"])


def _format(squares: Sequence[Sequence[int]]) -> tuple[int, int]:
    places = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8)]
    places += [(row, 8) for row in (5, 4, 3, 2, 1, 0)]
    read_bits = _number([squares[r][c] for r, c in places]) ^ _FORMAT_MASK
    return read_bits >> 13, read_bits >> 10 & 0b111


def _places() -> Iterator[tuple[int, int]]:
    """Where the bits of the message stand: in pairs of columns from the right, up and down by turns."""
    upwards = True
    for right in (*range(SIDE - 1, 6, -2), 5, 3, 1):
        for step in range(SIDE):
            row = SIDE - 1 - step if upwards else step
            yield from ((row, column) for column in (right, right - 1) if not _is_pattern(row, column))
        upwards = not upwards


def _is_pattern(row: int, column: int) -> bool:
    """Finders with their edges and the format beside them, the timing lines, the alignment pattern."""
    corner = (row < 9 and column < 9) or (row < 9 and column >= SIDE - 8) or (row >= SIDE - 8 and column < 9)
    return corner or row == 6 or column == 6 or (24 <= row <= 28 and 24 <= column <= 28)


def _text(bits: list[int]) -> str:
    if _number(bits[:4]) != 0b0010:
        raise ValueError("not in alphanumeric mode")
    length, at, text = _number(bits[4:13]), 13, ""
    while len(text) < length:
        if length - len(text) == 1:
            text += _SIGNS[_number(bits[at : at + 6])]
        else:
            pair = _number(bits[at : at + 11])
            text += _SIGNS[pair // 45] + _SIGNS[pair % 45]
            at += 11
    return text


def _number(bits: Sequence[int]) -> int:
    return int("".join(str(int(bit)) for bit in bits), 2)
