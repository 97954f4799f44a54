"""Mail domains that are the biller's own (W341) or a misspelling of a large provider's (W343)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import compress, count
from typing import Final

from rapidfuzz.distance import OSA

from services.validation.domain.found import Found
from shared.contracts.lexicon import MAIL_PROVIDERS, PROVIDER_NAMES, SHORTEST_MISSPELT, SLIPPED_ENDINGS

_LONGEST: Final = max(map(len, MAIL_PROVIDERS)) + 1


@lru_cache(maxsize=100_000)
def provider_meant(domain: str) -> str | None:
    """The large provider of whose name this one, in lower case, is a slip of one key or another ending away.

    None for any other.
    """
    if domain in MAIL_PROVIDERS or len(domain) > _LONGEST:
        return None
    name, _, ending = domain.partition(".")
    if name in PROVIDER_NAMES and ending in SLIPPED_ENDINGS:
        return next(provider for provider in sorted(MAIL_PROVIDERS) if provider.partition(".")[0] == name)
    near = (provider for provider in sorted(MAIL_PROVIDERS) if _is_near(domain, provider))
    return next(near, None)


def _is_near(domain: str, provider: str) -> bool:
    return len(provider) >= SHORTEST_MISSPELT and OSA.distance(domain, provider, score_cutoff=1) == 1


class DomainWatch:
    """Notes odd domains of the rows that are left; ``misspelt`` counts the rows by domain."""

    def __init__(self, own: str) -> None:
        self._own = own.strip().lower()
        self.misspelt: Counter[str] = Counter()

    def look(self, emails: Sequence[str], domains: Iterable[str], found: Found) -> None:
        """Warn of the addresses, which have these domains; blank ones are those of rows that have ended."""
        odd = {domain: codes for domain in domains if (codes := self._codes(domain))}
        if not odd:
            return
        of_rows = [email.rpartition("@")[2] for email in emails]
        for index in compress(count(), map(odd.__contains__, of_rows)):
            domain = of_rows[index]
            for code in odd[domain]:
                found.warn(index, code)
            if provider_meant(domain):
                self.misspelt[domain] += 1

    def _codes(self, domain: str) -> list[str]:
        is_own = self._own and (domain == self._own or domain.endswith("." + self._own))
        return ["W341"] * bool(is_own) + ["W343"] * (provider_meant(domain) is not None)
