"""Asks the validation service how it would decide a row that somebody corrects."""

import asyncio
from typing import Final
from weakref import WeakValueDictionary

import httpx

from shared.contracts.row_check import ROW_CHECK, RowCheck, RowJudged
from shared.errors import Unavailable, error_types
from shared.logging import get_logger

_SECONDS: Final = 3.0
_AT_ONCE: Final = 4  # each takes a connection of the other service's database for a moment

log = get_logger()


class RowChecks:
    """Without an address nothing is asked. It asks as the person, so the other service knows whose rights count."""

    def __init__(self, url: str = "", client: httpx.AsyncClient | None = None) -> None:
        self._client = client or (
            httpx.AsyncClient(base_url=url, timeout=_SECONDS, trust_env=False, follow_redirects=False) if url else None
        )
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._own: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by whoever asks, one at a time

    @property
    def are_on(self) -> bool:
        return self._client is not None

    async def judge(self, authorization: str, asked: RowCheck) -> RowJudged:
        """Raises Unavailable where there is no answer in time."""
        if self._client is None:
            raise unavailable()
        own = self._own.setdefault(authorization, asyncio.Lock())
        try:
            async with asyncio.timeout(_SECONDS), own, self._turns:
                headers = {"authorization": authorization, "content-type": "application/json"}
                answer = await self._client.post(ROW_CHECK, content=asked.model_dump_json(), headers=headers)
                return RowJudged.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            log.warning("row_not_checked", error_types=error_types(error))
            raise unavailable() from None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()


def unavailable() -> Unavailable:
    title, remedy = "The row can't be checked at the moment", "It is checked with the others when you send them"
    return Unavailable("row_check_unavailable", title, remedy=remedy)
