"""The pages of a claim: which record, the papers, sending it, the answer; what strangers see (nothing)."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from filings.legacy_import.claims import claims as claiming
from filings.legacy_import.claims.erasure import erase
from filings.models import LegacyClaim, LegacyClaimPaper, LegacyRecord
from filings.models import legacy_states as states
from icpportal.accounts.models import User
from icpportal.lifecycle import MoveNotAllowed
from icpportal.outbox.models import Message
from tests.filings.legacy_import.dumps import filing, personal
from tests.transfers.builders import make_reviewer, picture
from tests.transfers.desk import broken_file, photo_file
from tests.transfers.outside import cost, errors
from verification.documents import actions as documents
from verification.models import Document

PAGE = "/import/claim/"
TYPED = {"id_type": "2", "id_number": "119999199009090002", "name": "赵样本", "domain": "example.cn"}


@pytest.fixture
def browser(client, lin):
    User.objects.filter(pk=lin.pk).update(language="en")
    client.cookies["django_language"] = "en"
    client.force_login(lin)
    return client


@pytest.fixture
def record(old):
    old(personal())
    return LegacyRecord.objects.get(domain="example.cn")


@pytest.fixture
def mine(record, lin):
    return claiming.begin(lin, record)


def ready(claim, side=1):
    """A checked paper."""
    paper = claiming.upload(claim, side=side, file=photo_file())
    name = storages["documents"].save("paper.jpg", ContentFile(picture()))
    Document.objects.filter(pk=paper.document_id).update(state="ready", stored_name=name, preview_name=name)
    return LegacyClaimPaper.objects.select_related("document").get(pk=paper.pk)


def side_of(claim, side):
    return f"{claim.get_absolute_url()}?side={side}"


# --- which record -----------------------------------------------------------------------------------------


def test_who_describes_the_record_begins_a_claim(browser, record, lin):
    answer = browser.post(PAGE, TYPED)

    claim = LegacyClaim.objects.get()
    assert (claim.owner, claim.record, claim.state) == (lin, record, states.OPEN)
    assert answer["Location"] == claim.get_absolute_url()
    assert [event.move for event in claim.events.all()] == ["begin"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "赵例本"},
        {"domain": "example.net"},
        {"id_number": "119999199009090010"},
        {"id_type": "7"},
    ],
)
def test_a_partial_match_gets_the_same_answer_as_none(browser, record, changes):
    answer = browser.post(PAGE, {**TYPED, **changes})

    assert errors(answer) == {"__all__": ["claim_unknown"]}
    assert LegacyClaim.objects.count() == 0


def test_a_claim_finds_a_record_whose_name_is_only_written_otherwise(browser, record):
    record.name = "赵  样 本"
    record.save()

    browser.post(PAGE, TYPED)

    assert LegacyClaim.objects.count() == 1


def test_a_record_that_an_account_holds_is_imported_not_claimed(browser, old):
    old(filing())
    typed = {"id_type": "1", "id_number": "91649999000000019L", "name": "宁夏示例纸业有限公司", "domain": "example.com"}

    assert errors(browser.post(PAGE, typed)) == {"__all__": ["claim_unknown"]}


def test_an_early_record_is_claimed_even_where_an_account_holds_it(browser, old):
    old(filing(filed_on="2010-05-31"))
    typed = {"id_type": "1", "id_number": "91649999000000019L", "name": "宁夏示例纸业有限公司", "domain": "example.com"}

    assert browser.post(PAGE, typed).status_code == 302


def test_an_imported_record_cannot_be_claimed(browser, record):
    LegacyRecord.objects.update(imported_at=timezone.now())

    assert errors(browser.post(PAGE, TYPED)) == {"__all__": ["claim_unknown"]}


def test_attempts_to_find_a_record_are_counted(browser, record, settings):
    settings.LIMITS = {**settings.LIMITS, "import_claim": (1, 60)}
    browser.post(PAGE, {**TYPED, "name": "赵例本"})

    assert errors(browser.post(PAGE, TYPED)) == {"__all__": ["too_many"]}


@pytest.mark.parametrize("field", TYPED)
def test_each_field_is_required(browser, record, field):
    assert errors(browser.post(PAGE, {**TYPED, field: ""})).keys() == {field}


def test_a_second_claim_of_the_same_record_is_the_first_one(browser, mine):
    answer = browser.post(PAGE, TYPED)

    assert answer["Location"] == mine.get_absolute_url()
    assert LegacyClaim.objects.count() == 1


# --- papers -------------------------------------------------------------------------------------------------


def test_a_paper_is_uploaded_checked_and_shown(browser, mine):
    answer = browser.post(side_of(mine, 1), {"file": photo_file()})

    paper = claiming.papers_of(mine).get()
    assert answer["Location"] == mine.get_absolute_url()
    assert (paper.side, paper.document.kind, paper.document.holder) == (1, "claim_proof", mine.reference)
    page = browser.get(mine.get_absolute_url()).content.decode()
    assert re.findall(r'id="(slot-paper-\d)"', page) == ["slot-paper-1", "slot-paper-2"]


def first_title(browser, claim):
    """The heading of the first document on the claim's page."""
    page = browser.get(claim.get_absolute_url()).content.decode()
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", page)[0]


