"""Pages ask how long the session lasts, so that people are warned before it ends."""

from shared.web.open_sessions import id_of
from tests.e2e.pages.conftest import Browser, World

_LEFT_ALONE = """
    INSERT INTO mapping.web_session (id, last_seen_at) VALUES ($1, now() - make_interval(mins => $2))
    ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at
"""


async def left_alone(world: World, browser: Browser, minutes: int) -> None:
    await world.admin.execute(_LEFT_ALONE, id_of(browser.session), minutes)


async def test_a_session_that_is_left_alone_says_so_and_is_kept_by_using_it(world: World) -> None:
    browser = world.browser("ivy")
    await left_alone(world, browser, 20)
    left = (await browser.get("/session/left")).json()
    assert left["is_left_alone"] is False
    assert 500 < left["seconds"] <= 600
    await left_alone(world, browser, 26)
    for _ in range(2):  # to look is no use of it
        assert (await browser.get("/session/left")).json()["is_left_alone"] is True
    assert (await browser.get("/session")).status_code == 200
    assert (await browser.get("/session/left")).json()["is_left_alone"] is False


async def test_a_session_that_has_ended_is_said_to_have(world: World) -> None:
    browser = world.browser("ivy")
    await left_alone(world, browser, 31)
    assert (await browser.get("/session/left")).status_code == 401
    assert (await world.stranger().get("/session/left")).status_code == 401


async def test_every_page_says_how_long_its_session_lasts(world: World) -> None:
    text = (await world.browser("ivy").get("/")).text
    assert 'data-session-seconds="' in text
    assert 'data-session-idle="1800"' in text
    assert "data-session-seconds" not in (await world.stranger().get("/sign-in")).text
