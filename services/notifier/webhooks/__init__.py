"""Tells other systems of imports by signed requests, as Standard Webhooks say."""

from services.notifier.webhooks.sender import SEND_SECONDS, Sender

__all__ = ["SEND_SECONDS", "Sender"]