@pytest.mark.parametrize(
    ("language", "of_person", "of_company"),
    [
        ("en", "ID document, first side", "Document of the subject, first side"),
        ("zh-hans", "本人证件，第一面", "主办单位证件，第一面"),
    ],
)
def test_a_person_reads_of_an_id_document_and_only_a_company_of_the_subjects(
    browser, mine, old, lin, language, of_person, of_company
):
    browser.cookies["django_language"] = language
    User.objects.filter(pk=lin.pk).update(language=language)
    old(filing(filed_on="2009-05-05"))
    companys = claiming.begin(lin, LegacyRecord.objects.get(domain="example.com"))

    assert first_title(browser, mine) == of_person
    assert first_title(browser, companys) == of_company


def examine(claim):
    """The worker examines the picture that waits; returns its document."""
    document = Document.objects.get(holder=claim.reference, state="checking")
    with TestCase.captureOnCommitCallbacks(execute=True):
        documents.examine(document.pk)
    document.refresh_from_db()
    return document


def replaced(browser, claim, file):
    """A ready picture, and another one uploaded in its place; both documents."""
    first = ready(claim).document
    browser.post(side_of(claim, 1), {"file": file})
    return first, claiming.papers_of(claim).get().document


def state_of(document):
    document.refresh_from_db()
    return document.state


def test_another_picture_replaces_the_first_once_it_was_examined(browser, mine):
    first, second = replaced(browser, mine, photo_file())
    assert (state_of(first), claiming.papers_of(mine).get().document) == ("ready", second)

    examine(mine)

    assert (state_of(first), state_of(second)) == ("retired", "ready")
    assert claiming.papers_of(mine).get().document == second


def test_a_picture_stays_when_the_one_to_replace_it_does_not_open(browser, mine):
    first, _second = replaced(browser, mine, broken_file())

    examine(mine)

    assert (state_of(first), claiming.papers_of(mine).get().document) == ("ready", first)
    page = browser.get(mine.get_absolute_url()).content.decode()
    assert "The picture does not open: take it again. The earlier picture is kept" in page
    browser.post(mine.get_absolute_url(), {"send": "1", "words": ""})
    mine.refresh_from_db()
    assert mine.state == states.SENT


def test_of_several_replacements_in_a_row_the_last_that_was_ready_stays(browser, mine):
    first, second = replaced(browser, mine, photo_file())
    browser.post(side_of(mine, 1), {"file": broken_file()})
    assert (state_of(first), state_of(second)) == ("ready", "retired")

    third = examine(mine)

    assert (third.state, claiming.papers_of(mine).get().document) == ("refused", first)


