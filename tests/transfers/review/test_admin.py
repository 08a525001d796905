"""The review desk: the queue, the case page, and that each role can do exactly what belongs to it."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import (
    administrator_answers,
    make_lead_reviewer,
    make_order,
    make_ready_document,
    make_reason,
    make_reviewer,
    make_user,
    moves,
    sign_in,
    subject_answers,
    type_answers,
    website_answers,
)
from tests.transfers.cancels import make_website, prove
from tests.transfers.outside import cost
from tests.transfers.review.desk import ALTHOUGH, all_ok, case_of, english, open_unmasked, press, read
from transfers.calls import actions as calls
from transfers.cancellation import cause as for_cause
from transfers.check.readiness import advice_kept
from transfers.models import Objection, Order, ParkedAnswer
from transfers.orders import actions
from transfers.review.cases.buttons import ACTIONS
from transfers.review.leases import assign_to_me

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:transfers_order_changelist")
XSS = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"


def staff(role):
    make_reviewer()  # creates the roles
    if role == "reviewer":
        return make_reviewer()
    if role == "lead":
        return make_lead_reviewer()
    if role == "viewer":
        user = make_user(held_roles=(OPERATIONS,))
        user.groups.clear()
        user.user_permissions.set(Permission.objects.filter(codename="view_order"))
        return user
    return make_user(held_roles=({"auditor": AUDITOR, "operations": OPERATIONS}[role],))


# --- who may do what -------------------------------------------------------------------------

# a move, an order it applies to, and the form data
CASES = {
    "claim": (states.SUBMITTED, {}),
    "release": (states.SUBMITTED, {}),
    "accept": (states.SUBMITTED, {}),
    "send_back": (
        states.SUBMITTED,
        {"reason.website.site_name": "own", "words.website.site_name": "改名称", **ALTHOUGH},
    ),
    "accept_photo": (states.PHOTO_REVIEW, {}),
    "refuse_photo": (states.PHOTO_REVIEW, {"reason": "own", "words": "重拍"}),
    "call": (states.SUBMITTED, {"call-to": "subject_lead", "call-words": "证件号码差一位"}),
    "refuse": (states.SUBMITTED, {"words": "网站内容不适合"}),
    "take_over": (states.SUBMITTED, {}),
}
MAY = {"reviewer": set(CASES) - {"refuse", "take_over"}, "lead": set(CASES)}
# tested in test_colleagues.py, test_decisions.py and test_second_person.py
ELSEWHERE = {
    "look",
    "show",
    "keep",
    "discard",
    "to_return",
    "to_accept",
    "take_back",
    "hand_on",
    "ask",
    "answer",
    "note",
}
ELSEWHERE |= {"allow_request", "decline_request", "withdraw_request"}
ELSEWHERE |= {"to_second", "to_first", "confirm", "send_to_first", "judge_again"}  # in test_second_look.py


def test_every_button_of_the_case_page_is_tested_below():
    assert set(CASES) == set(ACTIONS) - ELSEWHERE


@pytest.mark.parametrize("role", ["reviewer", "lead", "auditor", "operations", "viewer"])
@pytest.mark.parametrize("move", CASES)
def test_a_role_can_do_what_belongs_to_it_and_nothing_else(client, role, move):
    state, data = CASES[move]
    order = make_order(state=state)
    user = staff(role)
    before = (order.state, order.reviewer_id, order.version, 0)
    typed = {**data, **(all_ok(order) if move in ("accept", "accept_photo") else {})}

    answer = press(prove(client, user), order, move, **typed)

    now = read(order)
    after = (now.state, now.reviewer_id, now.version, order.events.count())
    if move in MAY.get(role, ()):
        assert answer.status_code == 302
        assert after != before or move == "release"
        return
    assert answer.status_code == 403
    assert after == before


@pytest.mark.parametrize("held_roles", [("applicant",)])
def test_an_applicant_finds_no_desk(client, held_roles):
    order = make_order(state=states.SUBMITTED)

    answers = [open_unmasked(sign_in(client, order.owner), order), press(client, order, "accept"), client.get(QUEUE)]

    assert all(answer.status_code in (302, 404) for answer in answers)
    assert read(order).state == states.SUBMITTED


@pytest.mark.parametrize("move", ["grant", "lapse", "submit", "", "__class__"])
def test_a_move_without_a_button_is_refused(client, move):
    order = make_order(state=states.SUBMITTED)

    assert press(sign_in(client, make_lead_reviewer()), order, move).status_code == 403
    assert read(order).state == states.SUBMITTED


@pytest.mark.parametrize("role", ["reviewer", "lead", "auditor"])
def test_no_field_of_an_order_can_be_edited(client, role):
    order = make_order(state=states.SUBMITTED)
    client = sign_in(client, staff(role))

    for address in ("change", "delete"):
        client.post(
            reverse(f"admin:transfers_order_{address}", args=[order.pk]), {"state": states.APPROVED, "post": "yes"}
        )
    client.post(reverse("admin:transfers_order_add"), {"state": states.APPROVED})

    assert (read(order).state, Order.objects.count()) == (states.SUBMITTED, 1)


# --- the case page ---------------------------------------------------------------------------


@pytest.mark.parametrize("domain", ["example.com", "example.cn"])
def test_the_number_of_the_subject_is_unmasked_where_it_is_compared(client, domain):
    person = {"nature": "individual", "id_type": "2", "id_number": "649999198502140009", "name": "林示范"}
    changes = person if domain.endswith("cn") else {"id_number": "91649999000000019L"}
    order = make_order(state=states.SUBMITTED, answers={"type": type_answers(domain=domain, **changes)})

    html = open_unmasked(english(client, make_reviewer()), order).content.decode()

    fields = html.partition('class="case-section"')[2].partition("What happened so far")[0]
    assert changes["id_number"] in re.sub(r'</span><span class="g">', "", fields)  # groups are margins, not spaces
    assert re.findall(r"<td>[^<]*\*[^<]*</td>", fields) == []


def test_every_list_keeps_the_masks(client):
    person = {"nature": "individual", "id_type": "2", "id_number": "649999198502140009", "name": "林示范"}
    order = make_order(state=states.SUBMITTED, answers={"type": type_answers(**person)})
    secrets = [person["id_number"]]
    for step in ("subject", "administrator"):
        said = order.answer(step)
        secrets += [said[name] for name in said if name.endswith(("_id_number", "_phone1", "_email"))]

    html = english(client, make_reviewer()).get(QUEUE, {"queue": "all"}).content.decode()

    assert len(secrets) > 4
    assert [order.reference in html, [value for value in secrets if value in html]] == [True, []]


@pytest.mark.parametrize("about", ["domain", "subject_key"])
def test_an_objection_to_domain_or_subject_is_on_the_case_until_it_is_closed(client, about):
    order, other = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED)
    facts = {"domain": "elsewhere.com", "subject_key": "", about: getattr(order, about)}
    objection = actions.object_to(owner=make_user(), words="域名是我们的", **facts)
    client = english(client, make_reviewer())

    def objected(case):
        return "Somebody objects to this order" in open_unmasked(client, case).content.decode()

    assert (objected(order), objected(other)) == (True, False)
    Objection.objects.filter(pk=objection.pk).update(closed_at=timezone.now())
    assert not objected(order)


def test_pages_with_peoples_words_count_as_looks_too(client):
    order = make_order(state=states.SUBMITTED)
    actions.object_to(owner=make_user(), domain=order.domain, subject_key="", words="域名是我们的")
    parked = ParkedAnswer.objects.create(kind="result", report_key="A.1", code="1", words="林示范", reason="unknown")
    request = for_cause.request_cancellation(
        make_website(make_user("lin@example.com", mobile="13911110001")),
        cause="shell_site",
        words="域名解析到别处",
        actor=make_reviewer(),
    )
    objection = Objection.objects.get()
    pages = {
        "lead": [("objection", objection), ("causecancellation", request)],
        "operations": [("parkedanswer", parked)],
    }

    for role, rows in pages.items():
        english(client, staff(role))
        for name, row in rows:
            address = reverse(f"admin:transfers_{name}_change", args=[row.pk])
            assert [client.get(address, follow=True).status_code for _ in range(2)] == [200, 200]

    assert sorted(AccessNote.objects.values_list("what", "reference", "times")) == [
        ("cancellation for cause", "example.com", 2),
        ("objection", str(objection), 2),
        ("parked answer", str(parked), 2),
    ]


def test_applicants_words_are_escaped(client):
    order = make_order(
        state=states.SUBMITTED,
        domain="xss.example.com",
        answers={
            "subject": subject_answers(remark=XSS, lead_name=XSS, investor=XSS, id_address=XSS, post_address=XSS),
            "website": website_answers("xss.example.com", site_name=XSS, home_url=XSS, site_remark=XSS),
            "administrator": administrator_answers(admin_name=XSS, admin_email=XSS),
        },
    )
    Order.objects.filter(pk=order.pk).update(authority_words=XSS)
    actions.object_to(owner=make_user(), domain=order.domain, subject_key=order.subject_key, words=XSS)
    calls.ask(order, make_reviewer(), role="subject_lead", about=XSS)
    client = english(client, make_lead_reviewer())

    pages = [case_of(order), QUEUE, reverse("admin:transfers_objection_changelist")]
    pages.append(reverse("admin:transfers_objection_change", args=[Objection.objects.get().pk]))

    for page in pages:
        html = client.get(page).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    assert "&lt;script&gt;" in open_unmasked(client, order).content.decode()


def test_an_objection_is_shown_on_the_order_and_in_its_own_list(client):
    order = make_order(state=states.SUBMITTED)
    actions.object_to(owner=make_user(), domain=order.domain, subject_key="", words="域名是我们的")
    client = english(client, make_reviewer())

    assert "域名是我们的" in open_unmasked(client, order).content.decode()
    assert order.domain in client.get(reverse("admin:transfers_objection_changelist")).content.decode()
    assert "域名是我们的" not in open_unmasked(client, make_order(state=states.SUBMITTED)).content.decode()


def test_the_registers_name_reasons_and_results_of_objections_in_words(client):
    make_reason("name_not_allowed", "website.site_name paper", text_en="The name does not meet the rules")
    Objection.objects.create(owner=make_user(), domain="example.com", words="x", result="justified_late")
    english(client, staff("lead"))

    lists = ("transfers_returnreason", "transfers_objection")
    reasons, objections = (client.get(reverse(f"admin:{each}_changelist")).content.decode() for each in lists)

    assert "Website name, Documents" in reasons
    assert ["website.site_name" in reasons, "name_not_allowed<" in reasons] == [False, False]
    assert "Justified, but the order has left our review" in objections
    assert "justified_late" not in objections


def test_a_return_names_the_field_and_reason_and_shows_old_beside_new_next_time(client):
    reason = make_reason("site_name", "website.site_name", text_en="The website name does not meet the rules")
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    client = english(client, reviewer)

    answer = press(client, order, "send_back", **{"reason.website.site_name": reason.key}, **ALTHOUGH)
    page_html = client.get(answer.url).content.decode()
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    order = read(order)
    order.answers = {**order.answers, "website": website_answers(order.domain, site_name="示例新名称")}
    order.save(update_fields=["answers"])
    html = open_unmasked(client, order).content.decode()

    assert "Returned to the applicant" in page_html
    assert moves(order) == ["send_back"]
    assert "The website name does not meet the rules" in html
    assert "<mark>" in html.partition('id="p-website-site-name"')[2].partition("</article>")[0]


def test_a_return_without_a_named_field_keeps_the_page_and_says_so(client):
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    assign_to_me(order, reviewer)

    answer = press(english(client, reviewer), order, "send_back")

    assert answer.status_code == 200
    assert "Mark at least one part to return, or accept the order" in answer.content.decode()
    assert read(order).state == states.SUBMITTED


def test_own_words_are_required_and_the_entries_stay(client):
    order = make_order(state=states.SUBMITTED)

    answer = press(
        english(client, make_reviewer()),
        order,
        "send_back",
        **{"reason.website.site_name": "own", "reason.subject.remark": "own", "words.subject.remark": "写明原因"},
    )

    html = answer.content.decode()
    assert "describe in one sentence what must be changed" in html
    assert "写明原因" in html or read(order).state == states.SUBMITTED


@pytest.mark.parametrize("move", ["accept", "send_back"])
def test_another_reviewers_order_cannot_be_decided(client, move):
    order = make_order(state=states.SUBMITTED)
    assign_to_me(order, make_reviewer())
    client = english(client, make_reviewer())

    answer = press(client, order, move, **(all_ok(order) if move == "accept" else CASES["send_back"][1]))

    assert read(order).state == states.SUBMITTED
    assert "has had this order since" in client.get(answer.url).content.decode()


def test_changes_made_in_the_meantime_are_shown_before_a_decision(client):
    order, reviewer = make_order(state=states.SUBMITTED), make_reviewer()
    client = english(client, reviewer)
    seen = order.version
    Order.objects.filter(pk=order.pk).update(version=seen + 2)  # returned by another, corrected and submitted again

    answer = client.post(case_of(order), {"move": "accept", "seen": seen})

    assert answer.url == case_of(order)
    assert "The order has changed" in client.get(answer.url).content.decode()
    assert read(order).state == states.SUBMITTED


def test_an_order_that_left_review_can_no_longer_be_decided(client):
    order = make_order(state=states.WITHDRAWN, submitted_at=timezone.now())
    client = english(client, make_reviewer())

    answer = press(client, order, "accept")

    assert read(order).state == states.WITHDRAWN
    assert "The order has changed" in client.get(answer.url).content.decode()


def test_the_photo_is_shown_beside_the_document(client):
    order = make_order(state=states.PHOTO_REVIEW)
    make_ready_document(order, "photo")
    make_ready_document(order, "admin_id")

    html = open_unmasked(english(client, make_reviewer()), order).content.decode()

    part = html.partition("Photo beside the document")[2].partition("</section>")[0]
    assert part.count("<img ") == 2
    assert "Ask for a new photo" in part


def test_where_nothing_is_judged_the_papers_are_pictures_without_empty_rows(client):
    order = make_order(state=states.APPROVED)
    make_ready_document(order, "statement")

    html = open_unmasked(english(client, make_reviewer()), order).content.decode()

    part = html.partition('id="s-paper"')[2].partition("</section>")[0]
    assert (part.count("<img "), part.count("<article")) == (1, 0)


@pytest.mark.usefixtures("steady_cache")
def test_the_case_page_takes_as_many_queries_whatever_it_shows(client):
    order = make_order(state=states.SUBMITTED)
    order.advice = advice_kept(order)
    order.save(update_fields=["advice"])
    client = sign_in(client, make_reviewer())
    open_unmasked(client, order)  # the first look writes its row, and fills the cache of the head
    bare = cost(lambda: open_unmasked(client, order))
    for slot in ("lead_id", "subject_id", "statement"):
        make_ready_document(order, slot)
    calls.ask(order, make_reviewer(), role="subject_lead", about="x")

    assert cost(lambda: open_unmasked(client, order)) == bare
    assert bare <= 15


def test_an_order_withdrawn_under_its_reviewer_is_no_longer_theirs_and_does_not_go_back_to_the_queue(client):
    order = make_order(state=states.SUBMITTED, submitted_at=timezone.now())
    desk = english(client, make_reviewer())
    press(desk, order, "claim")
    address = reverse("order-move", args=[order.reference, "withdraw"])
    english(Client(), order.owner).post(address, {"reason": "not_wanted", "words": ""})

    answer = press(desk, order, "release")
    said, html = (desk.get(address, follow=True).content.decode() for address in (answer.url, case_of(order)))

    assert read(order).state == states.WITHDRAWN
    assert ("The order has changed" in said, "back in the queue" in said) == (True, False)
    assert [words in html for words in ("Yours until", "Release to the queue")] == [False, False]
