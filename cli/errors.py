"""What the command line says when something cannot be done."""


class CommandError(Exception):
    """Ends the command with a plain message and a remedy; never with a stack trace."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UnreachableError(CommandError):
    """A service does not answer; what was asked may or may not have happened."""