def test_a_replacement_that_is_taken_back_returns_the_earlier_picture(browser, mine):
    first, second = replaced(browser, mine, photo_file())
    assert "Restore the earlier picture" in browser.get(mine.get_absolute_url()).content.decode()

    browser.post(side_of(mine, 1), {"remove": second.reference})

    assert (state_of(first), state_of(second)) == ("ready", "retired")
    assert claiming.papers_of(mine).get().document == first


def test_a_refused_first_picture_is_replaced_by_the_next(browser, mine):
    browser.post(side_of(mine, 1), {"file": broken_file()})
    refused = examine(mine)
    page = browser.get(mine.get_absolute_url()).content.decode()
    assert "The picture does not open" in page
    assert "The earlier picture is kept" not in page

    browser.post(side_of(mine, 1), {"file": photo_file()})
    second = examine(mine)

    assert (state_of(refused), second.state, claiming.papers_of(mine).get().document) == ("retired", "ready", second)


def test_a_paper_can_be_removed(browser, mine):
    document = ready(mine).document

    browser.post(side_of(mine, 1), {"remove": document.reference})

    assert (claiming.papers_of(mine).count(), state_of(document)) == (0, "retired")


def test_remove_leaves_a_newer_picture_from_another_window(browser, mine):
    first, second = replaced(browser, mine, photo_file())

    answer = browser.post(side_of(mine, 1), {"remove": first.reference}, follow=True)

    assert claiming.papers_of(mine).get().document == second
    assert "Nothing was changed: this is no longer the picture that you saw" in answer.content.decode()


def test_one_button_of_a_claim_is_the_primary_one(browser, mine):
    def primary():
        page = browser.get(mine.get_absolute_url()).content.decode()
        return re.findall(r'<button\s+class="button">([^<]*)', page)

    assert primary() == ["Upload"]
    ready(mine)
    assert primary() == ["Submit the claim"]
    browser.post(side_of(mine, 2), {"file": broken_file()})
    examine(mine)
    assert primary() == ["Upload"]


def test_a_file_that_is_no_picture_is_refused_with_an_explanation(browser, mine):
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = browser.post(side_of(mine, 1), {"file": SimpleUploadedFile("x.jpg", b"no picture")}).content.decode()
    empty = browser.post(side_of(mine, 1), {}).content.decode()

    assert "Upload a JPEG, PNG, HEIC or WebP picture" in page
    assert "The file is empty" in empty
    assert claiming.papers_of(mine).count() == 0


@pytest.mark.parametrize("side", ["0", "5", "x", "-1"])
def test_there_are_four_papers_and_no_others(browser, mine, side):
    assert browser.post(side_of(mine, side), {"file": photo_file()}).status_code == 404
    assert Document.objects.count() == 0


def test_a_picture_is_shown_only_to_its_owner(browser, mine, chen, client, record):
    paper = ready(mine)
    theirs = ready(claiming.begin(chen, record))
    url = reverse("claim-paper", args=[mine.reference, paper.document.reference])

    assert browser.get(url)["Content-Type"] == "image/jpeg"
    assert (
        browser.get(reverse("claim-paper", args=[theirs.claim.reference, theirs.document.reference])).status_code == 404
    )
    assert browser.get(reverse("claim-paper", args=[mine.reference, theirs.document.reference])).status_code == 404
    client.force_login(chen)
    assert client.get(url).status_code == 404


def test_a_picture_that_is_still_being_checked_is_shown_to_nobody(browser, mine):
    paper = claiming.upload(mine, side=1, file=photo_file())

    url = reverse("claim-paper", args=[mine.reference, paper.document.reference])
    assert browser.get(url).status_code == 404


# --- sending it -----------------------------------------------------------------------------------------------


