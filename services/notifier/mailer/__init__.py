"""The mail with the log: written from the database, sent by a worker, tried until it is taken or given up."""

from services.notifier.mailer.post_office import PostOffice
from services.notifier.mailer.worker import TRY_SECONDS, Mailer

__all__ = ["TRY_SECONDS", "Mailer", "PostOffice"]
