"""Lines, rows and what makes them unusable: rules file-17 to file-19, row-1 and row-4."""

import contextlib
import io
import itertools
import tracemalloc

import pytest

from shared.csvfile import Batch, CsvOptions, CsvReader, FileRefused, RowProblem, read

HEAD = "Acct,Name,Email\n"
ONE_BAD_IS_FINE = CsvOptions(max_ragged_share=1.0)


def load(data: str | bytes, options: CsvOptions | None = None) -> tuple[CsvReader, Batch]:
    reader = read(io.BytesIO(data.encode() if isinstance(data, str) else data), options)
    whole = Batch([], [[] for _ in reader.header])
    for batch in reader:
        whole.add(batch)
    return reader, whole


def refusal(data: str | bytes, options: CsvOptions | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        load(data, options)
    return caught.value


def lines(count: int) -> str:
    return "".join(f"{n:07d},NAME {n},u{n}@example.com\n" for n in range(count))


def places(bad: list[RowProblem]) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in bad]


def test_line_numbers_are_physical_also_after_line_breaks_in_cells() -> None:
    _, found = load('Acct,"Full\nName"\n1,"a\r\nb"\n\n2,c\n3,"d\re\n\nf"\n4,g\n')
    assert found.line_nos == [3, 6, 7, 11]
    assert found.rows == [["1", "a\r\nb"], ["2", "c"], ["3", "d\re\n\nf"], ["4", "g"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    reader, found = load((HEAD + lines(3)).replace("\n", end))
    assert found.line_nos == [2, 3, 4]
    assert reader.problems == []


def test_mixed_line_ends_warn() -> None:
    reader, found = load(HEAD + lines(3).replace("\n", "\r\n", 1))
    assert len(found.rows) == 3
    assert [problem.code for problem in reader.problems] == ["W306"]


def test_blank_lines_are_skipped_and_counted() -> None:
    reader, found = load(HEAD + "1,a,b\n\n,,\n  \n2,c,d\n")
    assert found.line_nos == [2, 6]
    assert reader.blank_lines == 3


def test_cells_are_returned_as_they_stand() -> None:
    _, found = load('Acct,Name,Email\n="0001", a\u00a0 ,\'x\n"=""02""",b\u2028c\x85,"d ""e"""\n')
    assert found.rows == [['="0001"', " a\u00a0 ", "'x"], ['="02"', "b\u2028c\x85", 'd "e"']]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,a\n", [("R104", 2)]),
        ("1,a,b,c\n", [("R104", 2)]),
        ('1,O"Brien,b\n', [("R107", 2)]),
        ('1, "x",b\n2,"y",b\n3,z "w",b\n', [("R107", 2), ("R107", 4)]),
        ("TOTAL,52,\n", [("R106", 2)]),
        ("Total: 52\n", [("R106", 2)]),
        ("acct,NAME,Email\n", [("R106", 2)]),
        ("7,a,x\ny\n", [("R104", 2), ("R104", 3)]),
        ("y\n7,a,x\n", [("R104", 2), ("R104", 3)]),
    ],
)
def test_rows_that_cannot_be_used(text: str, expected: list[tuple[str, int]]) -> None:
    _, found = load(f"{HEAD}{text}1001,GOOD,g@example.com\n1002,GOOD,g@example.com\n", ONE_BAD_IS_FINE)
    ours = [place for place in places(found.bad) if place in expected]
    assert ours == expected
    assert found.rows[-1] == ["1002", "GOOD", "g@example.com"]


def test_a_bad_row_keeps_its_cells_and_names_its_column() -> None:
    _, found = load(HEAD + lines(3) + "1,ORTIZ, ANA,a@example.com\n", ONE_BAD_IS_FINE)
    assert found.bad[0].cells == ["1", "ORTIZ", " ANA", "a@example.com"]
    assert (found.bad[0].line, found.bad[0].column) == (5, 4)
    assert "ORTIZ" not in repr(found.bad[0])


def test_a_customer_called_total_is_a_customer() -> None:
    _, found = load("Name,Acct\nTotal,WTR-1\nTotal Wine,WTR-2\nTotally,WTR-3\n")
    assert len(found.rows) == 3


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ('1,"x"y,b\n2,c,d\n', "F020", 2, 2),
        ('1,a,b\n2,"c,d\n3,e,f\n', "F020", 3, 2),
        ('1,"a\nb","c\nd,e\n', "F020", 3, 3),
        ("1,a,b\n2,c\0,d\n", "F001", 3, None),
        ("1,a,b\n2,c\x1a,d\n", "F001", 3, 2),
        ("1,a\n2,b\n3,c,d\n", "F006", 2, 2),
    ],
)
def test_files_that_cannot_be_used(text: str, code: str, line: int, column: int | None) -> None:
    found = refusal(HEAD + text)
    assert (found.code, found.line, found.column) == (code, line, column)
    assert found.message
    assert found.remedy