def test_a_claim_with_a_checked_paper_is_sent_and_its_owner_notified(browser, mine):
    ready(mine)

    answer = browser.post(mine.get_absolute_url(), {"send": "1", "words": "执照背面有旧域名"})

    mine.refresh_from_db()
    assert (answer["Location"], mine.state, mine.words) == (
        mine.get_absolute_url(),
        states.SENT,
        "执照背面有旧域名",
    )
    assert sorted((each.channel, each.template) for each in Message.objects.all()) == [
        ("email", "claim_received"),
        ("site", "claim_received"),
        ("sms", "claim_received"),
    ]
    page = browser.get(mine.get_absolute_url()).content.decode()
    assert "You do not need to do anything" in page
    assert 'name="send"' not in page
    assert 'type="file"' not in page


@pytest.mark.parametrize("papers", ["none", "checking", "refused"])
def test_without_checked_papers_nothing_is_sent_and_the_words_stay(browser, mine, papers):
    if papers != "none":
        paper = claiming.upload(mine, side=1, file=photo_file())
        Document.objects.filter(pk=paper.document_id).update(state=papers, reason="file_small" * (papers == "refused"))

    answer = browser.post(mine.get_absolute_url(), {"send": "1", "words": "说明"})

    mine.refresh_from_db()
    assert errors(answer) == {"__all__": ["papers_missing"]}
    assert "说明" in answer.content.decode()
    assert (mine.state, Message.objects.count()) == (states.OPEN, 0)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Only an uploaded picture counts: press “Upload” before any other button of this page"),
        ("zh-hans", "图片上传后才有效，请先按“上传”，再按本页其他按钮"),
    ],
)
def test_without_script_the_place_of_each_picture_says_that_it_has_to_be_uploaded_first(browser, mine, language, said):
    """It was lost without a word when the text below was sent: a browser does not fill a file field in again."""
    User.objects.filter(pk=mine.owner_id).update(language=language)
    browser.cookies["django_language"] = language

    page = browser.get(mine.get_absolute_url()).content.decode()

    assert page.count(said) == page.count('type="file"') == 1


def replace_picture(claim):
    """An unchecked picture takes its place."""
    claiming.upload(claim, side=1, file=photo_file())


def remove_picture(claim):
    claiming.remove(claim, side=1, seen=claiming.papers_of(claim).get().document.reference)


CHANGES = [remove_picture, replace_picture, erase]


@pytest.mark.parametrize("change", CHANGES, ids=["removed", "replaced", "erased"])
def test_a_claim_whose_papers_change_during_the_check_is_not_sent(mine, monkeypatch, change):
    ready(mine)
    look = claiming.facts_of

    def looked(claim, words):
        facts = look(claim, words)
        change(LegacyClaim.objects.get(pk=claim.pk))
        return facts

    monkeypatch.setattr(claiming, "facts_of", looked)

    with pytest.raises(MoveNotAllowed):
        claiming.send(mine, "说明")

    mine.refresh_from_db()
    assert (mine.state, [event.move for event in mine.events.all()]) == (states.OPEN, ["begin"])
    assert Message.objects.count() == 0


@pytest.mark.parametrize("change", CHANGES, ids=["removed", "replaced", "erased"])
def test_a_claim_sent_while_another_tab_changes_the_papers_is_refused_and_keeps_its_words(
    browser, mine, monkeypatch, change
):
    ready(mine)
    send = claiming.send

    def sent_late(claim, words):
        change(LegacyClaim.objects.get(pk=claim.pk))
        send(claim, words)

    monkeypatch.setattr(claiming, "send", sent_late)

    answer = browser.post(mine.get_absolute_url(), {"send": "1", "words": "说明"})

    mine.refresh_from_db()
    assert errors(answer) == {"__all__": ["papers_changed"]}
    assert "说明" in answer.content.decode()
    assert (mine.state, Message.objects.count()) == (states.OPEN, 0)


