"""How much Hypothesis tries: the same examples in each `make test`, new and more of them with an option.

.venv/bin/python -m pytest tests/property --hypothesis-profile=thorough
"""

from hypothesis import HealthCheck, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def register_profiles() -> None:
    """Make the profiles known and take the quick one."""
    settings.register_profile(
        "ci", max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW
    )
    settings.register_profile("thorough", max_examples=3_000, deadline=None, suppress_health_check=_SLOW)
    settings.load_profile("ci")
