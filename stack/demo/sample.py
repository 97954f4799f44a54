"""A sample import: a file as a biller would send it, and the definition a person would write for it."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

_LINE_END: Final = "\r\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """``rows`` are the usable rows; ``others`` are lines of the file that are none, by their place among all lines."""

    file_name: str
    definition: Mapping[str, Any]
    header: tuple[str, ...]
    rows: Sequence[tuple[int, tuple[str, ...]]]
    others: Mapping[int, str]
    unusable: Mapping[int, str]
    delimiter: str = ","
    encoding: str = "utf-8"

    @property
    def kind(self) -> str:
        return str(self.definition["kind"])

    @property
    def biller(self) -> str:
        return str(self.definition["biller"])

    def content(self) -> bytes:
        lines = {line: self._line(cells) for line, cells in self.rows} | dict(self.others)
        return "".join(lines[line] + _LINE_END for line in sorted(lines)).encode(self.encoding)

    def definition_file(self) -> str:
        """The definition as YAML, as the README describes it."""
        return yaml.safe_dump(dict(self.definition), sort_keys=False, allow_unicode=True)

    def _line(self, cells: Sequence[str]) -> str:
        return csv_line(cells, self.delimiter)


def csv_line(cells: Sequence[str], delimiter: str) -> str:
    """One record without its line end; ="0012" stays as spreadsheets write it."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(cells)
    return text.getvalue()