def test_a_double_click_sends_once(browser, mine):
    ready(mine)

    for _ in range(2):
        browser.post(mine.get_absolute_url(), {"send": "1", "words": ""})

    assert [event.move for event in mine.events.order_by("pk")] == ["begin", "send"]
    assert Message.objects.count() == 3


def test_a_sent_claim_can_no_longer_be_changed(browser, mine):
    paper = ready(mine)
    claiming.send(mine, "")

    browser.post(side_of(mine, 1), {"file": photo_file()})
    browser.post(side_of(mine, 1), {"remove": paper.document.reference})
    browser.post(mine.get_absolute_url(), {"send": "1", "words": "anders"})

    assert [each.pk for each in claiming.papers_of(mine)] == [paper.pk]
    assert LegacyClaim.objects.get().words == ""


def test_a_sent_claim_is_withdrawn_corrected_and_sent_again_unless_a_reviewer_was_first(browser, mine):
    """Who had sent a wrong picture had to wait for a reviewer to decline the claim."""
    paper = ready(mine)
    claiming.send(mine, "")
    assert "Withdraw the claim" in browser.get(mine.get_absolute_url()).content.decode()

    page = browser.post(mine.get_absolute_url(), {"withdraw": "1"}, follow=True).content.decode()

    assert "Withdrawn. You can change the documents and submit them again" in page
    assert "Submit the claim" in page
    assert [each.pk for each in claiming.papers_of(mine)] == [paper.pk]

    mine.refresh_from_db()
    claiming.send(mine, "")
    claiming.decline(mine, make_reviewer(), {"zh": "照片看不清，请重拍"})
    page = browser.post(mine.get_absolute_url(), {"withdraw": "1"}, follow=True).content.decode()

    assert "Nothing was withdrawn" in page
    assert [event.move for event in mine.events.order_by("pk")] == ["begin", "send", "withdraw", "send", "decline"]


def test_a_declined_claim_shows_why_and_can_be_sent_again_with_other_papers(browser, mine):
    first = ready(mine)
    claiming.send(mine, "")
    claiming.decline(mine, make_reviewer(), {"zh": "照片看不清，请重拍"})

    page = browser.get(mine.get_absolute_url()).content.decode()
    assert "照片看不清，请重拍" in re.sub("<[^>]+>", "", page)
    later = timezone.now() + timedelta(minutes=1)
    Document.objects.filter(pk=first.document_id).update(created_at=later - timedelta(hours=1))
    ready(mine)
    browser.post(mine.get_absolute_url(), {"send": "1", "words": ""})

    mine.refresh_from_db()
    first.document.refresh_from_db()
    assert mine.state == states.SENT
    assert first.document.state == "ready"  # a reviewer saw it, so it stays for the record
    assert [event.move for event in mine.events.order_by("pk")] == ["begin", "send", "decline", "send"]


def test_a_declined_claim_is_not_sent_again_as_it_was(browser, mine):
    """Nothing new came to the reviewer, who had to decline it once more."""
    paper = ready(mine)
    claiming.send(mine, "我的旧备案")
    claiming.decline(mine, make_reviewer(), {"zh": "缺少证件反面"})

    untouched = browser.post(mine.get_absolute_url(), {"send": "1", "words": "我的旧备案"})
    emptied = browser.post(mine.get_absolute_url(), {"send": "1", "words": ""})

    assert errors(untouched) == errors(emptied) == {"__all__": ["claim_unchanged"]}
    assert "Nothing has changed since the answer" in untouched.content.decode()
    with pytest.raises(MoveNotAllowed):
        claiming.send(LegacyClaim.objects.get(), "我的旧备案")
    assert [each.pk for each in claiming.papers_of(mine)] == [paper.pk]


