"""Numbers in words."""

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def age(seconds: object) -> str:
    """A span of time in its largest unit; empty where there is none."""
    if not isinstance(seconds, int | float):
        return ""
    for unit, length in _UNITS:
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
