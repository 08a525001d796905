"""The mover's requests about pictures: sends them like an upload, checks again, reports the state of each.

A process for each request took two seconds of computing, and there are many requests.
"""

from django.utils import translation

from icpportal.outbox.wake import wake_worker
from tests.verification.documents import pictures, strangers
from verification.documents import actions
from verification.documents.upload_messages import reason_of
from verification.models.documents import Document


def send_pictures(bad: list[str]) -> None:
    """Ten good pictures, and in the middle one bad picture for each of these acts."""
    good = pictures.jpeg()
    for number, content in enumerate([good] * 5 + [strangers.acting(good, act) for act in bad] + [good] * 5):
        actions.receive(kind="lead_id", upload=pictures.upload(content), holder=f"T7Q4-{number:04}")


def look_again() -> None:
    """Checks again, as the sweep does after a while."""
    for each in Document.objects.filter(state="checking"):
        wake_worker(actions.TASK, each.pk)


def seen_pictures() -> list[tuple[str, int, str, bool]]:
    """State, tries and reason of each, and whether a worker is examining it now."""
    with translation.override("en"):
        documents = Document.objects.order_by("holder")
        return [
            (each.state, each.tries, str(reason_of(each)) if each.reason else "", each.lease is not None)
            for each in documents
        ]
