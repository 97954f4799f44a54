import pytest

from cli.correcting import body_of
from cli.errors import CommandError


def test_what_is_typed_becomes_one_request() -> None:
    meanings = ["paperless_flag:may be=no", "paperless_flag:oui=yes"]
    wanted = body_of(["12:email=ann=1@example.com"], "5,7-8", "9", meanings)
    assert wanted == {
        "cells": [{"line": 12, "column": "email", "value": "ann=1@example.com"}],
        "leave_out": [5, 7, 8],
        "bring_in": [9],
        "values": {"paperless_flag": {"may be": "no", "oui": "yes"}},
    }
    assert not any(body_of([], "", "", []).values())


@pytest.mark.parametrize("meaning", ["", "maybe=no", "flag:maybe", "Flag:maybe=no", "flag:=no", "flag:maybe=No way"])
def test_what_is_no_meaning_is_refused(meaning: str) -> None:
    with pytest.raises(CommandError):
        body_of([], "", "", [meaning])
