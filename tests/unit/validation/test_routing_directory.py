import pytest

from services.validation.domain.routing_directory import UnreadableDirectoryError, read_directory


def fedach(number: str, kind: str, new: str = "000000000", name: str = "1ST EXAMPLE BANK") -> str:
    return f"{number}O110000015{kind}040114{new}{name:<36}1 MAIN STREET"


def test_a_fedach_directory() -> None:
    lines = [
        fedach("011000015", "0", name="FEDERAL RESERVE BANK"),
        fedach("021000021", "1"),
        fedach("122105155", "2", "021000021", "CAJA ESPA\u00d1OLA"),
        "",
    ]
    found = read_directory("\r\n".join(lines).encode("latin-1"))
    assert found == {"011000015": None, "021000021": None, "122105155": "021000021"}


def test_csv() -> None:
    assert read_directory(b"\xef\xbb\xbfRouting_Number\n021000021\n\n011000015\n") == {
        "021000021": None,
        "011000015": None,
    }
    assert read_directory(b'routing_number, new_routing_number\n"021000021",\n122105155, 021000021\n') == {
        "021000021": None,
        "122105155": "021000021",
    }


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([""], 1),
        (["routing_number"], 1),
        (["routing_number,bank", "021000021,x"], 1),
        (["routing_number", "021000021", "21000021"], 3),
        (["routing_number", "021000021", "021000021"], 3),
        (["routing_number,new_routing_number", "021000021"], 2),
        (["routing_number,new_routing_number", "021000021,21000021"], 2),
        (["routing_number,new_routing_number", "021000021,021000021"], 2),
        (["routing_number,new_routing_number", '"021000021,021000021'], 2),
        ([fedach("021000021", "1"), "TRAILER"], 2),
        ([fedach("021000021", "1"), fedach("122105155", "2")], 2),
        ([fedach("021000021", "1"), "", fedach("021000021", "1")], 3),
        ([fedach("021000021", "7")], 1),
        (["{}"], 1),
    ],
)
def test_what_cannot_be_read_names_its_line(lines: list[str], line: int) -> None:
    with pytest.raises(UnreadableDirectoryError) as refused:
        read_directory("\n".join(lines).encode())
    assert refused.value.line == line
