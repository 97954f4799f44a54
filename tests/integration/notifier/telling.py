"""What mails people get of imports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from services.notifier.links import Links
from services.notifier.mailer import Notices, PostOffice
from services.notifier.mailer.message import MessageWriter
from stack.ports import free_port
from tests.integration.notifier.browsing import UNSUBSCRIBING
from tests.integration.notifier.test_mailer import Handler, Post
from tests.integration.notifier.world import Imported, World

PEOPLE = ("iris", "paula", "nora")
LINKS = Links("https://status.example.com", "https://import.example.com")


@dataclass
class Told:
    """What mails people get."""

    post: Post
    world: World

    def notices(self, links: Links = LINKS) -> Notices:
        office = PostOffice("127.0.0.1", self.post.port, starttls=False, timeout_seconds=5, sender="i@example.com")
        return Notices(self.world.database, office, MessageWriter("i@example.com"), links, UNSUBSCRIBING)

    async def now(self) -> list[EmailMessage]:
        """Everything that is due is sent; what was taken since the last look."""
        before = len(self.post.handler.taken)
        while await self.notices().step():
            pass
        return self.post.handler.taken[before:]

    async def to(self) -> list[str]:
        return sorted(str(message["To"]).split("@")[0] for message in await self.now())

    async def states(self, imported: Imported) -> list[str]:
        rows = await self.world.admin.fetch(
            "SELECT state FROM notification.notice WHERE import_id = $1 ORDER BY queued_at", imported.import_id
        )
        return [row["state"] for row in rows]


@asynccontextmanager
async def telling(world: World) -> AsyncIterator[Told]:
    """A mail server that takes everything, and people who have signed in; nobody was told of anything yet."""
    for table in ("notice", "notice_choice", "watch", "mail"):
        await world.admin.execute(f"DELETE FROM notification.{table}")
    for name in PEOPLE:
        await world.admin.execute(
            "INSERT INTO mapping.person (subject, name, email) VALUES ($1, $1, $2) ON CONFLICT DO NOTHING",
            *(name, f"{name}@example.com"),
        )
    post = Post(Handler(), free_port(), world)
    post.start()
    yield Told(post, world)
    post.stop()
    await world.admin.execute("DELETE FROM mapping.person")


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    content: str = body.get_content()
    return content
