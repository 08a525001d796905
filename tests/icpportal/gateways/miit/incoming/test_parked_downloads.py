"""A parked download dealt with by hand is closed by two people at the desk; one resolved by itself needs nobody."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from icpportal.accounts import roles
from icpportal.alarms.actions import open_alarm
from icpportal.alarms.models import Alarm
from icpportal.desk.event_lines import in_each_language
from icpportal.desk.proposals import ProposalRefused
from icpportal.gateways.miit.incoming import damage, inbox, parked_downloads
from icpportal.gateways.miit.line import retention
from icpportal.gateways.miit.models import InboxFile
from icpportal.gateways.miit.operations.status import interface_status
from tests.icpportal.gateways.miit.ministry_rows import ISP, START
from tests.transfers.together import together, words

LIST = "admin:miit_inboxfile_changelist"
TASK = "HSRW is only stored"
WHY = "answered by letter on Monday"


@pytest.fixture(autouse=True)
def in_english_without_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = False
    settings.MIIT_XSD_DIR = ""
    with translation.override("en"):
        yield


def person(name: str, role: str = roles.OPERATIONS):
    roles.ensure()
    user = get_user_model().objects.create_user(
        email=f"{name}@example.com", password="a-long-password-1", name=name, is_staff=True
    )
    roles.give(user, role)
    return user


def tab(user) -> Client:
    """A browser with this person signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def park(name: str = "task.xml", **columns) -> InboxFile:
    facts = {"isp_id": ISP, "digest": name, "state": "parked", "reason": TASK, "received_at": START}
    return InboxFile.objects.create(name=name, **{**facts, **columns})


