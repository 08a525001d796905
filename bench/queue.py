"""`python -m bench.queue`: the review desk, the sweeps and an applicant's pages over an archive of 10,000 orders."""

from bench import world  # first: it sets the portal up

# isort: split
from django.urls import reverse
from django.utils import timezone

from icpportal.operations.cleanup import cleanup
from icpportal.operations.reconcile import reconcile
from tests.transfers import states
from tests.transfers.archive import fill
from tests.transfers.builders import make_reviewer, make_user
from transfers.deadlines.sweep import sweep
from transfers.models import Order
from transfers.review.baskets.rows import baskets

NUMBER = 10_000


def main() -> None:
    world.prepare()
    owners = [make_user(mobile=f"137{place:08d}") for place in range(50)]
    fill(NUMBER, owners)
    reviewer = world.browser(make_reviewer())
    applicant = world.browser(owners[0])
    queue = reverse("admin:transfers_order_changelist")
    order = Order.objects.filter(state=states.SUBMITTED, domain__startswith="archive").first()
    pages = {
        "queue, waiting for us": queue,
        "queue, mine": f"{queue}?queue=mine",
        **{f"queue, {basket.key}": f"{queue}?queue={basket.key}" for basket in baskets()},
        "queue, search by domain": f"{queue}?q=archive77.com",
        "case": reverse("admin:transfers_order_case", args=[order.pk]),
    }
    world.heading(f"Over {NUMBER} orders")
    for name, path in pages.items():
        world.measure(f"desk  {name}", lambda path=path: reviewer.get(path), times=10, expect=200)
    world.measure("page  my filings", lambda: applicant.get("/filings/"), times=10, expect=200)
    now = timezone.now()
    for name, job in (("sweep", sweep), ("reconcile", reconcile), ("tidy", cleanup)):
        world.measure(f"clock {name}", lambda job=job: job(now=now), times=10)


if __name__ == "__main__":
    main()
