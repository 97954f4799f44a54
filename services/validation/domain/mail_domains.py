"""Mail domains that are the biller's own (W341) or a misspelling of a large provider's (W343)."""

from collections import Counter
from collections.abc import Sequence
from itertools import compress, count
from typing import Final

from services.validation.domain.found import Found

MEANT: Final = {
    **dict.fromkeys(("gmial.com", "gmai.com", "gmail.con", "gmail.co", "gmal.com"), "gmail.com"),
    **dict.fromkeys(("yaho.com", "yahoo.con", "yahooo.com"), "yahoo.com"),
    **dict.fromkeys(("hotmial.com", "hotmail.con", "hotmai.com"), "hotmail.com"),
    **dict.fromkeys(("outlok.com", "outlook.con"), "outlook.com"),
    **dict.fromkeys(("iclod.com", "icloud.con"), "icloud.com"),
    "aol.con": "aol.com",
    "comcast.nte": "comcast.net",
}


class DomainWatch:
    """Notes odd domains of the rows that are left; ``misspelt`` counts the rows by domain."""

    def __init__(self, own: str) -> None:
        self._own = own.strip().lower()
        self.misspelt: Counter[str] = Counter()

    def look(self, emails: Sequence[str], found: Found) -> None:
        """Warn of the addresses; blank ones are those of rows that have ended."""
        domains = [email.rpartition("@")[2] for email in emails]
        odd = {domain: codes for domain in set(domains) if (codes := self._codes(domain))}
        for index in compress(count(), map(odd.__contains__, domains)) if odd else ():
            domain = domains[index]
            for code in odd[domain]:
                found.warn(index, code)
            if domain in MEANT:
                self.misspelt[domain] += 1

    def _codes(self, domain: str) -> list[str]:
        is_own = self._own and (domain == self._own or domain.endswith("." + self._own))
        return ["W341"] * bool(is_own) + ["W343"] * (domain in MEANT)
