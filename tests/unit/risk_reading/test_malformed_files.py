"""Hundreds of files broken by chance give rows, rejects or a typed error."""

import random

import pytest

from mdt_desktop.domain.errors import BadInput, MdtError
from mdt_desktop.services.risk_reading import RiskFile
from mdt_desktop.services.risk_rejects import reason_in_words
from mdt_desktop.words import sentence
from tests.unit.risk_reading.desk import NUMBERS, Read, as_csv, cells


def mutated(good: bytes, chance: random.Random) -> bytes:
    """One to four random kinds of damage."""
    content = bytearray(good)
    junk = (b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b";", b"\t", b"=", b"\xe2\x80", b"\x1a", b"\xef\xbb\xbf")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        match chance.randrange(7):
            case 0:
                content[at:at] = chance.choice(junk) * chance.choice((1, 1, 3, 500))
            case 1:
                del content[at : at + chance.choice((1, 10, 400))]
            case 2:
                del content[at:]
            case 3:
                content[at:at] = content[chance.randrange(len(content) + 1) :][: chance.randrange(1, 600)]
            case 4:
                content[at:at] = chance.randbytes(chance.choice((1, 5, 200)))
            case 5:
                content = bytearray(bytes(content).replace(chance.choice(junk), chance.choice(junk)))
            case _:
                lines = bytes(content).split(b"\n")
                chance.shuffle(lines)
                content = bytearray(b"\n".join(lines))
    return bytes(content)


def read_or_refusal(read: Read, content: bytes) -> RiskFile | MdtError:
    try:
        return read(content)
    except MdtError as refused:
        return refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.timeout(60)
def test_four_hundred_malformed_files_give_rows_rejects_or_a_typed_error(read: Read, encoding: str) -> None:
    rows = [cells(NHS="" if n % 3 else NUMBERS[n // 3 % 3], Surname=f"Müller{n}") for n in range(40)]
    good = as_csv(*rows).replace("Llŷn", "Lyn").encode(encoding)
    chance = random.Random(encoding)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(400):
        found = read_or_refusal(read, mutated(good, chance))
        if isinstance(found, MdtError):
            assert isinstance(found, BadInput)
            assert "…" not in sentence(found)
            outcomes["refused"] += 1
        else:
            assert len(found.rows) + len(found.rejects) + len(found.held) == found.lines
            assert all("…" not in reason_in_words(reject) for reject in found.rejects)
            outcomes["read"] += 1
    assert min(outcomes.values()) > 20
