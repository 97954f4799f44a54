"""Where requests of ours may go: to addresses that are everybody's, and to networks that a setting names."""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LONGEST: Final = 2000
# A name server that does not respond holds up a thread for half a minute: of these, not of those that other work needs.
_NAMES: Final = ThreadPoolExecutor(4, "names")
# Addresses that stand for one of IPv4: where it leads is not seen.
_TRANSLATED: Final = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class NotAllowed(Exception):
    """The address is none that requests may go to. ``reason`` holds no value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Destinations:
    """Which addresses inside are allowed beside those of the internet."""

    inside: tuple[Network, ...] = ()

    @classmethod
    def named(cls, networks: str) -> Self:
        """From a setting: networks, separated by commas."""
        return cls(tuple(ipaddress.ip_network(one.strip()) for one in networks.split(",") if one.strip()))

    def checked(self, url: str) -> SplitResult:
        """The parts of an address that may be asked, as far as it can be told without looking up its host."""
        try:
            parts = urlsplit(url)
            has_port = parts.port != 0
        except ValueError:
            raise NotAllowed("is not an address") from None
        is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
        if not is_plain or not has_port or not parts.hostname or parts.username is not None or parts.fragment:
            raise NotAllowed("is not a plain address of a server")
        if parts.scheme != "https" and not (parts.scheme == "http" and self.inside):
            raise NotAllowed("does not begin with https")
        if (address := _as_address(parts.hostname)) is not None:
            self._require(address)
        return parts

    async def resolved(self, parts: SplitResult) -> Address:
        """The address to connect to; every one of the host must be allowed, so that no second look finds another."""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        look_up = partial(socket.getaddrinfo, parts.hostname, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(_NAMES, look_up)
        addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not addresses:
            raise NotAllowed("has no address")
        for address in addresses:
            self._require(address)
            if parts.scheme == "http" and not self._is_inside(address):
                raise NotAllowed("does not begin with https")
        return addresses[0]

    def _require(self, address: Address) -> None:
        if not (_is_everybodys(address) or self._is_inside(address)):
            raise NotAllowed("leads inside")

    def _is_inside(self, address: Address) -> bool:
        address = _plain(address)
        return any(address in network for network in self.inside if network.version == address.version)


def _as_address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _plain(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_everybodys(address: Address) -> bool:
    address = _plain(address)
    is_translated = any(address in network for network in _TRANSLATED if network.version == address.version)
    return address.is_global and not address.is_multicast and not address.is_reserved and not is_translated
