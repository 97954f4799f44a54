"""Requests go to addresses of the internet, and to networks that a setting names."""

import asyncio
import socket
import threading

import pytest

from services.notifier.destinations import Destinations, NotAllowed

_SOME = Destinations.named("10.20.0.0/16, fd00::/8")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/imports",
        "https://hooks.example.com:8443/a?b=c",
        "https://93.184.215.14/",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    ],
)
def test_addresses_of_the_internet_are_allowed(url: str) -> None:
    assert Destinations().checked(url).geturl() == url


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://",
        "https:///path",
        "hooks.example.com",
        "",
        "https://user:secret@hooks.example.com/",
        "https://user@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nx: y",
        "https://[::1",
        "https://exämple.com/",
        "https://127.0.0.1/",
        "https://0.0.0.0/",
        "https://10.0.0.1/",
        "https://172.16.3.4/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[ff02::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://hooks.example.com/" + "a" * 2000,
    ],
)
def test_others_are_not(url: str) -> None:
    with pytest.raises(NotAllowed):
        Destinations().checked(url)


def test_networks_that_a_setting_names_are_allowed_without_tls_too() -> None:
    for url in ("http://10.20.3.4/", "https://10.20.3.4/", "https://[fd00::7]/", "https://[::ffff:10.20.0.1]/"):
        _SOME.checked(url)
    for url in ("https://10.21.0.1/", "https://127.0.0.1/", "https://[fe80::1]/"):
        with pytest.raises(NotAllowed):
            _SOME.checked(url)


async def test_names_that_are_not_found_in_time_hold_up_no_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    answered, asked = threading.Event(), list[str]()

    def silent(*_: object, **__: object) -> list[object]:
        asked.append(threading.current_thread().name)
        answered.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    one = Destinations()
    waiting = [asyncio.create_task(one.resolved(one.checked(f"https://n{n}.example/"))) for n in range(80)]
    try:
        async with asyncio.timeout(20):
            assert await asyncio.to_thread(lambda: "other work") == "other work"
    finally:
        answered.set()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert len(asked) == 80
    assert len(set(asked)) <= 4


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["169.254.169.254"], ["fe80::1%eth0"], []]
)
async def test_every_address_of_a_name_must_be_allowed(answers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (one, 443)) for one in answers])
    with pytest.raises(NotAllowed):
        await Destinations().resolved(Destinations().checked("https://hooks.example.com/"))


async def test_plain_http_goes_inside_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("93.184.215.14", 80))])
    with pytest.raises(NotAllowed):
        await _SOME.resolved(_SOME.checked("http://hooks.example.com/"))
    found = await Destinations().resolved(Destinations().checked("https://hooks.example.com/"))
    assert str(found) == "93.184.215.14"
