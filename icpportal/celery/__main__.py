"""`python -m icpportal.celery worker …` and `… beat …`: Celery's two server commands, with Celery's options.

`celery -A icpportal worker` does the same, but loads all of Celery's commands first; one of them imports a command-line
editor that takes 16 MB of every process.
"""

import sys

import click
from celery.bin.base import CLIContext
from celery.bin.beat import beat
from celery.bin.worker import worker

from icpportal.celery.application import app


@click.group()
@click.pass_context
def serve(context: click.Context) -> None:
    """The background processes: workers, and one beat."""
    context.obj = CLIContext(app=app, no_color=True, workdir=None)


for command in (worker, beat):
    command.params.extend(app.user_options[command.name])
    serve.add_command(command)

if __name__ == "__main__":
    given = sys.argv[1:]
    # after a SIGHUP Celery starts `python` with these words again; as a file this module finds nothing of the portal
    sys.argv = ["-m", "icpportal.celery", *given]
    serve(given, prog_name="python -m icpportal.celery")
