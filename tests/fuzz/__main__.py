"""Coverage-guided fuzzing: `python -m tests.fuzz files --seconds 600`. Needs the packages of requirements-fuzz.txt."""

import argparse
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["shared.csvfile", "services.validation", "tests.fuzz"]):
    from tests.fuzz import files, rows

_TARGETS = {"files": files.fuzz, "rows": rows.fuzz}
_CORPUS = Path(__file__).parent / "corpus"
_FOUND = Path(".run/fuzz")


def main() -> None:
    """Fuzz one target until the time is up or an input breaks a promise; that input is left in .run/fuzz."""
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz")
    arguments.add_argument("target", choices=_TARGETS)
    arguments.add_argument("--seconds", type=int, default=300)
    chosen = arguments.parse_args()
    found = _FOUND / chosen.target
    found.mkdir(parents=True, exist_ok=True)
    options = [
        *(f"-max_total_time={chosen.seconds}", "-max_len=2048", "-timeout=10", "-rss_limit_mb=1024"),
        *(f"-artifact_prefix={found}-", f"-dict={_CORPUS / 'csv.dict'}", "-print_final_stats=1"),
    ]
    atheris.Setup([sys.argv[0], *options, str(found), str(_CORPUS / chosen.target)], _TARGETS[chosen.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
