"""`python -m icpportal.celery worker …` and `… beat …`: Celery's two commands that serve, with Celery's options.

`celery -A icpportal worker` does the same, and reads all of Celery's commands first. One of them brings an editor of
command lines, which takes 16 MB of every process for good.
"""

import click
from celery.bin.base import CLIContext
from celery.bin.beat import beat
from celery.bin.worker import worker

from icpportal.celery.application import app


@click.group()
@click.pass_context
def serve(context: click.Context) -> None:
    """The processes that serve beside the web: workers, and beat, of which there is one."""
    context.obj = CLIContext(app=app, no_color=True, workdir=None)


for command in (worker, beat):
    command.params.extend(app.user_options[command.name])
    serve.add_command(command)

if __name__ == "__main__":
    serve(prog_name="python -m icpportal.celery")
