"""What the command line says when something cannot be done, and the code that it ends with."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended, for programs; docs/cli.md lists them."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    ROWS_FAILED = 3
    HELD = 4
    UNREACHABLE = 5
    UNFINISHED = 6
    INTERRUPTED = 130

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    ExitCode.DONE: "done; of an import: completed, no row failed or is on hold",
    ExitCode.REFUSED: "not done: refused, not found, or not usable; of an import: rejected, canceled or failed",
    ExitCode.USAGE: "the command itself is wrong: an unknown option, or one that is missing",
    ExitCode.ROWS_FAILED: "the import completed, and rows failed or are on hold",
    ExitCode.HELD: "the import waits for a person: for a decision, an approval or an operator",
    ExitCode.UNREACHABLE: "a part of the system does not answer; what was asked may or may not have happened",
    ExitCode.UNFINISHED: "the import continues, but without progress for as long as the command waits",
    ExitCode.INTERRUPTED: "Ctrl-C",
}


class CommandError(Exception):
    """Ends the command with a plain message and a remedy; never with a stack trace."""

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UnreachableError(CommandError):
    """A part does not answer; what was asked may or may not have happened."""

    exit_code = ExitCode.UNREACHABLE


class NotNowError(CommandError):
    """Refused for nothing that was asked: nobody is signed in any more, or too much is asked at once."""


class HeldError(CommandError):
    """The import waits for a person."""

    exit_code = ExitCode.HELD


class UnfinishedError(CommandError):
    """Nothing happens for the time being, and the import has not ended."""

    exit_code = ExitCode.UNFINISHED
