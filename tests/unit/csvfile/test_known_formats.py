"""What is no CSV is named, and what merely begins like it is read (file-36)."""

import base64
from pathlib import Path

import pytest

from shared.csvfile import CsvOptions, inspect
from tests.support.written.formats import FORMATS

_NACHA = (
    "101 021000021 1234567890261128120 0A094101RIVERBEND BANK        RIVERBEND WATER               \n"
    "5225RIVERBEND WATER                     1234567890PPDWATERBILL       261201   1021000020000001\n"
    "62702100002144556677         0000004500000000001045ORTIZ ANA               0021000020000001   \n"
)
_FIXED = "ACCOUNT   NAME        BALANCE\n" + "".join(f"{n:010d} {'ORTIZ, ANA':12s}{n * 7:8d}\n" for n in range(20))
_RAGGED = "ACCOUNT   NAME        CITY\n" + "".join(f"{n:08d}  {'ORTIZ ANA':12s}Ames{'x' * n}\n" for n in range(9))
_B64 = base64.encodebytes(b"Account,Name\n" * 60).decode()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (_NACHA, "NACHA"),
        (_NACHA.replace("\n", "\r\n"), "NACHA"),
        (_NACHA.replace("\n", ""), "NACHA"),
        ("\n".join(line.rstrip() for line in _NACHA.splitlines()), "NACHA"),
        ("01,122099999,123456789,040621,0200,1,55,,2/\n02,031001234,122099999,1,040620,2359,,2/\n", "BAI2"),
        ("ISA*00*          *00*          *ZZ*SENDER*~\nGS*PO*S*R*2021*1253*1*X*004010~\n", "EDI"),
        ("UNA:+.? '\nUNB+UNOC:3+S+R+210101:1253+1'\n", "EDI"),
        ("OFXHEADER:100\nDATA:OFXSGML\n", "bank statement"),
        ("!Type:Bank\nD1/1/2026\nT-5.00\n^\n", "bank statement"),
        (":20:STARTUMS\n:25:10010010/1234\n", "bank statement"),
        ("-----BEGIN PGP MESSAGE-----\nVersion: GnuPG v2\n\nhQEMA7nJ\n=abcd\n-----END PGP MESSAGE-----\n", "PGP"),
        ("\n-----BEGIN PGP MESSAGE-----\n\nhQEMA7nJ,x\n", "PGP"),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n", "certificate"),
        ("age-encryption.org/v1\n-> X25519 abc\n", "encrypted"),
        ("<?xml version='1.0'?>\n<rows><row a='1,2'/></rows>\n", "XML"),
        ("<rows>\n<row><a>1</a></row>\n</rows>\n", "XML"),
        ("<!-- x -->\n<html><body><table>\n", "web page"),
        ('[{"account": "1", "name": "x"},\n{"account": "2", "name": "y"}]\n', "JSON"),
        ('[\n  {"account": "1"}\n]\n', "JSON"),
        ('{\n  "rows": [1, 2]\n}\n', "JSON"),
        ('{"account": "1"}\n{"account": "2"}\n', "JSON"),
        ("{\\rtf1\\ansi Account,Name\\par 1,x\\par}\n", "rich text"),
        ("BEGIN:VCARD\nVERSION:3.0\nN:Ortiz;Ana\nEND:VCARD\n", "vCard"),
        ("From: a@b.c\nTo: d@e.f\nSubject: x\n\nAccount,Name\n1,x\n", "email"),
        ("Return-Path: <a@b.c>\nReceived: from x\n\nAccount,Name\n1,x\n", "email"),
        ("INSERT INTO x (account,name) VALUES ('1','x');\n" * 2, "SQL"),
        ("-- MySQL dump 10.13\n--\nCREATE TABLE `a` (\n  `b` int,\n", "SQL"),
        ("SET NAMES utf8;\ninsert into a values (1,2);\n", "SQL"),
        ("COPY public.a (b, c) FROM stdin;\n1\tx\n\\.\n", "SQL"),
        ("dn: cn=Ana,dc=example\ncn: Ana\n", "LDIF"),
        ("---\n- account: 1\n  name: x\n", "YAML"),
        (_B64, "base64"),
        (_B64.replace("\n", ""), "base64"),
        (_FIXED, "fixed width"),
        (_RAGGED, "fixed width"),
        (_FIXED.replace("ACCOUNT   NAME        BALANCE\n", ""), "fixed width"),
        ("ACCOUNT\n" + "".join(f"{n:05d}  ANA      50\n" for n in range(9)), "fixed width"),
    ],
)
def test_it_is_named(text: str, what: str) -> None:
    for data in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        refused = inspect(data).refusal
        if refused is None or what == "rich text":
            continue
        assert (refused.code, refused.line) == ("F001", 1)
        assert what in refused.message
    refused = inspect(text.encode()).refusal
    assert refused is not None
    assert what in refused.message


