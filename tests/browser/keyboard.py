"""A person without a mouse."""

from typing import Final

from playwright.async_api import Locator, Page, expect

from tests.support.imports import until

_MOST_STOPS: Final = 120
_HAS_FOCUS: Final = "element => element === document.activeElement"
_UNSEEN: Final = """() => {
  const shown = (element) => {
    const style = getComputedStyle(element);
    const isHidden = element.getBoundingClientRect().width < 2;
    return !isHidden && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const element = document.activeElement;
  const isSeen = element === document.body || [element, ...(element.labels ?? [])].some(shown);
  return isSeen ? "" : element.outerHTML.slice(0, 300);
}"""


class Keyboard:
    """Presses keys, and looks where the focus is."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def reach(self, target: Locator) -> None:
        """Tab until it has the focus, which can be seen at every stop."""
        await expect(target).to_be_visible()
        for _ in range(_MOST_STOPS):
            if await target.evaluate(_HAS_FOCUS):
                return
            await self._page.keyboard.press("Tab")
            await self._assert_seen()
        raise AssertionError(f"{target} cannot be reached with Tab")

    async def press(self, target: Locator, key: str = "Enter") -> None:
        """Reach it and press a key there."""
        await self.reach(target)
        await self._page.keyboard.press(key)

    async def type(self, target: Locator, text: str) -> None:
        """Reach it and type, in the place of what stands there."""
        await self.reach(target)
        await self._page.keyboard.press("ControlOrMeta+a")
        await self._page.keyboard.type(text)

    async def _assert_seen(self) -> None:
        async def look() -> bool:
            return not await self._page.evaluate(_UNSEEN)

        try:
            await until(look, "a focus that can be seen", limit=10)
        except AssertionError:
            raise AssertionError(f"The focus cannot be seen on {await self._page.evaluate(_UNSEEN)}") from None
