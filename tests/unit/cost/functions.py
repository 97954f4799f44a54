"""Functions that look at one text of a stranger: cells, headers, form fields, names, addresses."""

import contextlib
import functools
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import get_type_hints

import services.validation.domain
import shared.csvfile
from services.mapping import draft, sample
from services.mapping.api import recipients
from services.mapping.numbers import first_rows
from services.mapping.pages import checking
from services.mapping.suggestions import account_number as proposed_setups
from services.mapping.suggestions import columns, header_names, nearest, values, wording
from services.notifier import domain
from services.notifier.log_file import columns as log_columns
from services.validation.domain.interpretation import Interpreter
from services.validation.domain.layout import lay_out
from shared.contracts import account_number, cleaning, transforms
from shared.contracts.kinds import ImportKind
from shared.csvfile import Batch, FileRefused, read
from shared.http import Problem
from tests.fuzz import rows

_ROWS = 40
_NO_LINES = str.maketrans(',\n"', ";  ")
_NUMBERS = [f"W{number:04}-{number % 7}-{number % 9:02}" for number in range(100)]
_MODULES = [
    *(sample, recipients, draft, columns, header_names, nearest, proposed_setups, domain, log_columns),
    *(values, wording),
    *(account_number, cleaning, transforms),
    *(
        import_module(f"{package.__name__}.{found.name}")
        for package in (shared.csvfile, services.validation.domain)
        for found in pkgutil.iter_modules(package.__path__)
    ),
]


def _of_one_text() -> Iterator[Callable[[str], object]]:
    """Every function of these modules that needs one text and nothing else."""
    for module in _MODULES:
        for function in vars(module).values():
            bare = inspect.unwrap(function) if callable(function) else None
            if inspect.isfunction(bare) and bare.__module__ == module.__name__ and _needs_one_text(bare):
                yield _unless_refused(bare)


def _needs_one_text(function: Callable[..., object]) -> bool:
    needed = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
    return len(needed) == 1 and get_type_hints(function).get(needed[0].name) is str


def _unless_refused(function: Callable[[str], object]) -> Callable[[str], object]:
    @functools.wraps(function)
    def call(text: str) -> object:
        with contextlib.suppress(Problem, FileRefused, ValueError, LookupError):
            return function(text)
        return None

    return call


def _lines_left_out(text: str) -> object:
    return checking.lines_of([text])


def _suggestions(text: str) -> object:
    return [columns.suggest(kind, columns.columns_of(["Memo"], [[text]])) for kind in ImportKind]


def _named(text: str) -> object:
    return [columns.suggest(kind, columns.columns_of([text], [["1"]])) for kind in ImportKind]


def _sample(text: str) -> object:
    data = f"Account,Memo\r\n1,{text}\r\n".encode()
    return sample.sample_of(data, len(data)).shown(5)


def _file(text: str) -> object:
    return [batch.rows for batch in read(iter([text.encode()]))]


def _setups(text: str) -> object:
    """Every setup of the account number that is tried, where all cells of the first rows are long."""
    cell = text[: len(text) // _ROWS].translate(_NO_LINES)
    data = "".join(f"{first},{cell},{cell}\r\n" for first in ("Account", *range(_ROWS))).encode()
    found = sample.sample_of(data, len(data))
    tried = list(proposed_setups.candidates(_NUMBERS, found.columns, found.header))
    first = first_rows(found, _ROWS).without_notes()
    return [first.compose(parts, fold_case=True) for parts in tried]


def _whole_row(kind: ImportKind) -> Callable[[str], object]:
    """The check of a row whose every cell is the text."""

    def whole_row(text: str) -> object:
        definition, header = rows._DEFINITIONS[kind], rows._HEADERS[kind]
        interpreter = Interpreter(definition, lay_out(definition, header, fold_case=True), rows._CONTEXTS[1])
        return interpreter.interpret(Batch([2], [[text] for _ in header]))

    whole_row.__name__ = kind
    return whole_row


FUNCTIONS = [*_of_one_text(), *map(_unless_refused, (_lines_left_out, _suggestions, _named))]
FILES = [*map(_unless_refused, (_sample, _file, _setups)), *map(_whole_row, ImportKind)]
