from enum import StrEnum


class Part(StrEnum):
    """What is looked at."""

    SETUP = "setup"
    MAPPING = "mapping"
    VALIDATION = "validation"
    EXECUTOR = "executor"
    NOTIFIER = "notifier"
