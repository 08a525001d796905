"""`manage.py clock`: whether this host's clock is trusted, exit code 1 if not; `--trust` after a long pause."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from icpportal.operations.monitoring import clock_jumps


class Command(BaseCommand):
    help = (
        "Says whether this host's clock is trusted. After a jump, or a pause of more than a week, no deadline passes "
        "and nothing old is deleted until the clock is set right, or --trust says that it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--trust", action="store_true", help="this host's clock is right: deadlines pass by it")

    def handle(self, *, trust: bool, **options: str | int | None) -> None:
        now = timezone.now()
        if why := clock_jumps.differs() if trust else clock_jumps.doubt(now):
            raise CommandError(f"Not trusted: {why}. {'Correct the wrong one.' if trust else clock_jumps.TRUST}")
        if trust:
            clock_jumps.trust(now)
        self.stdout.write(f"{'Trusted' if trust else 'The clock is taken for right'}: {now:%Y-%m-%d %H:%M} UTC")
