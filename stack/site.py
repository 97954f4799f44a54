"""A hook of mkdocs: what the documents name of the repository is no part of the site, so it is no link there."""

import re
from typing import Final

_OUTSIDE: Final = re.compile(
    r"\[([^\]]*)\]\((?:(?:\.\./)+(?:tests|services|shared|deploy|stack|README)[^)]*|[a-z-]+/)\)"
)


def on_page_markdown(markdown: str, **_: object) -> str:
    """The text of the page, with links that lead out of `docs`, or to a folder, as plain text."""
    return _OUTSIDE.sub(r"\1", markdown)
