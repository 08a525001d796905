"""The catalogue of reasons: one lead writes, tries it on a past case, another publishes; sent words never change."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from demo.rehearsal.http_browser import Page
from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import ApprovalRequest
from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reason, make_reviewer, make_user, sign_in
from tests.transfers.outside import cost
from tests.transfers.review.desk import ALTHOUGH, case_of, english, press, read
from tests.transfers.review.test_own_words import letter, page_of
from transfers.models import Decision, FieldVerdict, ReasonVersion, ReturnReason
from transfers.review import decisions
from transfers.review.reasons import publication
from transfers.review.reasons.queries import in_force

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_person")]
NAME, STATEMENT = "website.site_name", "paper.statement"
LIST = reverse("admin:desk_reasons")
DRAFT = {
    "text_zh": "网站名称“{value}”与执照不符",
    "todo_zh": "请按执照更正。",
    "text_en": "The website name {value} differs from the licence.",
    "todo_en": "Change it as the licence says.",
    "short_zh": "网站名称不符",
    "short_en": "website name differs",
    "parts": [NAME],
    "because": "People did not know which name was meant",
}


@pytest.fixture
def gao():
    return desk_of("高扬", make_lead_reviewer)


@pytest.fixture
def lin():
    return desk_of("林远", make_lead_reviewer)


@pytest.fixture
def reviewer():
    return desk_of("沈阳", make_reviewer)


@pytest.fixture
def reason():
    return make_reason("site_name", NAME)


@pytest.fixture
def order():
    return make_order(state=states.SUBMITTED)


def desk_of(name, make):
    user = make()
    User.objects.filter(pk=user.pk).update(name=name)
    return english(Client(), User.objects.get(pk=user.pk))


def at(reason):
    return reverse("admin:desk_reason", args=[reason.key])


def act(client, reason, move, **typed):
    """The text of the page after a press."""
    return client.post(at(reason), {"move": move, **typed}, follow=True).content.decode()


def request_fields():
    return {"request": ApprovalRequest.objects.get(outcome="").pk, "read": "on"}


def draft(reason, client, order, **typed):
    """A draft that was tried."""
    act(client, reason, "save", **{**DRAFT, **typed})
    act(client, reason, "try", reference=order.reference)


def publish(reason, first, second, order, **typed):
    draft(reason, first, order, **typed)
    act(first, reason, "ask")
    return act(second, reason, "allow_request", **request_fields())


def words_sent():
    row = FieldVerdict.objects.get(verdict="return")
    return row.told["zh"]["text"], row.version.number


def test_one_lead_writes_a_second_publishes_and_the_applicant_reads_it_in_both_languages(
    gao, lin, reviewer, reason, order
):
    value = order.answers["website"]["site_name"]
    act(gao, reason, "save", **DRAFT)
    assert "Try the draft on a past case first" in act(gao, reason, "ask")

    page = act(gao, reason, "try", reference=order.reference.lower())

    assert f"网站名称“{value}”与执照不符。请按执照更正。" in page
    assert f"The website name {value} differs from the licence. Change it as the licence says." in page
    looks = AccessNote.objects.filter(reference=order.reference, what="order").values_list("client", "times")
    assert list(looks) == [("127.0.0.1", 1)]
    assert "a second person has to allow it" in act(gao, reason, "ask")
    assert reason.key in lin.get(reverse("admin:index")).content.decode()
    assert "read both languages, and say so" in act(lin, reason, "allow_request", request=request_fields()["request"])

    page = act(lin, reason, "allow_request", **request_fields())

    assert "version 2 is in force" in page
    version = ReasonVersion.objects.get(reason=reason, number=2)
    assert (version.author.name, version.published_by.name, version.tried_on) == ("高扬", "林远", order.reference)
    press(reviewer, order, "send_back", **{f"reason.{NAME}": reason.key}, **ALTHOUGH)
    assert words_sent() == (f"网站名称“{value}”与执照不符。请按执照更正。", 2)
    assert f"网站名称“{value}”与执照不符" in letter("order_returned", "email", "zh-hans")
    assert f"The website name {value} differs from the licence." in letter("order_returned", "email", "en")
    assert "The website name" in page_of(order, "en")
    assert f"网站名称“{value}”" in page_of(order, "zh-hans")
    assert "told 1 time" in gao.get(at(reason)).content.decode()


def test_a_new_version_changes_no_words_already_sent(gao, lin, reviewer, reason, order):
    press(reviewer, order, "send_back", **{f"reason.{NAME}": reason.key}, **ALTHOUGH)
    before = page_of(order, "zh-hans")

    publish(reason, gao, lin, order)

    assert words_sent() == ("与证件逐字核对后改填", 1)
    assert "与证件逐字核对后改填" in before
    assert "与证件逐字核对后改填" in page_of(order, "zh-hans")
    assert "网站名称“" not in page_of(order, "zh-hans")


def test_a_return_is_read_again_when_the_words_of_its_reason_were_changed_since(gao, lin, reviewer, reason, order):
    opened = to_return(reviewer, order, reason)
    publish(reason, gao, lin, order)

    refused = reviewer.post(case_of(order), {**opened, **ALTHOUGH, "move": "send_back"})

    words = unescape(refused.content.decode())
    assert "Not returned: the words of a reason were changed since you read them" in words
    assert "differs from the licence. Change it as the licence says." in words
    assert read(order).state == states.SUBMITTED
    again = Page(case_of(order), 200, words).forms
    reviewer.post(case_of(order), {**shown_in(again), **ALTHOUGH, "move": "send_back"})
    assert words_sent()[1] == 2


def to_return(reviewer, order, reason):
    """What the page before a return sends along, once a part is to be returned for this reason."""
    press(reviewer, order, "to_return", **{f"verdict.{NAME}": "return", f"reason.{NAME}": reason.key})
    page = reviewer.get(case_of(order, "return")).content.decode()
    return shown_in(Page(case_of(order), 200, page).forms)


def shown_in(forms):
    return dict(next(form.fields for form in forms if ("move", "send_back") in form.buttons))


def test_a_decision_that_can_still_be_undone_keeps_the_words_of_its_moment(gao, lin, reviewer, reason, order, settings):
    settings.DECISION_OPEN_FOR = timedelta(seconds=60)
    press(reviewer, order, "send_back", **{f"reason.{NAME}": reason.key}, **ALTHOUGH)
    publish(reason, gao, lin, order)

    decisions.finish_due(now=Decision.objects.get().final_at)

    assert read(order).state == states.RETURNED
    assert words_sent() == ("与证件逐字核对后改填", 1)


def test_neither_the_author_nor_the_asker_can_publish_it(gao, lin, reason, order):
    draft(reason, gao, order)
    act(lin, reason, "ask")  # another lead asks: the author may not answer either

    assert "A second person must decide" in act(gao, reason, "allow_request", **request_fields())
    assert "A second person must decide" in act(lin, reason, "allow_request", **request_fields())
    assert ReasonVersion.objects.get(reason=reason, number=2).published_at is None
    assert "withdraw the request before you change the words" in act(gao, reason, "save", **DRAFT)

    act(lin, reason, "withdraw_request", **request_fields())
    act(gao, reason, "ask")
    assert "Sent back" in act(lin, reason, "decline_request", **request_fields())
    assert ReasonVersion.objects.get(reason=reason, number=2).published_at is None


def test_a_lead_who_is_alone_waits_for_a_day(gao, reason, order):
    draft(reason, gao, order)
    act(gao, reason, "ask")
    waiting = ApprovalRequest.objects.get()

    assert approvals.finish_due(now=waiting.alone_at - timedelta(seconds=1)) == 0
    assert approvals.finish_due(now=waiting.alone_at) == 1

    version = ReasonVersion.objects.get(reason=reason, number=2)
    assert (version.published_by, version.published_at) == (None, waiting.alone_at)


def test_words_changed_after_the_request_are_not_published(gao, lin, reason, order):
    draft(reason, gao, order)
    act(gao, reason, "ask")
    ReasonVersion.objects.filter(reason=reason, number=2).update(written_at=timezone.now())

    assert "Nothing was done" in act(lin, reason, "allow_request", **request_fields())
    assert ReasonVersion.objects.get(reason=reason, number=2).published_at is None


TOMORROW, YESTERDAY = ({"days": days} for days in (1, -1))


@pytest.mark.parametrize(
    "columns",
    [
        {"published_at": None},
        {"begins_at": TOMORROW},
        {"ends_at": YESTERDAY},
        {"provinces": "12"},
        {"fields": "subject.lead_name"},
    ],
    ids=["a draft", "not yet", "no longer", "another province", "another part"],
)
def test_a_reason_not_in_force_here_is_not_offered_and_refused_when_forged(reviewer, reason, order, columns):
    moments = {name: timezone.now() + timedelta(**value) for name, value in columns.items() if isinstance(value, dict)}
    ReasonVersion.objects.filter(reason=reason).update(provinces=f"12 {order.province}")
    offered = f'name="reason.{NAME}" value="{reason.key}"'
    press(reviewer, order, "claim")
    assert offered in reviewer.get(case_of(order)).content.decode()
    ReasonVersion.objects.filter(reason=reason).update(**{**columns, **moments})

    assert offered not in reviewer.get(case_of(order)).content.decode()
    page = press(reviewer, order, "send_back", **{f"reason.{NAME}": reason.key}, **ALTHOUGH).content.decode()

    assert "this reason does not hold here, or not any more" in page
    assert (read(order).state, FieldVerdict.objects.count()) == (states.SUBMITTED, 0)


def test_a_version_begins_at_its_time_and_the_previous_one_is_in_force_until_then(gao, lin, reason, order):
    draft(reason, gao, order)
    begins = timezone.localtime() + timedelta(days=2)
    act(gao, reason, "ask", begins_at=f"{begins:%Y-%m-%dT%H:%M}")
    page = act(lin, reason, "allow_request", **request_fields())

    assert ["version 1 is in force" in page, "published, not in force yet" in page] == [True, True]
    held = [in_force(begins + timedelta(minutes=away))[reason.key].number for away in (-2, 2)]
    assert held == [1, 2]


@pytest.mark.parametrize(
    ("typed", "told_words"),
    [
        ({"text_zh": "{name}不符", "text_en": "{name} differs"}, "{name} is no blank"),
        ({"text_en": "The website name differs."}, "Use the same blanks in both languages"),
        ({"parts": [STATEMENT]}, "{value} needs parts that have one"),
        ({"short_en": "{date} differs"}, "A short form has no blanks"),
        ({"code": "99"}, "The ministry has no such code"),
        ({"because": ""}, "Say why the words are changed"),
    ],
)
def test_a_draft_that_could_not_be_sent_is_not_saved(gao, reason, typed, told_words):
    assert told_words in act(gao, reason, "save", **{**DRAFT, **typed}).replace("&#x27;", "'")
    assert publication.draft_of(reason) is None


def test_a_new_reason_is_a_draft_that_is_not_offered(gao, lin, reviewer, order):
    gao.post(reverse("admin:desk_reason_new"), DRAFT)

    new = ReturnReason.objects.get(key="website_name_differs")
    offered = f'name="reason.{NAME}" value="{new.key}"'
    press(reviewer, order, "claim")
    assert offered not in reviewer.get(case_of(order)).content.decode()
    act(gao, new, "try", reference=order.reference)
    act(gao, new, "ask")
    act(lin, new, "allow_request", **request_fields())
    assert offered in reviewer.get(case_of(order)).content.decode()


def test_reviewers_read_leads_write_and_no_other_role_opens_it(gao, reviewer, reason, order):
    page = reviewer.get(at(reason)).content.decode()
    assert ["与证件" in page, "Save the draft" in page, 'name="move"' in page] == [True, False, False]
    assert reviewer.post(at(reason), {"move": "save", **DRAFT}).status_code == 403
    assert reviewer.get(reverse("admin:desk_reason_new")).status_code == 403
    assert publication.draft_of(reason) is None
    auditor, stranger = make_user(held_roles=(AUDITOR,)), make_user()
    assert [sign_in(Client(), user).get(at(reason)).status_code for user in (auditor, stranger)] == [403, 404]
    assert gao.post(at(reason), {"move": "unheard of"}).status_code == 403
    told = "No order has this number"
    assert told in (act(gao, reason, "save", **DRAFT) and act(gao, reason, "try", reference="NO-SUCH"))


def test_a_past_case_is_found_by_its_number_in_any_spelling(gao, reason, order):
    act(gao, reason, "save", **DRAFT)

    for typed in (order.reference.lower(), order.reference.replace("-", ""), f" {order.reference.replace('-', ' ')} "):
        act(gao, reason, "try", reference=typed)
        assert publication.draft_of(reason).tried_on == order.reference
        ReasonVersion.objects.update(tried_on="")


def test_a_version_that_would_be_over_at_once_is_neither_saved_nor_published(gao, lin, reason, order):
    over, soon, later = (f"{timezone.localtime() + timedelta(hours=n):%Y-%m-%dT%H:%M}" for n in (-2, 2, 4))

    refused = act(gao, reason, "save", **DRAFT, ends_at=over)
    draft(reason, gao, order, ends_at=soon)
    asked_for_later = act(gao, reason, "ask", begins_at=later)

    assert "This time has passed: choose a later one" in refused
    assert "It would end before it begins" in asked_for_later
    assert not ApprovalRequest.objects.filter(kind="reason").exists()


def test_the_next_version_of_what_has_ended_does_not_begin_with_its_end(gao, reason):
    ReasonVersion.objects.filter(reason=reason).update(ends_at=timezone.now() - timedelta(days=1))

    page = gao.get(at(reason)).content.decode()

    assert re.search(r'<input[^>]*name="ends_at"[^>]*>', page).group().count(" value=") == 0


@pytest.mark.usefixtures("steady_cache")
def test_the_page_takes_as_many_queries_with_many_versions_as_with_few(gao, lin, reason, order):
    publish(reason, gao, lin, order)
    gao.get(at(reason))
    few = cost(lambda: gao.get(at(reason)))
    for n in range(3, 9):
        ReasonVersion.objects.create(reason=reason, number=n, published_at=timezone.now(), begins_at=timezone.now())

    assert cost(lambda: gao.get(at(reason))) == few <= 15
    assert cost(lambda: gao.get(LIST, {"q": "website"})) <= 15


def test_words_saved_while_a_second_person_is_asked_stay_in_the_form(gao, lin, reason, order):
    draft(reason, gao, order)
    act(gao, reason, "ask")

    page = act(gao, reason, "save", **{**DRAFT, "todo_en": "Write the whole name"})

    assert ["withdraw the request before you change the words" in page, "Write the whole name" in page] == [True, True]


def test_a_draft_that_a_colleague_changed_since_is_read_before_it_is_replaced(gao, lin, reason):
    opened = seen_on(lin.get(at(reason)).content.decode())
    act(gao, reason, "save", **DRAFT, seen=seen_on(gao.get(at(reason)).content.decode()))

    page = act(lin, reason, "save", **{**DRAFT, "todo_en": "Write the whole name", "seen": opened})

    assert "Nothing is saved: the reason was changed since you opened it" in page
    assert ["Change it as the licence says" in page, 'value="Write the whole name"' in page] == [True, True]
    assert reason.versions.first().todo_en == DRAFT["todo_en"]
    act(lin, reason, "save", **{**DRAFT, "todo_en": "Write the whole name", "seen": seen_on(page)})
    assert reason.versions.first().todo_en == "Write the whole name"


def test_a_draft_that_a_colleague_changed_since_is_not_replaced_after_an_error_either(gao, lin, reason):
    opened = seen_on(lin.get(at(reason)).content.decode())
    act(gao, reason, "save", **DRAFT, seen=seen_on(gao.get(at(reason)).content.decode()))
    lacking = act(lin, reason, "save", **{**DRAFT, "todo_en": "Write the whole name", "short_en": "", "seen": opened})

    page = act(lin, reason, "save", **{**DRAFT, "todo_en": "Write the whole name", "seen": seen_on(lacking)})

    assert "Nothing is saved: the reason was changed since you opened it" in page
    assert reason.versions.first().todo_en == DRAFT["todo_en"]


def seen_on(page):
    """Which version the form of a page was filled in from."""
    return re.search(r'name="seen" value="([^"]*)"', page).group(1)


def test_a_reason_without_a_version_opens_and_its_first_one_is_created(gao, reviewer, order):
    bare = ReturnReason.objects.create(
        key="bare", text_zh="名称不符", text_en="Names differ", short_zh="不符", short_en="differ"
    )

    assert reviewer.get(at(bare)).status_code == 200
    page = gao.get(at(bare)).content.decode()
    assert "Names differ" in page
    act(gao, bare, "save", **DRAFT)
    assert bare.versions.get().number == 1


def test_the_first_page_says_to_choose_a_reason(gao, reviewer):
    for desk in (gao, reviewer):
        assert "Choose a reason from the list" in desk.get(reverse("admin:desk_reasons")).content.decode()
    assert "Choose a reason from the list" not in gao.get(reverse("admin:desk_reason_new")).content.decode()
