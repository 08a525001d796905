"""Values to compare with a paper or the filing are unmasked on a case; the rest is masked until requested."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import make_order, make_reviewer, subject_answers, type_answers
from tests.transfers.review.desk import case_of, english, press, read
from transfers.check.readiness import advice_kept
from transfers.models import Order, ReviewDraft
from transfers.review.cases.parts.masks import ADDRESS, MASKS, masks_of
from transfers.review.leases import assign_to_me, release

pytestmark = pytest.mark.django_db
MOBILE, EMAIL = "subject.lead_phone1", "administrator.admin_email"


def make_held(**columns: object) -> tuple[Order, User]:
    order, reviewer = make_order(state=states.SUBMITTED, **columns), make_reviewer()
    assign_to_me(order, reviewer)
    return order, reviewer


def value(order: Order, part: str) -> str:
    step, _dot, name = part.partition(".")
    return str(order.answer(step)[name])


def part_of(client: Client, order: Order, part: str) -> str:
    """The content of a part, without the margins between the groups of a number."""
    anchor = f'id="p-{part.replace(".", "-").replace("_", "-")}"'
    html = client.get(case_of(order)).content.decode()
    return html.replace('</span><span class="g">', "").partition(anchor)[2].partition("</article>")[0]


def show(client: Client, order: Order, part: str, reason: str = "show-call", words: str = "", **typed: str) -> str:
    asked = {f"show-reason.{part}": reason, f"show-words.{part}": words, **typed}
    answer = press(client, order, f"show:{part}", **asked)
    return client.get(answer.url).content.decode() if answer.status_code == 302 else str(answer.status_code)


def test_names_and_numbers_are_unmasked_and_values_on_no_paper_are_masked(client: Client) -> None:
    order, reviewer = make_held()
    english(client, reviewer)
    html = client.get(case_of(order)).content.decode().replace('</span><span class="g">', "")

    people = ("subject.lead", "administrator.admin")
    compared = [value(order, f"{person}_{name}") for person in people for name in ("name", "id_number")]
    masked = {value(order, part) for part in MASKS if order.answer(part.partition(".")[0]).get(part.partition(".")[2])}

    assert [each in html for each in (*compared, order.answer("type")["id_number"])] == [True] * 5
    assert len(masked) >= 4
    assert {each for each in masked if each in html} == set()


def test_a_masked_value_is_shown_to_a_reviewer_with_a_reason_and_to_nobody_else(client: Client) -> None:
    order, reviewer = make_held()
    english(client, reviewer)

    said = show(client, order, MOBILE, words="booked for 15:00", **{"verdict.subject.lead_name": "ok"})

    assert "Shown in full, and written down" in said
    assert value(order, MOBILE) in part_of(client, order, MOBILE)
    assert value(order, EMAIL) not in part_of(client, order, EMAIL)
    assert 'value="show:' not in part_of(client, order, MOBILE)
    looks = AccessNote.objects.exclude(what="order").values_list(
        "actor", "what", "reference", "reason", "times", "client"
    )
    why = "show-call: booked for 15:00"
    assert list(looks) == [(reviewer.pk, f"shown {MOBILE}", order.reference, why, 1, "127.0.0.1")]
    assert ReviewDraft.objects.get().typed == {"verdict.subject.lead_name": "ok"}, "what was typed came along"
    release(order, reviewer)
    colleague = make_reviewer()
    assign_to_me(read(order), colleague)
    assert value(order, MOBILE) not in part_of(english(Client(), colleague), order, MOBILE)


@pytest.mark.parametrize(
    ("part", "reason", "words"),
    [
        *((MOBILE, "", words) for words in ("", "x", "lease")),
        (MOBILE, "nothing", ""),
        ("subject.lead_name", "show-call", ""),
    ],
)
def test_without_a_reason_or_a_mask_nothing_is_shown_or_recorded(
    client: Client, part: str, reason: str, words: str
) -> None:
    order, reviewer = make_held()

    html = show(english(client, reviewer), order, part, reason, words)

    assert ("Not shown: choose why" in html, "This value is not masked" in html) == (part == MOBILE, part != MOBILE)
    assert value(order, MOBILE) not in html.replace('</span><span class="g">', "")
    assert not AccessNote.objects.filter(what__startswith="shown").exists()


def test_without_access_to_the_case_no_value_is_shown(client: Client) -> None:
    order = make_order(state=states.APPROVED)
    client = english(client, make_reviewer())

    assert "What do you need to see it for?" in show(client, order, MOBILE)
    assert AccessNote.objects.count() == 0


def test_a_shown_value_is_masked_again_once_the_case_is_released_and_claimed_again(client: Client) -> None:
    order, reviewer = make_held()
    english(client, reviewer)
    show(client, order, MOBILE)
    later = timezone.now() + timedelta(minutes=2)

    release(order, reviewer)
    assign_to_me(read(order), reviewer, now=later)

    assert value(order, MOBILE) not in part_of(client, order, MOBILE)


def test_a_masked_value_says_whether_it_equals_the_one_on_file(client: Client) -> None:
    order, reviewer = make_held()
    kept = advice_kept(order)
    kept["record"] = {"lead_phone1": value(order, MOBILE), "lead_email": "other@example.com"}
    order.advice = kept
    order.save(update_fields=["advice"])
    english(client, reviewer)

    same, other = part_of(client, order, MOBILE), part_of(client, order, "subject.lead_email")

    assert ("is-same" in same, "is-hot" in other) == (True, True)
    assert ("other@example.com" in other, "o***@example.com" in other) == (False, True)


@pytest.mark.parametrize(("nature", "is_masked"), [("individual", True), ("enterprise", False)])
def test_the_address_of_a_person_is_masked_and_that_of_a_company_is_not(nature: str, is_masked: bool) -> None:
    answers = {"type": {**type_answers(), "nature": nature}, "subject": subject_answers()}

    assert (ADDRESS in masks_of(make_order(state=states.SUBMITTED, answers=answers))) == is_masked


def test_the_auditor_reads_which_value_was_shown_but_not_the_value(client: Client) -> None:
    from tests.transfers.review.test_auditor import auditor, rows_of

    order, reviewer = make_held()
    show(english(client, reviewer), order, MOBILE, "", "second letter came back")

    html = rows_of(english(Client(), auditor()))
    lists = [reverse(f"admin:{name}_changelist") for name in ("privacy_accessnote", "audit_auditentry")]
    listed = [english(Client(), auditor()).get(url).content.decode() for url in lists]

    in_chinese = english(Client(), auditor())
    in_chinese.cookies["django_language"] = "zh-hans"
    assert "显示完整内容：" in in_chinese.get(lists[0]).content.decode()
    for page in (html, *listed):
        assert "Shown in full: " in page
        assert "second letter came back" in page
        assert value(order, MOBILE) not in page
