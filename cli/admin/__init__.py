"""Setting up a system and looking after it: databases and topics, rights, keys, and the generated documents."""

import typer

from cli.admin import billers, certificates, doctor, documents, keys, rights, setup, topics

app = typer.Typer(no_args_is_help=True, help="Set up the system and look after it; generate documents.")
setup.add_to(app)
app.add_typer(rights.app, name="rights")
app.add_typer(billers.app, name="billers")
app.add_typer(topics.app, name="topics")
doctor.add_to(app)
keys.add_to(app)
certificates.add_to(app)
documents.add_to(app)
