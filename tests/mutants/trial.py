"""A copy of the tree, and what the tests say of it."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.mutants.catalog import CannotPlantError, Mutant

ROOT: Final = Path(__file__).resolve().parents[2]
_ALL_PASSED: Final = 0
_SOME_FAILED: Final = 1
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) [^:]+::(.+?)(?: - .*)?$", re.MULTILINE)


class Verdict(StrEnum):
    """What became of a fault."""

    NOTICED = "noticed"
    NOT_NOTICED = "NOT noticed"
    NOT_TRIED = "NOT tried"
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Verdict on one fault, with the tests that noticed it or what went wrong."""

    mutant: Mutant
    verdict: Verdict
    told: str
    seconds: float = 0.0


def try_out(mutant: Mutant, limit: float) -> Outcome:
    """Plant it and run its tests, for so many seconds at most."""
    if mutant.harmless:
        return Outcome(mutant, Verdict.HARMLESS, mutant.harmless)
    started = time.monotonic()
    try:
        with _copy_of_the_tree() as copy:
            file = copy / mutant.file
            file.write_text(mutant.planted(file.read_text()))
            verdict, told = _judged(run_tests(copy, mutant.tests, limit))
    except CannotPlantError as error:
        verdict, told = Verdict.NOT_TRIED, str(error)
    except subprocess.TimeoutExpired:
        verdict, told = Verdict.NOT_TRIED, f"its tests took longer than {limit:.0f} s"
    return Outcome(mutant, verdict, told, time.monotonic() - started)


def passes_untouched(tests: Sequence[str], limit: float) -> str:
    """Empty where all tests pass without any fault; else the end of what they say."""
    with _copy_of_the_tree() as copy:
        done = run_tests(copy, tests, limit)
    return "" if done.returncode == _ALL_PASSED else done.stdout[-3000:]


def run_tests(tree: Path, tests: Sequence[str], limit: float) -> "subprocess.CompletedProcess[str]":
    """Run tests on another tree with the packages of this one."""
    # -m puts the tree it is started in before everything else that may be imported.
    command = [sys.executable, "-m", "pytest", "-q", "--maxfail=3", "--tb=short", "-p", "no:cacheprovider", *tests]
    return subprocess.run(  # ours
        command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=limit, check=False
    )


def _judged(done: "subprocess.CompletedProcess[str]") -> tuple[Verdict, str]:
    if done.returncode == _ALL_PASSED:
        return Verdict.NOT_NOTICED, done.stdout.strip().splitlines()[-1]
    failed = _FAILED.findall(done.stdout)
    if done.returncode == _SOME_FAILED and failed:
        return Verdict.NOTICED, ", ".join(failed)
    return Verdict.NOT_TRIED, done.stdout.strip()[-500:]


@contextmanager
def _copy_of_the_tree() -> Iterator[Path]:
    """What git knows or would take, as it lies there now."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    known = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # ours
    with tempfile.TemporaryDirectory(prefix="mutant-", ignore_cleanup_errors=True) as directory:
        for name in filter(None, known.split("\0")):
            if (ROOT / name).is_file():
                target = Path(directory) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, target)
        yield Path(directory)