@pytest.mark.parametrize("written", [*FORMATS.strip().removeprefix("@ ").split("\n@ "), f"fixed width\n{_FIXED}TRL20"])
def test_so_is_what_other_programs_write(written: str) -> None:
    what, _, text = written.partition("\n")
    refused = inspect(text.encode()).refusal
    assert refused is not None
    assert (refused.code, refused.line) == ("F001", 1)
    assert what in refused.message
    assert refused.remedy


@pytest.mark.parametrize(
    "data",
    [
        b"\x85\x02\x0c\x03" + bytes(range(256)),
        b"Salted__" + bytes(range(256)),
        b"bplist00\xd1",
        b"PK\x03\x04",
        b"%PDF-1.7",
    ],
)
def test_so_is_what_is_no_text(data: bytes) -> None:
    refused = inspect(data).refusal
    assert refused is not None
    assert "NUL" not in refused.message
    assert "not a CSV" in refused.message


@pytest.mark.parametrize(
    "text",
    [
        "Account,Name\n-----,----\n1,x\n",
        "Report from: 1/1/2026\nTo: 1/31/2026\nAccount,Name\n10-1,x\n10-2,y\n",
        "Subject,From\nx,a@b.c\ny,d@e.f\n",
        "Create date,Account\n2026-01-01,10-1\n2026-01-02,10-2\n",
        "Select,Account\nx,10-1\ny,10-2\n",
        "-- Report --\nAccount,Name\n10-1,x\n10-2,update a set b\n",
        "101 Main Street,Account\nx,10-1\ny,10-2\n",
        "ISA,Account\nx,10-1\ny,10-2\n",
        "Name,Account\nBEGIN:VCARD,10-1\nx,10-2\n",
        "[Account],Name\n10-1,x\n10-2,y\n",
        "Address\n12  Main St\n7 Oak St\n155 Elm  Avenue\n",
        "Account  ,Name      \n10-1     ,x         \n10-2     ,y         \n",
        "#Account,Name\n10-1,x\n10-2,y\n",
        " account | name \n---------+------\n 10-1    | x\n 10-2    | y\n",
        "Account:Name:Town\n10-1:Ana Ortiz:Ames\n10-2:Lee Wu:Ames\n",
        "[Section],Name\n10-1,x=1\n10-2,y=2\n",
        "Name=,Account\nx,10-1\ny,10-2\n",
        "Rate=5\nAccount,Name\n10-1,x\n10-2,y\n10-3,z\n",
        "Time,Level,Account\n2026-11-28 19:41:33,INFO,10-1\n2026-11-28 19:41:34,WARN,10-2\n",
        "Account,Name\n===== ===,===\n10-1,x\n10-2,y\n",
        "Load,Account\nx,10-1\ny,10-2\n",
        "No,Account,Note\n02,10-1,x\n16,10-2,y/\n",
    ],
)
def test_a_table_that_begins_like_one_is_read(text: str) -> None:
    assert inspect(text.encode()).refusal is None


def test_the_line_of_the_header_overrules_what_the_beginning_looks_like() -> None:
    text = "From: a@b.c\nSubject: x\n\nAccount,Name\n1,x\n"
    assert inspect(text.encode()).refusal is not None
    assert inspect(text.encode(), CsvOptions(header_line=4)).header == ["Account", "Name"]


def test_no_file_of_the_demo_is_taken_for_something_else() -> None:
    files = sorted(Path("stack").rglob("*.csv"))
    named = {file.name: refused.message for file in files if (refused := inspect(file.read_bytes()).refusal)}
    assert not {name: words for name, words in named.items() if "not a CSV" in words}
