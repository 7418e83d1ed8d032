"""Every error that a user can cause or meet: what happened, and what to do about it."""


class UserError(Exception):
    """An error to be shown to the user as it is, without a traceback.

    Parameters
    ----------
    message : str
        What happened, in the user's words, naming the file, row or stream.
    hint : str
        What to do next; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class BadInput(UserError):
    """A file, folder or option that cannot be used as given."""


class StudyDamaged(UserError):
    """The study exists but cannot be trusted or opened."""


class StorageError(UserError):
    """The study cannot be written now: disk full, no rights, locked by another program."""


class TrackerError(UserError):
    """An eye tracker or gaze stream that is missing, lost or not usable."""


class UnknownChannels(TrackerError):
    """A gaze stream that does not tell which of its channels are gaze points: somebody else must."""


class Cancelled(Exception):
    """Long work was stopped on request; nothing half-written was left behind."""