def test_a_declined_claim_is_sent_again_with_more_words_or_with_fewer_pictures(browser, mine):
    ready(mine)
    ready(mine, side=2)
    claiming.send(mine, "")
    claiming.decline(mine, make_reviewer(), {"zh": "请说明"})

    browser.post(mine.get_absolute_url(), {"send": "1", "words": "证件已换新"})

    mine.refresh_from_db()
    assert (mine.state, mine.words) == (states.SENT, "证件已换新")
    claiming.decline(mine, make_reviewer(), {"zh": "第二张与本案无关"})
    seen = claiming.papers_of(mine).get(side=2).document.reference
    browser.post(side_of(mine, 2), {"remove": seen})
    browser.post(mine.get_absolute_url(), {"send": "1", "words": "证件已换新"})

    mine.refresh_from_db()
    assert mine.state == states.SENT


@pytest.mark.parametrize("is_declined", [False, True])
def test_a_claim_of_a_filing_that_another_account_was_given_cannot_be_sent(browser, mine, record, chen, is_declined):
    ready(mine)
    if is_declined:
        claiming.send(mine, "")
        claiming.decline(mine, make_reviewer(), {"zh": "照片看不清，请重拍"})
    theirs = claiming.begin(chen, record)
    ready(theirs)
    claiming.send(theirs, "")
    claiming.accept(theirs, make_reviewer())

    page = browser.get(mine.get_absolute_url()).content.decode()
    browser.post(mine.get_absolute_url(), {"send": "1", "words": ""})

    assert "Another account was given this filing. If it is yours, call us." in page
    assert ["Submit the claim" in page, "submit it again" in page] == [False, False]
    assert ("照片看不清" in page) == is_declined
    assert "In another account" in browser.get(PAGE).content.decode()
    mine.refresh_from_db()
    assert mine.state == (states.DECLINED if is_declined else states.OPEN)


# --- strangers, cost --------------------------------------------------------------------------------------------


def test_a_stranger_with_a_claim_of_their_own_gets_404(browser, mine, record, chen):
    theirs = claiming.begin(chen, record)

    assert browser.get(theirs.get_absolute_url()).status_code == 404
    assert browser.post(theirs.get_absolute_url(), {"send": "1"}).status_code == 404
    assert browser.post(side_of(theirs, 1), {"file": photo_file()}).status_code == 404
    assert Document.objects.count() == 0


def test_who_is_not_signed_in_is_sent_to_sign_in(client, mine):
    for url in (PAGE, mine.get_absolute_url(), reverse("claim-paper", args=[mine.reference, "x"])):
        assert "/account/" in client.get(url)["Location"]


def test_the_page_takes_as_many_queries_with_one_paper_as_with_three(browser, mine):
    ready(mine)
    one = cost(lambda: browser.get(mine.get_absolute_url()))
    for side in (2, 3):
        ready(mine, side)

    assert cost(lambda: browser.get(mine.get_absolute_url())) == one


def test_the_list_of_one_s_claims_takes_as_many_queries_with_one_as_with_three(browser, mine, old, lin):
    one = cost(lambda: browser.get(PAGE))
    old(personal(domain="b.cn"), personal(domain="c.cn"))
    for record in LegacyRecord.objects.filter(domain__in=["b.cn", "c.cn"]):
        claiming.begin(lin, record)

    assert cost(lambda: browser.get(PAGE)) == one


def test_a_picture_that_arrives_after_sending_is_not_kept(mine):
    ready(mine)
    stale = LegacyClaim.objects.get(pk=mine.pk)
    claiming.send(LegacyClaim.objects.select_related("owner", "record").get(pk=mine.pk), "")

    with pytest.raises(MoveNotAllowed):
        claiming.upload(stale, side=2, file=photo_file())
    with pytest.raises(MoveNotAllowed):
        claiming.remove(stale, side=1, seen=claiming.papers_of(mine).get().document.reference)

    assert claiming.papers_of(mine).count() == 1
    assert sorted(Document.objects.values_list("state", flat=True)) == ["ready", "retired"]
