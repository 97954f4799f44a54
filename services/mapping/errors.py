"""What use cases of mapping raise beside the errors that all services share."""

from collections.abc import Sequence

from shared.contracts.events import RequestProblem


class InvalidRequest(Exception):
    """What was asked for has these problems, all told at once; never empty."""

    def __init__(self, problems: Sequence[RequestProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)
