"""Why a store could not be unlocked, or a passphrase or recovery key could not be used."""

from mdt_desktop.domain.errors import BadInput, NotAllowed, NotFound, StoreProblem


class WrongPassphrase(NotAllowed):
    """The key file is whole and this passphrase is not the one that made it; nothing was changed."""

    code = "wrong_passphrase"


class WrongRecoveryKey(NotAllowed):
    """The recovery key was typed without a slip but belongs to another store or was replaced."""

    code = "wrong_recovery_key"


class TooManyAttempts(NotAllowed):
    """The delay after wrong tries has not passed. Values: `seconds` still to wait (whole, at least 1)."""

    code = "too_many_attempts"

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds


class SessionLocked(NotAllowed):
    """The store was locked and its key was wiped from memory."""

    code = "session_locked"


class PassphraseTooShort(BadInput):
    """Values: `length` given and `minimum`, both in characters."""

    code = "passphrase_too_short"


class PassphraseTooLong(BadInput):
    """Values: `maximum`, in characters."""

    code = "passphrase_too_long"


class PassphraseTooEasy(BadInput):
    """Long enough, but among the first that somebody would try."""

    code = "passphrase_too_easy"


class PassphraseUnchanged(BadInput):
    """The new passphrase is the present one."""

    code = "passphrase_unchanged"


class RecoveryKeyMistyped(BadInput):
    """The recovery key has a wrong length, a sign that is never used, or does not fit its check letters."""

    code = "recovery_key_mistyped"


class NoRecoveryKey(NotFound):
    """The key file has no recovery key."""

    code = "no_recovery_key"


class NotRemembered(NotFound):
    """The key file says that this laptop does not remember the store, or the system keyring has lost it."""

    code = "not_remembered"


class KeyringUnavailable(StoreProblem):
    """The system keyring is absent, locked, not safe enough, or did not keep what it was given.

    Values: `reason`, one word for the log.
    """

    code = "keyring_unavailable"


class KeyFileMissing(StoreProblem):
    """There is no key file at the path."""

    code = "key_file_missing"


class KeyFileExists(StoreProblem):
    """There is a key file already; it is never overwritten by a new one."""

    code = "key_file_exists"


class KeyFileDamaged(StoreProblem):
    """The key file is not whole, so no passphrase can be judged. Values: `reason`, words for the log."""

    code = "key_file_damaged"


class KeyFileNewer(StoreProblem):
    """The key file was written by a newer version of the program."""

    code = "key_file_newer"


class WeakParameters(StoreProblem):
    """The key file asks for less work per guess than the floor: it was not written by this program."""

    code = "weak_parameters"


class ExcessiveParameters(KeyFileDamaged):
    """The key file asks for more memory or time than any laptop of ours would have chosen."""

    code = "excessive_parameters"


class FolderUnwritable(StoreProblem):
    """The key file or the count of tries cannot be read or written: rights, a full or a failing disk."""

    code = "folder_unwritable"


class KeyOfAnotherStore(StoreProblem):
    """The key in hand does not belong to this key file; nothing was written."""

    code = "key_of_another_store"


class NotEnoughMemory(StoreProblem):
    """The passphrase cannot be worked out because the machine is out of memory."""

    code = "not_enough_memory"
