"""The password of a PDF that leaves: what it must be, so that any reader takes it and nobody guesses it (R24)."""

from collections.abc import Iterable

from mdt_desktop.domain.errors import BadInput

SHORTEST = 12
"""Characters, as ASVS 5.0 (6.2.1) has it for passwords; the file can be tried at leisure by whoever finds it."""

LONGEST = 127
"""Bytes that PDF 2.0 (ISO 32000-2, 7.6.4.3.3) takes of a password."""

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""For a password that is told by telephone: nothing that is mistaken for something else when read or heard."""

GROUPS, GROUP_LENGTH = 4, 4
"""Sixteen signs in groups of four: 79 bits."""

_SHORTEST_KNOWN = 4
_FEWEST_DIFFERENT = 6


class PaperPasswordMissing(BadInput):
    """A password was wanted and none was given."""

    code = "paper_password_missing"


class PaperPasswordTooShort(BadInput):
    """`length` signs where at least `shortest` are needed."""

    code = "paper_password_too_short"


class PaperPasswordTooLong(BadInput):
    """Longer than the `longest` that a PDF takes; the rest would count for nothing."""

    code = "paper_password_too_long"


class PaperPasswordSigns(BadInput):
    """A sign that not every keyboard has, or that readers turn into different bytes; or a space at an end."""

    code = "paper_password_signs"


class PaperPasswordKnown(BadInput):
    """Made of what anybody knows who knows the person: their name, NHS number or date of birth."""

    code = "paper_password_known"


class PaperPasswordEasy(BadInput):
    """The same few signs over and over."""

    code = "paper_password_easy"


def require_paper_password(password: str, known: Iterable[str] = ()) -> None:
    """Raise the subclass of BadInput that fits where `password` cannot protect a PDF.

    `known` are words and numbers that whoever holds the file may know, such as the person's name and NHS number:
    the password may not be made of one of them and little else.
    """
    if not password:
        raise PaperPasswordMissing
    if not (password.isascii() and password.isprintable()) or password != password.strip():
        raise PaperPasswordSigns
    if len(password) < SHORTEST:
        raise PaperPasswordTooShort(length=len(password), shortest=SHORTEST)
    if len(password) > LONGEST:
        raise PaperPasswordTooLong(longest=LONGEST)
    bare = rest = _bare(password)
    for word in sorted({_bare(it) for it in known}, key=len, reverse=True):
        if len(word) >= _SHORTEST_KNOWN:
            rest = rest.replace(word, "")
    if rest != bare and len(rest) < SHORTEST / 2:
        raise PaperPasswordKnown
    if len(set(password)) < _FEWEST_DIFFERENT:
        raise PaperPasswordEasy


def _bare(text: str) -> str:
    """Letters and digits only, in small letters: "943 476 5919" and "943-476-5919" are one."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