def act(client: Client, action: str, *rows: InboxFile, **more: str) -> str:
    """Runs an action on these downloads; returns the page's text afterwards."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    page = client.post(reverse(LIST), chosen, follow=True)
    return "\n".join(str(each) for each in (page.context or {}).get("messages", ()))


def state(row: InboxFile) -> str:
    return InboxFile.objects.values_list("state", flat=True).get(pk=row.pk)


def log_entries() -> list[tuple[str, str]]:
    found = LogEntry.objects.order_by("pk").values_list("user__email", "change_message")
    return [(email, (in_each_language(words) or {})["en"]) for email, words in found]


@pytest.mark.django_db
def test_what_an_action_did_is_said_in_chinese_with_its_own_colon():
    row, reader = park(), person("first")
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(reader)

    asked = act(client, "propose_closing", row, reason=WHY)
    again = act(client, "propose_closing", row, reason=WHY)

    assert (asked.endswith("：1"), again.startswith("task.xml：")) == (True, True), (asked, again)


@pytest.mark.django_db
def test_one_person_asks_with_a_reason_and_another_closes_it_both_in_the_log():
    row, first, second = park(), tab(person("first")), tab(person("second"))

    assert "Enter a reason next to the action." in act(first, "propose_closing", row)
    assert "First one person has to propose it" in act(second, "confirm_closing", row)
    assert (state(row), log_entries()) == ("parked", [])
    assert "asked to close: 1" in act(first, "propose_closing", row, reason=WHY)
    assert state(row) == "parked"
    page = second.get(reverse(LIST)).content.decode()
    assert "A second person reads it and the reason, then closes it or declines" in page
    assert f"Asked by first: {WHY}" in page
    assert "closed: 1" in act(second, "confirm_closing", row)

    row.refresh_from_db()
    assert (row.state, row.reason, row.proposed_by.email, row.closed_by.email) == (
        "processed", TASK, "first@example.com", "second@example.com",
    )  # fmt: skip
    assert log_entries() == [("first@example.com", f"asked to close: {WHY}"), ("second@example.com", "closed")]


@pytest.mark.django_db
def test_the_asker_cannot_close_it_in_another_tab_either():
    row, first = park(), person("first")
    act(tab(first), "propose_closing", row, reason=WHY)

    assert "a second person does" in act(tab(first), "confirm_closing", row)
    assert (state(row), len(log_entries())) == ("parked", 1)
    with pytest.raises(IntegrityError):
        InboxFile.objects.update(closed_by=first)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [roles.AUDITOR, roles.LEAD_REVIEWER, roles.REVIEWER])
@pytest.mark.parametrize("action", ["propose_closing", "confirm_closing", "decline_closing"])
def test_without_the_permission_nobody_can_ask_close_or_decline(role, action):
    row = park()
    parked_downloads.propose(row, actor=person("first"), because=WHY)
    other = park("other.xml")

    act(tab(person("other", role)), action, row, other, reason="r")

    assert list(InboxFile.objects.order_by("pk").values_list("state", "proposed_because")) == [
        ("parked", WHY), ("parked", ""),
    ]  # fmt: skip
    assert log_entries() == []


@pytest.mark.django_db
def test_a_declined_request_leaves_the_download_parked_and_can_be_repeated():
    row, first, second = park(), tab(person("first")), tab(person("second"))
    act(first, "propose_closing", row, reason=WHY)

    assert "declined: 1" in act(second, "decline_closing", row)

    assert "Nothing is proposed for it" in act(second, "decline_closing", row)
    assert "First one person has to propose it" in act(second, "confirm_closing", row)
    assert "asked to close: 1" in act(second, "propose_closing", row, reason="checked")
    assert "closed: 1" in act(first, "confirm_closing", row)
    assert log_entries()[:2] == [("first@example.com", f"asked to close: {WHY}"), ("second@example.com", "declined")]


@pytest.mark.django_db
def test_only_parked_downloads_can_be_requested():
    rows = [park(f"{name}.xml", state=name) for name in ("stored", "acknowledged", "processed")]

    said = act(tab(person("first")), "propose_closing", *rows, reason=WHY)

    assert said.count("It is not parked.") == 2
    assert "processed.xml: It has been read in since and needs nobody any more" in said
    assert not InboxFile.objects.exclude(proposed_by=None).exists()


@pytest.mark.django_db
def test_a_download_resolved_in_the_meantime_needs_nobody_and_the_request_ends():
    damaged = park("bad.xml", damaged_at=START, reason="the hash does not match the file", processed_at=START)
    first, second = tab(person("first")), tab(person("second"))
    open_alarm(damage.ALARM, reference="bad.xml", now=START)
    act(first, "propose_closing", damaged, reason=WHY)
    assert "one person wants it closed" in interface_status(now=START).needs[0]

    whole = park("bad.xml", digest="whole", state="acknowledged", reason="")
    damage.heal(whole, now=START + timedelta(hours=1))

    assert interface_status(now=START).needs == []
    page = second.get(reverse(LIST)).content.decode()
    assert "Nothing: it was taken in before a second person closed it" in page
    assert "A second person reads it" not in page
    said = act(second, "confirm_closing", damaged)
    assert "It has been read in since and needs nobody any more" in said
    damaged.refresh_from_db()
    assert (damaged.state, damaged.reason, damaged.closed_by) == ("processed", damage.CAME_WHOLE, None)
    assert not Alarm.objects.filter(cleared_at=None).exists()


@pytest.mark.django_db
def test_one_person_reads_a_download_again_and_the_request_to_close_it_ends(monkeypatch):
    row, first = park(), tab(person("first"))
    act(first, "propose_closing", row, reason=WHY)

    def taken(pk: int) -> bool:
        return bool(InboxFile.objects.filter(pk=pk).update(state="processed"))

    monkeypatch.setattr(inbox, "read_again", taken)

    assert "read again: 1" in act(first, "read_again", row)
    assert "needs nobody any more" in act(tab(person("second")), "confirm_closing", row)
    assert InboxFile.objects.get().closed_by is None


@pytest.mark.django_db
def test_content_stays_until_people_have_closed_it_and_is_deleted_then():
    """It was destroyed after a hundred days although nobody had dealt with it."""
    row, first, second = park(body=b"x", key="k"), person("first"), person("second")
    later = START + timedelta(days=400)
    parked_downloads.propose(row, actor=first, because=WHY)

    assert retention.forget(now=later).downloads == 0
    parked_downloads.confirm(row, actor=second, now=later)

    assert retention.forget(now=later).downloads == 1
    assert InboxFile.objects.get().key == ""


@pytest.mark.django_db
def test_the_status_says_that_a_second_person_is_needed():
    row = park(processed_at=START)
    parked_downloads.propose(row, actor=person("first"), because=WHY)

    assert interface_status(now=START + timedelta(hours=3)).needs == [
        "download task.xml parked for 3 hours: one person wants it closed; "
        "a second one closes it or declines, at the review desk"
    ]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_close_it_once():
    row, people = park(), [person(name) for name in ("second", "third")]
    parked_downloads.propose(row, actor=person("first"), because=WHY)

    ends = together(*(lambda actor=actor: parked_downloads.confirm(row, actor=actor) for actor in people))

    assert words(ends) == ["ProposalRefused", "done"]
    with pytest.raises(ProposalRefused, match="It is closed already"):
        parked_downloads.confirm(InboxFile.objects.get(), actor=people[0])
    assert InboxFile.objects.get().closed_by in people


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_request_allowed_and_declined_at_once_ends_in_one_way():
    row, second = park(), person("second")
    parked_downloads.propose(row, actor=person("first"), because=WHY)

    ends = together(lambda: parked_downloads.confirm(row, actor=second), lambda: parked_downloads.decline(row))

    assert words(ends) == ["ProposalRefused", "done"]
    row.refresh_from_db()
    assert (row.state == "processed") is (row.proposed_by is not None) is (row.closed_by is not None)
