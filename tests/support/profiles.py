"""How much Hypothesis tries: the same examples in each `make test`, new and more of them with an option.

.venv/bin/python -m pytest tests/property --hypothesis-profile=thorough
.venv/bin/python -m pytest tests/property --examples=500
"""

from hypothesis import HealthCheck, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def register_profiles() -> None:
    """Make the profiles known and take the quick one."""
    settings.register_profile(
        "ci", max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW
    )
    settings.register_profile(
        "thorough", max_examples=3_000, deadline=None, print_blob=True, suppress_health_check=_SLOW
    )
    settings.load_profile("ci")


def modest(count: int) -> settings:
    """For a slow test: so many examples in each `make test`, but all that are asked for."""
    present = settings()
    return settings(max_examples=count if present.derandomize else present.max_examples)


def take_examples(count: int) -> None:
    """As many new examples in each test; what fails is printed so that it can be tried again."""
    settings.register_profile("asked", settings.get_profile("thorough"), max_examples=count)
    settings.load_profile("asked")