@pytest.mark.parametrize(
    ("tail", "column", "code"),
    [(b"9,PE\xd1A\n", 2, "W302"), (b"9,PE\x81A,x\n", 2, "F003"), (b"9,\xc3\x91,\xd1,x\n", 3, "F003")],
)
@pytest.mark.parametrize("before", [3, 20_000])
def test_undecodable_bytes_near_and_far(tail: bytes, column: int, code: str, before: int) -> None:
    data = (HEAD + lines(before)).encode() + tail
    if code == "W302":
        reader, found = load(data.replace(b"A\n", b"A,x\n"))
        assert [(p.code, p.line) for p in reader.problems] == [("W302", before + 2)]
        assert found.rows[-1] == ["9", "PE\u00d1A", "x"]
        return
    caught = refusal(data)
    assert (caught.code, caught.line, caught.column) == (code, before + 2, column)


@pytest.mark.parametrize("codec", ["cp037", "cp500", "cp1140"])
@pytest.mark.parametrize("end", ["\n", "\x85", "\r\n"])
def test_the_files_of_mainframes_are_named_with_what_helps(codec: str, end: str) -> None:
    found = refusal((HEAD + lines(30)).replace("\n", end).encode(codec))
    assert (found.code, "EBCDIC" in found.message, found.remedy) == ("F003", True, "Export it as UTF-8.")


@pytest.mark.parametrize(
    ("codec", "word"),
    [
        ("iso8859-5", "\u041c\u043e\u0441"),
        ("iso8859-7", "\u0391\u03b8\u03ae"),
        ("shift-jis", "\u6771\u4eac"),
        ("cp850", "\u00f1\u00e9"),
        ("utf-8", "\u6771\u00fc"),
    ],
)
def test_no_other_encoding_is_taken_for_that_of_mainframes(codec: str, word: str) -> None:
    data = ("A;B\r\n" + f"{word * 9};9\r\n" * 30).encode(codec)
    message = ""
    try:
        load(data)
    except FileRefused as caught:
        message = caught.message
    assert "EBCDIC" not in message


def test_nul_and_ctrl_z_far_from_the_start() -> None:
    text = HEAD + lines(20_000)
    assert (refusal(text + "1,a\0,b\n").line, refusal(text + "1,a\0,b\n").column) == (20_002, 2)
    assert refusal(text + "\x1a\n1,a,b\n").code == "F001"
    assert len(load(text + "\x1a")[1].rows) == 20_000


def test_a_utf8_character_may_be_cut_between_pieces() -> None:
    data = (HEAD + "1,PE\u00d1A \u20ac,\U0001f600\n").encode()
    found = [row for batch in read(data[i : i + 1] for i in range(len(data))) for row in batch.rows]
    assert found == [["1", "PE\u00d1A \u20ac", "\U0001f600"]]


@pytest.mark.parametrize(
    ("options", "text", "line"),
    [
        (CsvOptions(max_rows=2), lines(3), None),
        (CsvOptions(max_columns=2), lines(3), 1),
        (CsvOptions(max_file_bytes=50), lines(3), None),
        (CsvOptions(max_field_bytes=50), lines(1) + f"2,{'x' * 51},b\n", 3),
        (CsvOptions(max_field_bytes=50), lines(1) + f'2,"{"x" * 51}",b\n', 3),
        (CsvOptions(max_record_bytes=60), lines(1) + f"2,{'x' * 40},{'y' * 40}\n", 3),
        (CsvOptions(), lines(3) + "x" * 2_000_000, 5),
        (CsvOptions(max_columns=5), lines(3) + "," * 9 + "x\n", 5),
    ],
)
def test_limits(options: CsvOptions, text: str, line: int | None) -> None:
    found = refusal(HEAD + text, options)
    assert found.code == "F015"
    assert line is None or found.line == line


def test_a_quote_that_never_closes_is_named_before_the_file_is_read_through() -> None:
    found = refusal(HEAD + lines(10) + '1,"a,b\n' + lines(100_000))
    assert (found.code, found.line, found.column) == ("F020", 12, 2)


def test_ragged_lines_below_the_share_are_refused_one_by_one() -> None:
    _, found = load(HEAD + lines(150) + "1,2\n")
    assert (len(found.rows), places(found.bad)) == (150, [("R104", 152)])


