"""Server-rendered pages: session, protection of forms, headers, templates and the design system."""

from shared.web.forms import text_in, too_long, whole_number
from shared.web.pages import (
    Form,
    SignedInVisitor,
    Visitor,
    attach,
    create_pages,
    host_of,
    render,
    see_other,
    web_of,
)
from shared.web.rendering import zone_of
from shared.web.settings import WebSettings

__all__ = [
    "Form",
    "SignedInVisitor",
    "Visitor",
    "WebSettings",
    "attach",
    "create_pages",
    "host_of",
    "render",
    "see_other",
    "text_in",
    "too_long",
    "web_of",
    "whole_number",
    "zone_of",
]
