"""Claims at the review desk: who may see them, accepting, declining, and what prevents it."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.legacy_import.claims import acceptance
from filings.legacy_import.claims import claims as claiming
from filings.legacy_import.claims.erasure import erase_old
from filings.models import Access, LegacyClaim, LegacyClaimPaper, LegacyRecord, Website
from filings.models import legacy_states as states
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.accounts.roles import ensure as ensure_roles
from icpportal.approvals.models import ApprovalRequest
from icpportal.lifecycle import MoveNotAllowed
from icpportal.outbox.models import Message
from icpportal.privacy.models import AccessNote
from tests.filings.filed import on_file
from tests.filings.legacy_import.dumps import filing, personal
from tests.filings.legacy_import.views.test_claims import ready
from tests.transfers.builders import make_reviewer, make_user, sign_in
from tests.transfers.outside import cost
from tests.transfers.together import together, words

LIST = "admin:filings_legacyclaim_changelist"


@pytest.fixture
def record(old):
    old(personal())
    return LegacyRecord.objects.get(domain="example.cn")


def send_claim(owner, record):
    claim = claiming.begin(owner, record)
    ready(claim)
    claiming.send(claim, "执照背面有旧域名")
    return read(claim)


def read(claim):
    return LegacyClaim.objects.select_related("owner", "record").get(pk=claim.pk)


@pytest.fixture
def claim(lin, record):
    return send_claim(lin, record)


@pytest.fixture
def desk(client, db):
    client.cookies["django_language"] = "en"
    client.force_login(make_reviewer(language="en"))
    return client


def case_of(claim):
    return reverse("admin:filings_legacyclaim_case", args=[claim.pk])


def comparison_on(page):
    """What the reviewer compares with the papers."""
    return page.partition("What the old platform says")[2].partition("</section>")[0]


def plain(page):
    """The text of a page without markup: numbers are grouped."""
    return re.sub(r"</?(?:span|mark)[^>]*>", "", page)


def message_rows():
    return sorted((each.channel, each.template) for each in Message.objects.exclude(template="claim_received"))


def test_the_reviewer_compares_name_and_number_with_the_papers_and_that_is_logged(desk, claim):
    page = desk.get(case_of(claim)).content.decode()

    paper = claiming.papers_of(claim).get()
    url = reverse("admin:filings_legacyclaim_paper", args=[claim.pk, paper.document.reference])
    shown = ("执照背面有旧域名", "赵样本", "119999199009090002", "13900000004", claim.owner.email, url)
    assert [words in plain(page) for words in shown] == [True] * len(shown)
    assert '<span class="g">119999</span><span class="g">19900909</span><span class="g">0002</span>' in page
    assert f'<a href="{url}" data-paper="paper-1">' in page
    assert "*" not in comparison_on(page)
    assert desk.get(url)["Content-Type"] == "image/jpeg"
    assert list(AccessNote.objects.order_by("pk").values_list("what", "reference", "reason", "client")) == [
        ("claim", claim.reference, "review", "127.0.0.1"),
        ("claim paper", claim.reference, "review", "127.0.0.1"),
    ]


@pytest.mark.parametrize(
    ("nature", "changes"),
    [("enterprise", {"id_number": "91649999000000019L"}), ("individual", {"lead_id_number": "649999198502140009"})],
)
def test_whoever_files_it_nothing_that_is_compared_is_masked(desk, old, lin, nature, changes):
    old(filing(domain="early.cn", filed_on="2009-05-05", **changes) if nature == "enterprise" else personal(**changes))
    claim = send_claim(lin, LegacyRecord.objects.get())

    page = desk.get(case_of(claim)).content.decode()

    assert "*" not in comparison_on(page)
    assert [value in plain(page) for value in (claim.record.name, *changes.values())] == [True] * (1 + len(changes))


def test_the_list_of_claims_and_the_register_keep_their_masks(desk, claim):
    pages = [reverse(LIST), reverse("admin:filings_legacyrecord_changelist")]
    pages.append(reverse("admin:filings_legacyrecord_change", args=[claim.record_id]))

    for page in pages:
        html = desk.get(page).content.decode()
        assert [words in html for words in ("赵样本", "119999199009090002", "13900000004")] == [False] * 3


def test_every_rendering_of_a_claim_is_logged_once_and_counted(desk, claim):
    desk.post(case_of(claim), {"move": "decline", "words": ""})
    note = AccessNote.objects.get()
    assert (note.what, note.reference, note.times) == ("claim", claim.reference, 1)
    LegacyClaim.objects.filter(pk=claim.pk).update(state=states.DECLINED)
    desk.post(case_of(claim), {"move": "accept"})
    desk.get(case_of(claim))

    note.refresh_from_db()
    assert (AccessNote.objects.count(), note.times) == (1, 3)
    assert note.last_at > note.at


def test_a_claim_cannot_be_accepted_while_words_for_declining_are_typed(desk, claim):
    answer = desk.post(case_of(claim), {"move": "accept", "words": "照片看不清"})

    html = answer.content.decode()
    assert (answer.status_code, read(claim).state) == (200, states.SENT)
    assert "Not accepted: decline with these words, or empty them" in html
    assert "照片看不清" in html


def test_the_second_to_decline_gets_their_words_back(desk, claim):
    claiming.accept(read(claim), make_reviewer())

    html = desk.post(case_of(claim), {"move": "decline", "words": "照片看不清，请重拍"}).content.decode()

    assert "The claim has changed" in html
    assert "照片看不清，请重拍" in html
    assert read(claim).state == states.ACCEPTED


@pytest.mark.parametrize("move", ["", "Accept", "__class__"])
def test_a_request_without_a_button_declines_nothing(desk, claim, move):
    answer = desk.post(case_of(claim), {"move": move, "words": "照片看不清"})

    assert (answer.status_code, read(claim).state) == (403, states.SENT)


def test_an_accepted_claim_is_in_the_register_and_its_owner_is_notified(desk, claim, lin, record):
    answer = desk.post(case_of(claim), {"move": "accept"})

    claim, record = read(claim), LegacyRecord.objects.get()
    website, access = Website.objects.get(), Access.objects.get()
    assert (answer["Location"], claim.state) == (reverse(LIST), states.ACCEPTED)
    assert (website.owner, website.domain, website.subject.name) == (lin, "example.cn", "赵样本")
    assert (access.own, access.ministry_id, access.report_key) == (True, None, f"import:{record.pk}")
    assert record.imported_at is not None
    assert message_rows() == [("email", "claim_accepted"), ("site", "claim_accepted"), ("sms", "claim_accepted")]


def test_a_declined_claim_needs_words_and_its_owner_reads_them(desk, claim):
    wanting = desk.post(case_of(claim), {"move": "decline", "words": ""})
    assert (wanting.status_code, read(claim).state) == (200, states.SENT)

    desk.post(case_of(claim), {"move": "decline", "words": "照片看不清，请重拍"})

    claim = read(claim)
    assert (claim.state, claim.answer) == (states.DECLINED, "照片看不清，请重拍")
    reason = Message.objects.get(template="claim_declined", channel="email").payload["context"]["reason"]
    assert (reason["zh"], reason["en"]) == (claim.answer, f"Written in Chinese: {claim.answer}")
    owner = sign_in(Client(), claim.owner)
    pages = {}
    for language in ("zh-hans", "en"):
        owner.cookies["django_language"] = language
        pages[language] = owner.get(claim.get_absolute_url()).content.decode()
    assert f'Written in Chinese: <span lang="zh-Hans">{claim.answer}</span>' in pages["en"]
    assert ("Written in" in pages["zh-hans"], claim.answer in pages["zh-hans"]) == (False, True)
    assert (Website.objects.count(), LegacyRecord.objects.get().imported_at) == (0, None)


@pytest.mark.parametrize(
    ("is_gone", "says"),
    [
        (False, "You can submit it again with other documents."),
        (True, "Another account was given this filing. If it is yours, call us."),
    ],
)
def test_the_message_about_a_declined_claim_invites_to_submit_it_again_only_where_that_can_lead_somewhere(
    desk, claim, is_gone, says
):
    LegacyRecord.objects.update(imported_at=timezone.now() if is_gone else None)

    desk.post(case_of(claim), {"move": "decline", "words": "照片看不清，请重拍"})

    owner = sign_in(Client(headers={"accept-language": "en"}), claim.owner)
    owner.cookies["django_language"] = "en"
    message = Message.objects.get(template="claim_declined", channel="site")
    page = owner.get(reverse("notification", args=[message.pk])).content.decode()
    assert (says in page, "again with other documents" in page) == (True, not is_gone)


@pytest.mark.parametrize("first", ["accept", "decline"])
def test_a_decided_claim_cannot_be_decided_again(desk, claim, first):
    for move in (first, "accept", "decline"):
        desk.post(case_of(claim), {"move": move, "words": "照片看不清" if move == "decline" else ""})

    assert [event.move for event in claim.events.order_by("pk")] == ["begin", "send", first]
    assert len(message_rows()) == 3
    assert Website.objects.count() == (first == "accept")


def test_an_unsent_claim_cannot_be_accepted(desk, lin, record):
    claim = claiming.begin(lin, record)

    desk.post(case_of(claim), {"move": "accept"})

    assert (read(claim).state, Website.objects.count()) == (states.OPEN, 0)


def test_of_two_claims_of_one_record_only_one_can_be_accepted(desk, claim, chen, record, lin):
    other = send_claim(chen, record)
    desk.post(case_of(claim), {"move": "accept"})

    answer = desk.post(case_of(other), {"move": "accept"}, follow=True)

    assert "imported or claimed by somebody else" in answer.content.decode()
    assert (read(other).state, Website.objects.get().owner) == (states.SENT, lin)


def test_a_site_that_is_on_file_in_another_account_is_not_given_away(desk, claim, chen):
    on_file(chen, domain="example.cn")

    answer = desk.post(case_of(claim), {"move": "accept"}, follow=True)

    assert "decline this claim" in answer.content.decode()
    assert (read(claim).state, Website.objects.get().owner) == (states.SENT, chen)
    assert LegacyRecord.objects.get().imported_at is None
    assert message_rows() == []


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_decide_at_once_and_one_decision_stands(lin, tmp_path):
    from tests.filings.legacy_import.dumps import load_rows

    load_rows(tmp_path / "dump.json", personal())
    claim = send_claim(lin, LegacyRecord.objects.get())
    staff = [make_reviewer(), make_reviewer()]

    ends = together(
        lambda: claiming.accept(read(claim), staff[0]),
        lambda: claiming.decline(read(claim), staff[1], {"zh": "不清楚"}),
    )

    assert words(ends) == ["MoveNotAllowed", "done"]
    accepted = not isinstance(ends[0], MoveNotAllowed)
    assert read(claim).state == (states.ACCEPTED if accepted else states.DECLINED)
    assert Website.objects.count() == accepted
    assert len(message_rows()) == 3


# --- a claim of one's own ---------------------------------------------------------------------------------------

OF_ONES_OWN = "You cannot decide your own claim: leave it to another reviewer"


@pytest.fixture
def own(record):
    return send_claim(make_reviewer(language="en"), record)


@pytest.fixture
def own_desk(client, own):
    client.cookies["django_language"] = "en"
    client.force_login(own.owner)
    return client


def test_the_case_of_one_s_own_claim_explains_why_it_has_no_buttons_and_a_colleague_has_them(own_desk, own):
    mine = own_desk.get(case_of(own)).content.decode()
    own_desk.force_login(make_reviewer(language="en"))
    colleagues = own_desk.get(case_of(own)).content.decode()

    wanted = (OF_ONES_OWN, 'value="accept"', 'value="decline"')
    assert [each in mine for each in wanted] == [True, False, False]
    assert [each in colleagues for each in wanted] == [False, True, True]


@pytest.mark.parametrize("is_asked", [False, True])
@pytest.mark.parametrize("move", ["accept", "decline"])
def test_nobody_decides_a_claim_of_their_own_and_what_was_typed_stays(own_desk, own, settings, move, is_asked):
    settings.SECOND_PERSON = is_asked

    page = own_desk.post(case_of(own), {"move": move, "words": "照片看不清"}).content.decode()

    assert [OF_ONES_OWN in page, "照片看不清" in page] == [True, True]
    assert (read(own).state, [event.move for event in own.events.order_by("pk")]) == (states.SENT, ["begin", "send"])
    assert (ApprovalRequest.objects.count(), Website.objects.count(), message_rows()) == (0, 0, [])


@pytest.mark.parametrize(
    "decide",
    [
        lambda claim: claiming.accept(claim, claim.owner),
        lambda claim: claiming.decline(claim, claim.owner, {"zh": "照片看不清"}),
        lambda claim: acceptance.accept(claim, claim.owner),
    ],
    ids=["accept", "decline", "ask"],
)
def test_one_s_own_claim_cannot_be_decided_by_a_forged_request_either(own, settings, decide):
    settings.SECOND_PERSON = True

    with pytest.raises(claiming.OwnClaim):
        decide(own)

    assert (read(own).state, ApprovalRequest.objects.count()) == (states.SENT, 0)


# --- who may --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [AUDITOR, OPERATIONS])
def test_other_staff_can_neither_open_nor_decide(client, claim, role):
    ensure_roles()
    client.force_login(make_user(held_roles=(role,)))
    paper = claiming.papers_of(claim).get()

    answers = [
        client.get(case_of(claim)),
        client.post(case_of(claim), {"move": "accept"}),
        client.get(reverse("admin:filings_legacyclaim_paper", args=[claim.pk, paper.document.reference])),
        client.get(reverse(LIST)),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert read(claim).state == states.SENT


def test_an_applicant_gets_404_even_for_their_own_claim(client, claim, lin):
    client.force_login(lin)

    assert client.get(case_of(claim)).status_code == 404
    assert client.post(case_of(claim), {"move": "accept"}).status_code == 404
    assert read(claim).state == states.SENT


@pytest.mark.usefixtures("steady_cache")
def test_the_list_is_searched_by_domain_and_takes_as_many_queries_with_one_as_with_three(desk, claim, old, lin):
    desk.get(reverse(LIST))
    one = cost(lambda: desk.get(reverse(LIST)))
    old(personal(domain="b.cn"), personal(domain="c.cn"))
    for record in LegacyRecord.objects.filter(domain__in=["b.cn", "c.cn"]):
        send_claim(lin, record)

    assert cost(lambda: desk.get(reverse(LIST))) == one
    found = desk.get(reverse(LIST), {"q": "https://www.b.cn/"}).context["cl"].result_list
    assert [str(row) for row in found] == ["b.cn"]


def test_the_longest_waiting_claim_comes_first(desk, claim, old, lin):
    old(personal(domain="b.cn"))
    later = send_claim(lin, LegacyRecord.objects.get(domain="b.cn"))
    LegacyClaim.objects.filter(pk=later.pk).update(entered_at=timezone.now() - timedelta(days=2))

    assert [str(row) for row in desk.get(reverse(LIST)).context["cl"].result_list] == ["b.cn", "example.cn"]


def test_the_first_page_of_the_desk_names_waiting_claims_and_those_that_are_late(desk, claim):
    for entered_at, told in ((claim.entered_at, "0 overdue"), (claim.entered_at - timedelta(days=20), "1 overdue")):
        LegacyClaim.objects.update(entered_at=entered_at)
        cache.clear()
        home = desk.get(reverse("admin:index")).content.decode()
        assert told in home[home.index("Claims of old records") :]

    [address] = re.findall(r'href="([^"]*/legacyclaim/[^"]*)"', home)
    assert case_of(claim).partition("/case/")[0] in desk.get(address).content.decode()


def test_the_words_about_a_declined_claim_are_deleted_after_their_time(claim):
    claiming.decline(claim, make_reviewer(), {"zh": "执照背面有旧域名"})
    year = timedelta(days=365)

    assert claim.events.first().words == "执照背面有旧域名"
    assert erase_old(after=year, now=timezone.now() + year + timedelta(days=1)) == 1
    assert {event.said for event in claim.events.all()} == {""}


def test_a_claim_sent_again_is_emptied_again(claim):
    reviewer, quarter = make_reviewer(), timedelta(days=90)
    day, now = timedelta(days=1), timezone.now()
    claiming.decline(claim, reviewer, {"zh": "执照背面有旧域名"})
    assert erase_old(after=quarter, now=now + quarter + day) == 1
    assert erase_old(after=quarter, now=now + quarter + 2 * day) == 0

    paper = ready(read(claim))
    LegacyClaimPaper.objects.filter(pk=paper.pk).update(added_at=now + quarter + 3 * day)
    assert erase_old(after=quarter, now=now + quarter + 4 * day) == 0, "its owner is at it"
    claiming.send(read(claim), "新的照片", now=now + quarter + 5 * day)
    assert erase_old(after=quarter, now=now + 3 * quarter) == 0, "it waits for a reviewer"
    claiming.decline(read(claim), reviewer, {"zh": "照片不清"}, now=now + 3 * quarter)

    assert erase_old(after=quarter, now=now + 4 * quarter + day) == 1
    paper.document.refresh_from_db()
    assert (read(claim).words, paper.document.state, paper.document.display_name) == ("", "retired", "")
