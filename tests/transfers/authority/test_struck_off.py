"""The authority ends an access of its own accord: who is told, of what, and only once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from filings.models import Access, Website
from icpportal.gateways.miit.types import Answer, AnswerKind, Level, StruckRecord
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.filings.legacy_import.dumps import filing, load_rows
from tests.transfers import states
from tests.transfers.authority.test_outcomes_of_reports import answer, record, show
from tests.transfers.builders import make_order, make_user, moves
from tests.transfers.cancels import reload
from tests.transfers.test_after_import import bring_over
from transfers.authority.results import take_answer
from transfers.models import Duty, Order

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
NUMBER = "宁ICP备00000000号"
ACCESS_ID, WEBSITE_ID = 900001, 800001
EVERYBODY = {
    *((role, channel) for role in ("account", "subject_lead", "administrator") for channel in ("email", "sms")),
    ("account", "site"),
}
SAID = {"access_ended": ("stays valid", "仍然有效", "仍有效"), "filing_deleted": ("no longer valid", "已失效")}
OF_IMPORTS = {"access_ended": "imported_access_ended", "filing_deleted": "imported_filing_deleted"}
ENDS = (*SAID, *OF_IMPORTS.values(), "transfer_cancelled")


@pytest.fixture
def approved(settings: Any) -> Order:
    settings.MIIT_ISP_ID = 100001
    return approve(make_order(state=states.AUTHORITY_REVIEW, domain="example.com"))


def approve(order: Order) -> Order:
    granted = answer(AnswerKind.GRANTED, order, subject_number=NUMBER, site_number=f"{NUMBER}-1")
    take_answer(granted)
    Access.objects.filter(report_key=order.report_key).update(ministry_id=ACCESS_ID, since=NOW - timedelta(days=1))
    Website.objects.update(ministry_id=WEBSITE_ID)
    return reload(order)


def struck(level: Level, identity: int) -> Answer:
    return answer(AnswerKind.STRUCK, struck=StruckRecord(level, identity))


def lacking() -> Answer:
    """The record of the whole filing, in which our access is missing."""
    whole = record()
    other = replace(whole.sites[0].accesses[0], access_id=900002, provider=200002)
    return answer(AnswerKind.RECORD, record=replace(whole, sites=(replace(whole.sites[0], accesses=(other,)),)))


HOW = {
    "access": (lambda: struck(Level.ACCESS, ACCESS_ID), "access_ended"),
    "website": (lambda: struck(Level.SITE, WEBSITE_ID), "filing_deleted"),
    "missing": (lacking, "access_ended"),
}


def told() -> list[Message]:
    return list(Message.objects.filter(template__in=ENDS))


def readers_of(messages: list[Message]) -> set[tuple[str, str]]:
    return {(message.key.split(":")[2], message.channel) for message in messages}


@pytest.mark.parametrize("how", HOW)
def test_everybody_is_told_once_by_mail_and_text_that_the_authority_ended_it_and_whether_the_number_is_valid(
    approved: Order, how: str
) -> None:
    """Only a line in the timeline said so: a website without a provider may be deleted meanwhile."""
    end, template = HOW[how]
    ending = end()

    take_answer(ending)
    take_answer(ending)

    messages = told()
    assert {message.template for message in messages} == {template}
    assert readers_of(messages) == EVERYBODY
    assert len(messages) == len(EVERYBODY)
    texts = [" ".join(content_of(message).words.text.split()) for message in messages]
    assert [text for text in texts if not any(words in text for words in SAID[template])] == []
    assert moves(approved).count("access_ended") == 1


def test_who_cancels_it_at_that_moment_is_told_of_the_end_of_the_cancellation_and_nothing_else(approved: Order) -> None:
    website: dict[str, Any] = {"website": approved.website, "subject": approved.subject}
    make_order(approved.owner, kind=states.CANCELLATION, state=states.HANDING_OVER, domain=approved.domain, **website)

    take_answer(struck(Level.ACCESS, ACCESS_ID))

    assert {message.template for message in told()} == {"transfer_cancelled"}


def test_nobody_is_told_that_a_domain_left_which_came_here_again_by_another_order(approved: Order) -> None:
    Access.objects.create(website=Website.objects.get(), own=True, ministry_id=900003)

    take_answer(struck(Level.ACCESS, ACCESS_ID))

    assert told() == []


def test_nobody_is_told_of_an_order_that_was_erased(approved: Order) -> None:
    Order.objects.filter(pk=approved.pk).update(domain="")

    take_answer(struck(Level.ACCESS, ACCESS_ID))

    assert told() == []


def test_nobody_is_told_of_an_access_that_had_ended_before(approved: Order) -> None:
    Access.objects.update(ended_at=NOW - timedelta(days=400), ended_because="cancelled")

    take_answer(struck(Level.SITE, WEBSITE_ID))

    assert told() == []


@pytest.mark.parametrize("how", HOW)
def test_nobody_is_reminded_of_duties_of_an_approval_that_the_authority_ended(approved: Order, how: str) -> None:
    """ "Complete the public-security filing" was still asked for, of a website that has to go offline."""
    assert Duty.objects.filter(order=approved, done_at=None).exists()

    take_answer(HOW[how][0]())

    assert not Duty.objects.filter(order=approved, done_at=None).exists()


# --- first the access, then the filing ---


@pytest.mark.parametrize("how", ["access", "missing"])
def test_who_was_told_that_the_number_stays_valid_is_told_once_when_the_website_is_struck_off_too(
    client: Client, approved: Order, how: str
) -> None:
    """The number was dead, and the last word about it was "stays valid"."""
    take_answer(HOW[how][0]())
    deletion = struck(Level.SITE, WEBSITE_ID)

    take_answer(deletion)
    take_answer(deletion)

    assert [message.template for message in told()].count("access_ended") == len(EVERYBODY)
    later = [message for message in told() if message.template == "filing_deleted"]
    assert (readers_of(later), len(later)) == (EVERYBODY, len(EVERYBODY))
    assert moves(approved)[-2:] == ["access_ended", "filing_gone"]
    page = show(client, approved)
    assert "it is no longer valid" in page
    assert "stays valid" not in page


def test_only_the_last_order_of_a_website_tells_that_the_filing_is_gone(approved: Order) -> None:
    take_answer(struck(Level.ACCESS, ACCESS_ID))
    same: dict[str, Any] = {"answers": {"type": approved.answer("type")}, "subject_key": approved.subject_key}
    again = make_order(approved.owner, state=states.AUTHORITY_REVIEW, domain="example.com", **same)
    take_answer(answer(AnswerKind.GRANTED, again, subject_number=NUMBER, site_number=f"{NUMBER}-1"))

    take_answer(struck(Level.SITE, WEBSITE_ID))

    assert "filing_gone" not in moves(approved)
    assert {message.reference for message in told() if message.template == "filing_deleted"} == {again.reference}


# --- accesses that came by import ---


@pytest.fixture
def imported(tmp_path: Path, settings: Any) -> Access:
    settings.MIIT_ISP_ID = 100001
    load_rows(tmp_path / "dump.json", filing())
    bring_over(make_user())
    Access.objects.update(ministry_id=ACCESS_ID, since=NOW - timedelta(days=1))
    Website.objects.update(ministry_id=WEBSITE_ID)
    Message.objects.all().delete()
    return Access.objects.get()


def readers_of_imports() -> list[tuple[str, str]]:
    return sorted((message.template, message.channel) for message in told())


@pytest.mark.parametrize("how", HOW)
def test_the_account_of_an_imported_filing_is_told_once_what_the_authority_ended(imported: Access, how: str) -> None:
    """Nobody was told: no order has a timeline for it."""
    end, template = HOW[how]
    ending = end()

    take_answer(ending)
    take_answer(ending)

    channels = ("email", "site", "sms")
    assert readers_of_imports() == [(OF_IMPORTS[template], channel) for channel in channels]
    assert {message.user_id for message in told()} == {imported.website.owner_id}
    texts = [" ".join(content_of(message).words.text.split()) for message in told()]
    assert [text for text in texts if not any(words in text for words in SAID[template])] == []


def test_the_account_of_an_imported_filing_is_told_later_that_its_number_is_gone_too(imported: Access) -> None:
    take_answer(struck(Level.ACCESS, ACCESS_ID))
    take_answer(struck(Level.SITE, WEBSITE_ID))
    take_answer(struck(Level.SITE, WEBSITE_ID))

    assert {template for template, _channel in readers_of_imports()} == set(OF_IMPORTS.values())
    assert len(told()) == 2 * 3


def test_nobody_is_told_of_an_imported_filing_that_belongs_to_no_account(imported: Access) -> None:
    Website.objects.update(owner=None)

    take_answer(struck(Level.SITE, WEBSITE_ID))

    assert told() == []


def test_who_cancels_an_imported_access_at_that_moment_is_told_of_that_and_nothing_else(imported: Access) -> None:
    site = imported.website
    on_file: dict[str, Any] = {"website": site, "subject": site.subject}
    make_order(site.owner, kind=states.CANCELLATION, state=states.HANDING_OVER, domain=site.domain, **on_file)

    take_answer(struck(Level.ACCESS, ACCESS_ID))

    assert {message.template for message in told()} == {"transfer_cancelled"}
