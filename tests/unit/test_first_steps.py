"""The three steps of the first start, without a window."""

from collections.abc import Callable

import pytest

from mdt_desktop.domain.organisations import Role
from mdt_desktop.ui.unlock.first_steps import FirstStep, FirstSteps, Missing, WrongStep

GOOD = "lantern rowing copper thistle"


def accepts(passphrase: str, about_you: tuple[str, ...]) -> bool:
    """Long enough and not the owner's name."""
    return len(passphrase) >= 12 and passphrase not in about_you


@pytest.fixture
def steps() -> FirstSteps:
    return FirstSteps(accepts)


def fill_in(steps: FirstSteps) -> None:
    steps.type(name="Robin Example", role=Role.CARE_NAVIGATOR, organisation="Invented Council", locality="North East")


def at_passphrase(steps: FirstSteps) -> None:
    fill_in(steps)
    steps.forward()


def at_recovery(steps: FirstSteps) -> None:
    at_passphrase(steps)
    steps.type(passphrase=GOOD, again=GOOD)
    steps.forward()
    steps.made("ABCDEF-123456")


def test_the_way_through_goes_by_three_steps_and_the_making_of_the_store(steps: FirstSteps) -> None:
    seen = [steps.step]
    fill_in(steps)
    steps.forward()
    seen.append(steps.step)
    steps.type(passphrase=GOOD, again=GOOD)
    steps.forward()
    seen.append(steps.step)
    steps.made("ABCDEF-123456")
    seen.append(steps.step)
    steps.type(kept=True)
    steps.forward()
    seen.append(steps.step)
    assert seen == [FirstStep.WHO, FirstStep.PASSPHRASE, FirstStep.MAKING, FirstStep.RECOVERY, FirstStep.DONE]


WHO_IS_MISSING = {
    "nothing typed": ({}, (Missing.NAME, Missing.ROLE, Missing.ORGANISATION, Missing.LOCALITY)),
    "a name of spaces": (
        {"name": "  ", "role": Role.GP, "organisation": "O", "locality": "L"},
        (Missing.NAME,),
    ),
    "no role": ({"name": "N", "organisation": "O", "locality": "L"}, (Missing.ROLE,)),
    "no place": ({"name": "N", "role": Role.GP}, (Missing.ORGANISATION, Missing.LOCALITY)),
}


@pytest.mark.parametrize("name", WHO_IS_MISSING)
def test_who_you_are_must_be_told_whole(name: str, steps: FirstSteps) -> None:
    typed, missing = WHO_IS_MISSING[name]
    steps.type(**typed)
    assert steps.forward() == missing
    assert steps.step is FirstStep.WHO


PASSPHRASES = {
    "none": ("", "", Missing.PASSPHRASE),
    "too short": ("lantern", "lantern", Missing.TOO_WEAK),
    "one's own name": ("Robin Example", "Robin Example", Missing.TOO_WEAK),
    "typed differently": (GOOD, GOOD + "s", Missing.DIFFERS),
    "typed once": (GOOD, "", Missing.DIFFERS),
}


@pytest.mark.parametrize("name", PASSPHRASES)
def test_a_passphrase_must_be_good_and_the_same_twice(name: str, steps: FirstSteps) -> None:
    passphrase, again, missing = PASSPHRASES[name]
    at_passphrase(steps)
    steps.type(passphrase=passphrase, again=again)
    assert steps.forward() == (missing,)
    assert steps.step is FirstStep.PASSPHRASE


def test_one_may_go_back_to_who_you_are_and_finds_it_as_typed(steps: FirstSteps) -> None:
    at_passphrase(steps)
    assert steps.back() is True
    assert (steps.step, steps.typed.name) == (FirstStep.WHO, "Robin Example")
    assert steps.back() is False


def test_a_store_that_was_made_cannot_be_gone_back_from(steps: FirstSteps) -> None:
    at_recovery(steps)
    assert steps.back() is False
    assert steps.step is FirstStep.RECOVERY


def test_the_passphrase_is_forgotten_as_soon_as_the_store_is_made(steps: FirstSteps) -> None:
    at_recovery(steps)
    assert (steps.typed.passphrase, steps.typed.again) == ("", "")


def test_a_passphrase_is_never_in_the_words_of_an_error_report(steps: FirstSteps) -> None:
    steps.type(passphrase=GOOD, again=GOOD)
    assert GOOD not in repr(steps.typed)


def test_after_a_failure_everything_is_as_it_was_typed(steps: FirstSteps) -> None:
    at_passphrase(steps)
    steps.type(passphrase=GOOD, again=GOOD)
    steps.forward()
    steps.failed()
    assert (steps.step, steps.typed.passphrase) == (FirstStep.PASSPHRASE, GOOD)


def test_work_begins_only_when_the_recovery_key_is_in_a_safe_place(steps: FirstSteps) -> None:
    at_recovery(steps)
    assert steps.forward() == (Missing.NOT_KEPT,)
    steps.type(kept=True)
    assert steps.forward() == ()
    steps.forget()
    assert steps.recovery_key == ""


def test_steps_cannot_be_jumped(steps: FirstSteps) -> None:
    jumps: tuple[Callable[[], None], ...] = (lambda: steps.made("key"), steps.failed)
    for jump in jumps:
        with pytest.raises(WrongStep):
            jump()
    at_passphrase(steps)
    steps.type(passphrase=GOOD, again=GOOD)
    steps.forward()
    with pytest.raises(WrongStep):
        steps.forward()
