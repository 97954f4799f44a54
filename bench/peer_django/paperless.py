"""Models and resources for the paperless file."""

import csv
import time
from itertools import islice
from pathlib import Path
from typing import ClassVar, Final

import tablib
from django.db import connection, models, transaction
from import_export import resources
from import_export.instance_loaders import CachedInstanceLoader

_BATCH: Final = 2_000
_OWNERS: Final = """
SELECT c.account_number, c.id, k.login_id
FROM customer c JOIN customer_login_link k ON k.customer_id = c.id AND k.role = 'owner'
WHERE c.biller_id = %s
"""
_TYPES: Final = "SELECT id FROM invoice_type WHERE biller_id = %s"


class Login(models.Model):
    """What of a login the file changes."""

    id = models.BigAutoField(primary_key=True)
    email = models.TextField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "login"

    def __str__(self) -> str:
        return str(self.pk)


class Enrollment(models.Model):
    """What the file adds."""

    id = models.BigAutoField(primary_key=True)
    customer_id = models.BigIntegerField()
    invoice_type_id = models.BigIntegerField()
    status = models.TextField()
    origin = models.TextField(default="import")

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "paperless_enrollment"

    def __str__(self) -> str:
        return str(self.pk)


class _Fast:
    use_bulk = True
    batch_size = _BATCH
    skip_diff = True
    skip_unchanged = True
    report_skipped = False
    use_transactions = True
    clean_model_instances = False


class Logins(resources.ModelResource):
    """Emails of logins, by id."""

    class Meta(_Fast):
        model = Login
        fields = ("id", "email")
        instance_loader_class = CachedInstanceLoader


class Enrollments(resources.ModelResource):
    """New enrollments. There are none yet, and its cache takes one key only, so none is looked for."""

    class Meta(_Fast):
        model = Enrollment
        fields = ("customer_id", "invoice_type_id", "status")
        import_id_fields: ClassVar[list[str]] = ["customer_id", "invoice_type_id"]
        force_init_instance = True


def run(biller_id: int, file: str, rows: int) -> float:
    """Seconds from the file to the commit."""
    started = time.perf_counter()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_OWNERS, [biller_id])
            owners = {number: (customer_id, login_id) for number, customer_id, login_id in cursor.fetchall()}
            cursor.execute(_TYPES, [biller_id])
            types = [row[0] for row in cursor.fetchall()]
        logins = tablib.Dataset(headers=["id", "email"])
        enrollments = tablib.Dataset(headers=["customer_id", "invoice_type_id", "status"])
        with Path(file).open(encoding="utf-8", newline="") as stream:
            for row in islice(csv.DictReader(stream), rows):
                customer_id, login_id = owners["WTR-" + row["Cust No"]]
                logins.append((login_id, row["Email"]))
                for invoice_type_id in types:
                    enrollments.append((customer_id, invoice_type_id, "pending"))
        Logins().import_data(logins, dry_run=False, raise_errors=True)
        Enrollments().import_data(enrollments, dry_run=False, raise_errors=True)
    return time.perf_counter() - started
