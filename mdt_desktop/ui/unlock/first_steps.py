"""The three steps of the first start as plain Python: who you are, the passphrase, the recovery key."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from mdt_desktop.domain.organisations import Role

_NEEDED = ("name", "organisation", "locality")


class FirstStep(StrEnum):
    """Where the first start stands."""

    WHO = "who"
    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a step
    MAKING = "making"
    RECOVERY = "recovery"
    DONE = "done"


class Missing(StrEnum):
    """What keeps a step from being finished; the words are in `resources/words`."""

    NAME = "name"
    ROLE = "role"
    ORGANISATION = "organisation"
    LOCALITY = "locality"
    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a field
    TOO_WEAK = "too_weak"
    DIFFERS = "differs"
    NOT_KEPT = "not_kept"


class WrongStep(RuntimeError):
    """A step was asked for that is not the present one; a fault of the program."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far. The passphrase is dropped from here as soon as the store is made."""

    name: str = ""
    role: Role | None = None
    organisation: str = ""
    locality: str = ""
    passphrase: str = field(default="", repr=False)
    again: str = field(default="", repr=False)
    kept: bool = False

    def about_you(self) -> tuple[str, ...]:
        """Words that a passphrase had better not be made of."""
        return tuple(text for text in (self.name, self.organisation, self.locality) if text.strip())


class FirstSteps:
    """Holds what was typed and the present step; the screen draws it and asks what is missing only on "Continue".

    `accepts` judges a passphrase against the words about its owner.
    """

    def __init__(self, accepts: Callable[[str, tuple[str, ...]], bool]) -> None:
        self._accepts = accepts
        self.step = FirstStep.WHO
        self.typed = Typed()
        self.recovery_key = ""

    def type(self, **values: object) -> None:
        """Take over what was typed; the names are those of `Typed`."""
        self.typed = replace(self.typed, **values)  # type: ignore[arg-type]  # replace checks the names itself

    def missing(self) -> tuple[Missing, ...]:
        """What keeps the present step from being finished, in the order of the fields."""
        typed = self.typed
        if self.step is FirstStep.WHO:
            empty = [Missing(name) for name in _NEEDED if not getattr(typed, name).strip()]
            if typed.role is None:
                empty.insert(1 if Missing.NAME in empty else 0, Missing.ROLE)
            return tuple(empty)
        if self.step is FirstStep.PASSPHRASE:
            if not typed.passphrase:
                return (Missing.PASSPHRASE,)
            if not self._accepts(typed.passphrase, typed.about_you()):
                return (Missing.TOO_WEAK,)
            return () if typed.again == typed.passphrase else (Missing.DIFFERS,)
        if self.step is FirstStep.RECOVERY:
            return () if typed.kept else (Missing.NOT_KEPT,)
        return ()

    def forward(self) -> tuple[Missing, ...]:
        """Go on if nothing is missing, else say what is. After the passphrase the store must be made."""
        lacking = self.missing()
        if lacking:
            return lacking
        following = {
            FirstStep.WHO: FirstStep.PASSPHRASE,
            FirstStep.PASSPHRASE: FirstStep.MAKING,
            FirstStep.RECOVERY: FirstStep.DONE,
        }
        if self.step not in following:
            raise WrongStep(self.step)
        self.step = following[self.step]
        return ()

    def back(self) -> bool:
        """From the passphrase to who you are; from nowhere else, as the store cannot be unmade by a click."""
        if self.step is not FirstStep.PASSPHRASE:
            return False
        self.step = FirstStep.WHO
        return True

    def made(self, recovery_key: str) -> None:
        """The store was made: the passphrase is forgotten and the recovery key is to be shown."""
        if self.step is not FirstStep.MAKING:
            raise WrongStep(self.step)
        self.recovery_key = recovery_key
        self.type(passphrase="", again="")
        self.step = FirstStep.RECOVERY

    def failed(self) -> None:
        """The store could not be made: back to the passphrase, with everything as it was typed."""
        if self.step is not FirstStep.MAKING:
            raise WrongStep(self.step)
        self.step = FirstStep.PASSPHRASE

    def forget(self) -> None:
        """Drop the recovery key after it was put in a safe place."""
        self.recovery_key = ""
