"""The recovery key: printed once, typed back by a tired hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt_desktop.security.errors import RecoveryKeyMistyped
from mdt_desktop.security.recovery_key import RecoveryKey

KEY = RecoveryKey(bytes(range(1, 21)))


def test_the_printed_form_is_six_groups_of_six() -> None:
    groups = KEY.text().split("-")
    assert [len(group) for group in groups] == [6] * 6
    assert not set("".join(groups)) & set("ILOU")


@given(st.binary(min_size=20, max_size=20))
def test_every_key_is_read_back(secret: bytes) -> None:
    assert RecoveryKey.typed(RecoveryKey(secret).text()).secret == secret


@pytest.mark.parametrize(
    "typed",
    [
        KEY.text().lower(),
        KEY.text().replace("-", ""),
        KEY.text().replace("-", " "),
        KEY.text().replace("-", " \u2013 "),
        f"\n {KEY.text()}\t\r\n",
        KEY.text().replace("0", "O").replace("1", "l"),
        KEY.text().replace("0", "o").replace("1", "I"),
        " ".join(KEY.text()),
    ],
    ids=["small", "in one", "spaces", "dashes", "pasted lines", "O and l", "o and I", "letter by letter"],
)
def test_a_key_is_read_however_it_is_typed(typed: str) -> None:
    assert RecoveryKey.typed(typed).secret == KEY.secret


@pytest.mark.parametrize(
    "typed",
    ["", "abc", KEY.text()[:-1], KEY.text() + "0", KEY.text().replace(KEY.text()[0], "U"), "é" * 36, "٣" * 36],
    ids=["empty", "short", "one missing", "one more", "U", "accents", "Arabic digits"],
)
def test_what_is_no_key_is_mistyped(typed: str) -> None:
    with pytest.raises(RecoveryKeyMistyped):
        RecoveryKey.typed(typed)


@pytest.mark.parametrize("key", [KEY, RecoveryKey(bytes(20)), RecoveryKey(b"\xff" * 20)], ids=["any", "0", "Z"])
def test_every_single_slip_and_swap_is_noticed(key: RecoveryKey) -> None:
    signs = key.text().replace("-", "")
    for position, sign in enumerate(signs):
        for wrong in set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") - {sign}:
            with pytest.raises(RecoveryKeyMistyped):
                RecoveryKey.typed(signs[:position] + wrong + signs[position + 1 :])
        swapped = signs[:position] + signs[position : position + 2][::-1] + signs[position + 2 :]
        if swapped != signs:
            with pytest.raises(RecoveryKeyMistyped):
                RecoveryKey.typed(swapped)


def test_a_group_left_out_doubled_or_in_another_place_is_noticed() -> None:
    groups = KEY.text().split("-")
    for place in range(6):
        for wrong in (
            groups[:place] + groups[place + 1 :],
            [*groups[:place], groups[place], *groups[place:5]] if place < 5 else groups[1:] + groups[:1],
            [*groups[:place], *groups[place + 1 :], groups[place]] if place < 5 else groups[::-1],
        ):
            with pytest.raises(RecoveryKeyMistyped):
                RecoveryKey.typed("-".join(wrong))


def test_keys_are_random_and_of_160_bits() -> None:
    keys = {RecoveryKey.random().secret for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {20}
    with pytest.raises(ValueError, match="20 bytes"):
        RecoveryKey(b"short")
