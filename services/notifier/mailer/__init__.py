"""The mail with the log: written from the database, sent by a worker, tried until it is taken or given up."""

from services.notifier.mailer.customers import Customers
from services.notifier.mailer.notices import Notices
from services.notifier.mailer.post_office import PostOffice
from services.notifier.mailer.trying import TRY_SECONDS
from services.notifier.mailer.worker import Mailer

__all__ = ["TRY_SECONDS", "Customers", "Mailer", "Notices", "PostOffice"]
