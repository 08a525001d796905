"""Two tabs, two people, a double click, the back button: one effect, no input lost, and the other is informed."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from filings.actions import record_import
from filings.legacy_import import actions, runner
from filings.legacy_import.claims import claims as claiming
from filings.models import LegacyClaim, LegacyImport, LegacyImportItem, LegacyRecord, Website
from filings.models import legacy_states as states
from icpportal.outbox.models import Message
from tests.filings.filed import on_file
from tests.filings.legacy_import.dumps import EMAIL, PASSWORD, account, filing, personal, several
from tests.filings.legacy_import.views.test_claims import ready
from tests.filings.legacy_import.views.test_imports import other_subject
from tests.transfers.builders import make_reviewer
from tests.transfers.outside import errors
from tests.transfers.together import together, words

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {"old_account": EMAIL, "old_password": PASSWORD}
CLAIMED = {"id_type": "2", "id_number": "119999199009090002", "name": "赵样本", "domain": "example.cn"}


def tab(owner):
    """A browser tab of theirs."""
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(owner)
    return client


def posts(owner, url, *forms):
    """Each form sent from its own tab, all at the same moment."""
    tabs = [(tab(owner), form) for form in forms]
    return together(*(lambda client=client, form=form: client.post(url, form) for client, form in tabs))


def moves(thing):
    return [event.move for event in thing.events.order_by("pk")]


def run_url(mine):
    return reverse("import-run", args=[mine.reference])


def ticked_sites(answer):
    return sorted(re.findall(r'name="site" value="([^"]+)"[^>]* checked', answer.content.decode()))


def test_two_tabs_prove_the_same_old_account_and_see_one_import(old, lin):
    old(*several(2))

    ends = posts(lin, "/import/", TYPED, TYPED, TYPED)

    mine = LegacyImport.objects.get()
    assert [end["Location"] for end in ends] == [mine.get_absolute_url()] * 3
    assert (mine.state, sorted(moves(mine))) == (states.PREVIEWED, ["preview", "prove"])


def test_import_pressed_twice_at_once_runs_once_and_both_presses_lead_to_it(old, lin):
    old(*several(3))
    mine = actions.begin(lin, account())
    choice = {"site": ["site1.com", "site3.com"]}

    ends = posts(lin, run_url(mine), choice, choice)
    runner.sweep()

    assert [end["Location"] for end in ends] == [mine.get_absolute_url()] * 2
    assert sorted(moves(mine)) == ["finish", "preview", "prove", "run"]
    assert sorted(Website.objects.values_list("domain", flat=True)) == ["site1.com", "site3.com"]
    assert Message.objects.filter(template="import_complete").count() == 3  # text, mail, note


def test_of_two_tabs_with_different_choices_the_first_counts_completely(old, lin):
    old(*several(3))
    mine = actions.begin(lin, account())
    choices = [["site1.com"], ["site2.com", "site3.com"]]

    posts(lin, run_url(mine), *({"site": choice} for choice in choices))
    runner.sweep()

    assert sorted(Website.objects.values_list("domain", flat=True)) in choices
    assert LegacyRecord.objects.filter(imported_at__isnull=True).count() == 3 - Website.objects.count()


def test_two_people_import_the_same_old_account_one_has_it_and_the_other_is_told(old, lin, chen):
    old(*several(2))
    theirs = [actions.begin(owner, account()) for owner in (lin, chen)]
    tabs = [tab(lin), tab(chen)]

    ends = together(
        *(
            lambda client=client, mine=mine: client.post(run_url(mine), {"site": ["site1.com"]})
            for client, mine in zip(tabs, theirs, strict=True)
        )
    )
    runner.sweep()

    assert sorted(end.status_code for end in ends) == [200, 302]
    lost = [end.status_code for end in ends].index(200)
    winner, loser = theirs[1 - lost], theirs[lost]
    assert errors(ends[lost]) == {"__all__": ["old_imported"]}
    assert ticked_sites(ends[lost]) == []  # nothing can be chosen any more
    assert winner.owner.email not in ends[lost].content.decode()
    assert [site.owner for site in Website.objects.all()] == [winner.owner]
    assert LegacyImport.objects.get(pk=loser.pk).state == states.PREVIEWED
    assert errors(tabs[lost].post("/import/", TYPED)) == {"__all__": ["old_imported"]}


def test_back_to_the_preview_after_the_import_shows_the_report_and_a_press_there_changes_nothing(old, lin):
    old(*several(2))
    mine, client = actions.begin(lin, account()), tab(lin)
    client.post(run_url(mine), {"site": "site1.com"})
    runner.sweep()

    page = client.get(mine.get_absolute_url()).content.decode()
    pressed = client.post(run_url(mine), {"site": ["site1.com", "site2.com"]})

    assert 'data-state="imported"' in page
    assert "import-form" not in page
    assert pressed["Location"] == mine.get_absolute_url()
    assert (moves(mine), Website.objects.count()) == (["prove", "preview", "run", "finish"], 1)


def test_a_preview_older_than_the_register_asks_again_and_keeps_the_ticks(old, lin, chen):
    old(*several(3))
    mine, client = actions.begin(lin, account()), tab(lin)
    client.get(mine.get_absolute_url())
    record = LegacyRecord.objects.get(domain="site2.com")
    record_import(key="report", owner=lin, record=record)  # imported by another page in the meantime
    old(*several(3, site_name="另一个名称"))

    answer = client.post(run_url(mine), {"site": ["site1.com", "site2.com"]})

    assert errors(answer) == {"keep-site2.com": ["required"]}
    assert ticked_sites(answer) == ["site1.com", "site2.com"]
    assert LegacyImport.objects.get().state == states.PREVIEWED
    assert LegacyImportItem.objects.count() == 0


def test_a_site_imported_into_another_account_since_is_reported_and_the_rest_can_be_imported(old, lin, chen):
    tea = {"id_number": "91649999000000027F", "name": "宁夏示例茶叶有限公司"}
    old(filing(), filing(domain="tea.com", **tea))
    mine, client = actions.begin(lin, account()), tab(lin)
    on_file(chen, domain="tea.com", pages=other_subject())

    refused = client.post(run_url(mine), {"site": ["example.com", "tea.com"]})
    taken = client.post(run_url(mine), {"site": ticked_sites(refused)})
    runner.sweep()

    assert errors(refused) == {"site": ["invalid_choice"]}
    assert "In another account" in refused.content.decode()
    assert ticked_sites(refused) == ["example.com"]
    assert taken.status_code == 302
    assert [site.domain for site in Website.objects.filter(owner=lin)] == ["example.com"]


def test_a_claim_begun_in_two_tabs_is_one_claim(old, lin):
    old(personal())

    ends = posts(lin, "/import/claim/", CLAIMED, CLAIMED, CLAIMED)

    claim = LegacyClaim.objects.get()
    assert [end["Location"] for end in ends] == [claim.get_absolute_url()] * 3
    assert moves(claim) == ["begin"]


def test_a_claim_sent_twice_at_once_is_sent_once_with_one_message(old, lin):
    old(personal())
    claim = claiming.begin(lin, LegacyRecord.objects.get())
    ready(claim)

    ends = posts(lin, claim.get_absolute_url(), *({"send": "1", "words": text} for text in ("第一", "第二")))

    claim.refresh_from_db()
    assert [end["Location"] for end in ends] == [claim.get_absolute_url()] * 2
    assert (claim.state, moves(claim)) == (states.SENT, ["begin", "send"])
    assert claim.words in ("第一", "第二")
    assert Message.objects.count() == 3


def test_of_two_claims_of_one_record_accepted_at_once_one_gets_it(old, lin, chen):
    old(personal())
    claims = []
    for owner in (lin, chen):
        claim = claiming.begin(owner, LegacyRecord.objects.get())
        ready(claim)
        claiming.send(claim, "")
        claims.append(LegacyClaim.objects.select_related("owner", "record").get(pk=claim.pk))
    reviewer = make_reviewer()

    ends = together(*(lambda claim=claim: claiming.accept(claim, reviewer) for claim in claims))

    assert words(ends) == ["RecordGone", "done"]
    winner = claims[ends.index(None)]
    assert [site.owner for site in Website.objects.all()] == [winner.owner]
    assert sorted(LegacyClaim.objects.values_list("state", flat=True)) == [states.ACCEPTED, states.SENT]


def test_who_decides_a_claim_sees_that_another_account_claims_the_same(lin, chen, old):
    old(personal())
    mine, other = (claiming.begin(owner, LegacyRecord.objects.get(domain="example.cn")) for owner in (lin, chen))
    reviewer = tab(make_reviewer())
    case = reverse("admin:filings_legacyclaim_case", args=[mine.pk])
    ready(mine)
    claiming.send(mine, "")
    assert "Another account claims the same" not in reviewer.get(case).content.decode()

    ready(other)
    claiming.send(other, "")

    page = reviewer.get(case).content.decode()
    assert "Another account claims the same" in page
    assert reverse("admin:filings_legacyclaim_case", args=[other.pk]) in page

    reviewer.post(reverse("admin:filings_legacyclaim_case", args=[other.pk]), {"move": "accept"})

    page = reviewer.get(case).content.decode()
    assert "The claim of another account for the same was accepted" in page
    assert "Another account claims the same" not in page
