from pathlib import Path

import pytest

from cli.definition_file import read_definition_file
from cli.errors import CommandError

_GOOD = "biller: Water\nkind: paperless\ncolumns: {email: Email}\naccount_number: [Account]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_GOOD + "kind: autopay\n", "kind appears twice"),
        (_GOOD.replace("{email: Email}", "{email: Email, email: Mail}"), "email appears twice"),
        ("[" * 50_000, "nested too deeply"),
        (_GOOD + "? [a, b]\n: 1\n", "not valid YAML"),
        (_GOOD + "kind: [", "not valid YAML"),
    ],
)
def test_what_cannot_be_meant_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "import.yaml"
    file.write_text(text)
    with pytest.raises(CommandError, match=said):
        read_definition_file(file)