def test_batches_keep_order_and_size() -> None:
    reader = read(io.BytesIO((HEAD + lines(12_345)).encode()), CsvOptions(batch_rows=1000))
    batches = list(reader)
    assert max(len(batch.rows) for batch in batches) == 1000
    assert list(itertools.chain.from_iterable(batch.line_nos for batch in batches)) == list(range(2, 12_347))
    assert reader.rows == 12_345


def test_without_quotes_a_quote_is_a_character() -> None:
    _, found = load(HEAD + '1,5" pipe,"x\n', CsvOptions(quote=""))
    assert found.rows == [["1", '5" pipe', '"x']]


def test_memory_does_not_grow_with_the_file() -> None:
    chunk = lines(5_000).encode()

    def peak(times: int) -> int:
        tracemalloc.start()
        for batch in read(itertools.chain([HEAD.encode()], itertools.repeat(chunk, times))):
            assert batch.rows
        high = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return high

    assert peak(20) < peak(4) * 1.5


def test_a_quote_in_a_header_name_refuses_the_file() -> None:
    found = refusal('Acct,Na"me,Email\n' + lines(3))
    assert (found.code, found.line, found.column) == ("F020", 1, 2)


def test_a_stream_in_one_piece_is_cut_into_blocks() -> None:
    data = (HEAD + lines(30_000)).encode()
    assert sum(len(batch.rows) for batch in read([data])) == 30_000


@pytest.mark.parametrize(
    "record",
    [
        "1,a," + '"' * 60_001,
        '1,a,"' + '""' * 30_000,
        '"",' * 200_000,
        'a",' * 200_000,
        "total" + ".," * 20_000,
        "total " + "." * 60_000 + "x,a,b",
        "." * 60_000 + "x",
        '="",' * 100_000,
        "\r" * 100_000,
    ],
)
def test_hostile_records_are_judged_in_linear_time(record: str) -> None:
    with contextlib.suppress(FileRefused):
        reader = read(io.BytesIO((HEAD + lines(3) + record + "\n").encode()), ONE_BAD_IS_FINE)
        assert all(len(row) == 3 for batch in reader for row in batch.rows)


def test_delimiters_at_the_end_of_each_line_are_no_column() -> None:
    text = "Acct,Name,Email,,\n" + lines(10).replace("\n", ",,\n")
    assert load(text)[1].rows[-1] == ["0000009", "NAME 9", "u9@example.com"]
    _, found = load(text + "1,a,b,,x\n1,a,b\n1,ORTIZ, ANA,c,\n", ONE_BAD_IS_FINE)
    assert places(found.bad) == [("R104", 12), ("R104", 13), ("R104", 14)]
    assert len(found.rows) == 10


@pytest.mark.parametrize(
    ("sound", "ragged", "refused"),
    [(3, 1, False), (2, 2, False), (2, 3, True), (50, 10, False), (50, 11, True), (1080, 11, True), (1200, 11, False)],
)
def test_few_ragged_lines_are_refused_one_by_one_and_many_refuse_the_file(
    sound: int, ragged: int, refused: bool
) -> None:
    text = HEAD + lines(sound) + "0001045,ORTIZ, ANA,ana@example.com\n" * ragged
    if refused:
        assert (refusal(text).code, refusal(text).line) == ("F006", sound + 2)
        return
    _, found = load(text)
    assert len(found.rows) == sound
    assert places(found.bad) == [("R104", line) for line in range(sound + 2, sound + 2 + ragged)]


@pytest.mark.parametrize(
    ("text", "bad", "sound"),
    [
        # an address with a line break and a comma that nobody quoted
        ("1001,ANA,12 Main St\nSpringfield, MA\n1002,LEE,4 Elm St\n", [2, 3, 4], 3),
        ("1001,ANA,12 Main St\nApt. 4, MA\n1002,LEE,4 Elm St\n", [2, 3, 4], 3),
        ('1001,ANA,\nx, y"\n1002,LEE,4 Elm St\n', [2, 3, 4], 3),
        # a row that lacks a cell
        ("1001,ANA,a\n1002,LEE\n1003,WU,c\n", [3], 5),
    ],
)
def test_rows_beside_a_piece_of_a_row_are_refused_with_it(text: str, bad: list[int], sound: int) -> None:
    _, found = load("Acct,Name,Address\n" + text + "1004,A,b\n1005,A,b\n1006,A,b\n")
    assert sorted(problem.line or 0 for problem in found.bad) == bad
    assert len(found.rows) == sound
