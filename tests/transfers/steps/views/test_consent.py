"""The website administrator consents on their own phone: what they see, the effects of yes and no, the alternatives."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from icpportal.logs import redact
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import administrator_answers, make_order, make_ready_document, make_user, sign_in
from tests.transfers.outside import as_sent, reload, send
from transfers.check import readiness
from transfers.documents import validity
from transfers.models import Order
from transfers.steps import consent, phone_tests
from verification import consents
from verification.models import ConsentRequest

pytestmark = pytest.mark.django_db
YES = {"role": "on", "pictures": "on"}


def page(order: Order) -> str:
    return reverse("administrator-consent", args=[order.reference])


def link_of(order: Order) -> str:
    """The link in the newest text."""
    message = Message.objects.filter(template="code_consent").latest("created_at")
    found = re.search(r"/consent/[\w-]+/", message.payload["context"]["link"])
    assert found is not None
    return found.group()


def ask_for_consent(client: Client, order: Order) -> str:
    """The applicant presses the button; returns the link that the person receives."""
    assert sign_in(client, order.owner).post(page(order), {"send": "1"}).status_code == 302
    return link_of(order)


def read(url: str, language: str = "en") -> str:
    """A stranger's phone, without an account."""
    return Client().get(url, headers={"accept-language": language}).content.decode()


def states_of(order: Order) -> tuple[str, bool]:
    found = consent.consent_status(reload(order))
    assert found is not None
    return found.state, any(gap.url == page(order) for gap in readiness.gaps(reload(order)))


def test_the_hub_says_that_somebody_has_to_answer(client: Client) -> None:
    order = make_order()
    hub = reverse("people", args=[order.reference])
    before = sign_in(client, order.owner).get(hub, headers={"accept-language": "en"}).content.decode()
    ask_for_consent(client, order)

    after = client.get(hub, headers={"accept-language": "en"}).content.decode()

    assert "text the link" in before
    assert "Waiting for" in after
    assert "139****0002" in after
    assert states_of(order) == ("waiting", True)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "I agree to be the website administrator"), ("zh-hans", "同意担任网站负责人")]
)
def test_the_link_shows_only_what_the_person_must_know(client: Client, language: str, words: str) -> None:
    order = make_order()

    text = read(ask_for_consent(client, order), language)

    assert words in text
    assert order.domain in text
    private = ("陈样例", "649999198806060008", "13900000002", "宁夏示例纸业有限公司", order.reference, "林示范")
    assert [word for word in private if word in text] == []
    assert "checked" not in text


def test_who_signs_on_paper_still_does_when_the_link_cannot_be_texted(client: Client, settings: Any) -> None:
    order = make_order()
    owner = sign_in(client, order.owner)
    owner.post(page(order), {"paper": "1"})
    settings.SMS_BUDGET_DAY = 0

    refused = owner.post(page(order), {"send": "1"})

    assert refused.status_code == 200
    assert states_of(order)[0] == "paper"


def test_a_person_with_a_chinese_name_is_asked_in_chinese_by_somebody_who_reads_english(client: Client) -> None:
    order = make_order(make_user(language="en"))

    ask_for_consent(client, order)

    assert Message.objects.get(template="code_consent").payload["language"] == "zh-hans"


def test_a_yes_on_the_phone_is_that_persons_own_consent_and_proves_the_phone(client: Client) -> None:
    order = make_order(province="12")
    link = ask_for_consent(client, order)

    Client().post(link, YES)

    assert states_of(order) == ("agreed", False)
    assert administrator_key(order) in consents.active_consents(order.reference)
    proofs = {proof.role: proof.is_proved for proof in phone_tests.required_tests(reload(order))}
    assert proofs == {"subject_lead": False, "administrator": True}


def administrator_key(order: Order) -> str:
    return ConsentRequest.objects.get(holder=order.reference).person_key


@pytest.mark.parametrize("ticked", [(), ("role",), ("pictures",)])
def test_both_boxes_have_to_be_ticked_and_a_ticked_one_stays_ticked(client: Client, ticked: tuple[str, ...]) -> None:
    order, phone = make_order(), Client(headers={"accept-language": "en"})
    link = ask_for_consent(client, order)

    shown = phone.post(link, dict.fromkeys(ticked, "on"), follow=True).content.decode()

    title, _rest = shown.split("</title>", 1)
    summary = shown[shown.index("error-summary") : shown.index("</ul>", shown.index("error-summary"))]
    assert "Error: Do you agree" in title
    for name in YES:
        (box,) = re.findall(f'<input[^>]* name="{name}"[^>]*>', shown)
        told = (f'href="#id_{name}"' in summary, f"id_{name}_error" in box)
        assert ("checked" in box, *told) == ((True, False, False) if name in ticked else (False, True, True))
    assert states_of(order) == ("waiting", True)
    phone.post(link, YES)
    assert states_of(order) == ("agreed", False)


def test_no_browser_and_no_proxy_caches_the_page_of_the_link(client: Client) -> None:
    url = ask_for_consent(client, make_order())

    kept_pages = [Client().get(url).headers.get("Cache-Control", "")]
    Client().post(url, YES)
    kept_pages.append(Client().get(url).headers.get("Cache-Control", ""))
    kept_pages.append(Client().get(reverse("phone-link", args=["x" * 32])).headers.get("Cache-Control", ""))

    assert ["no-store" in each and "private" in each for each in kept_pages] == [True] * 3


def test_opening_it_and_a_second_press_change_nothing(client: Client) -> None:
    order = make_order()
    link = ask_for_consent(client, order)
    read(link)
    Client().post(link, YES)

    late = Client().post(link, {"no": "1"}, follow=True, headers={"accept-language": "en"})

    assert states_of(order)[0] == "agreed"
    assert "You have agreed" in late.content.decode()


def test_the_wrong_person_says_no_and_the_applicant_is_told(client: Client) -> None:
    order = make_order()
    link = ask_for_consent(client, order)

    Client().post(link, {"no": "1"})
    Client().post(link, {"no": "1"})

    told = Message.objects.filter(template="consent_declined")
    assert {message.channel for message in told} == {"sms", "email", "site"}
    assert {message.user_id for message in told} == {order.owner_id}
    assert len(told) == 3
    assert states_of(order) == ("declined", True)
    assert administrator_key(order) not in consents.active_consents(order.reference)
    shown = client.get(page(order), headers={"accept-language": "en"}).content.decode()
    assert "did not agree" in shown


def test_a_link_is_valid_for_a_day(client: Client) -> None:
    order = make_order()
    link = ask_for_consent(client, order)

    with time_machine.travel(timezone.now() + timedelta(hours=24), tick=False):
        answer = Client().post(link, YES)
        assert (answer.status_code, states_of(order)[0]) == (404, "over")


def test_a_new_number_invalidates_the_old_link(client: Client) -> None:
    order = make_order()
    link = ask_for_consent(client, order)

    send(client, order, "administrator", as_sent(administrator_answers(admin_phone1="13900000055")))

    assert Client().post(link, YES).status_code == 404
    assert states_of(order) == ("to_ask", True)


def test_a_second_text_within_a_minute_is_refused(client: Client) -> None:
    order = make_order()
    link = ask_for_consent(client, order)

    answer = client.post(page(order), {"send": "1"})

    assert answer.status_code == 200
    assert Client().get(link).status_code == 200


def test_a_strangers_order_is_not_asked_about(client: Client) -> None:
    order = make_order()

    assert sign_in(client, make_order().owner).post(page(order), {"send": "1"}).status_code == 404
    assert not ConsentRequest.objects.exists()


def test_without_the_phone_the_person_signs_on_paper_which_the_reviewer_checks(client: Client) -> None:
    order = make_order()

    sign_in(client, order.owner).post(page(order), {"paper": "1"})

    assert states_of(order) == ("paper", False)
    documents = client.get(reverse("documents", args=[order.reference]), headers={"accept-language": "en"})
    assert "/documents/consent_letter/" in documents.content.decode()
    assert any(gap.part == "paper.consent_letter" for gap in readiness.gaps(reload(order)))


def test_a_consent_on_paper_is_done_only_once_the_signed_form_is_uploaded(client: Client) -> None:
    order = make_order()
    sign_in(client, order.owner).post(page(order), {"paper": "1"})

    def shown() -> tuple[str, str]:
        found = consent.consent_status(reload(order))
        assert found is not None
        return found.task.state, str(found.task.hint)

    with override("en"):
        before = shown()
        make_ready_document(order, "consent_letter")
        after = shown()

    assert before == ("todo", "陈*例 agrees on paper: upload the signed form")
    assert after == ("done", "陈*例 agrees on paper: the signed form is uploaded")


def test_the_signed_form_of_an_earlier_administrator_does_not_speak_for_the_next(client: Client) -> None:
    order = make_order()
    sign_in(client, order.owner).post(page(order), {"paper": "1"})
    make_ready_document(order, "consent_letter")
    order.papers.update(mark=validity.mark_of(order, "consent_letter"))
    before = [gap for gap in readiness.gaps(reload(order)) if gap.part == "paper.consent_letter"]
    other = administrator_answers(admin_name="朱示范", admin_id_number="649999196604210005")
    assert send(client, order, "administrator", as_sent(other)).status_code == 302

    with override("en"):
        after = [str(gap.words) for gap in readiness.gaps(reload(order)) if gap.part == "paper.consent_letter"]
    assert before == []
    assert len(after) == 1
    assert "The person has changed: upload the form that the new person signed" in after[0]
    assert states_of(order) == ("paper", False)


def test_who_chose_paper_is_led_to_the_upload_and_can_still_text_the_link(client: Client) -> None:
    order = make_order()
    english = {"accept-language": "en"}
    sign_in(client, order.owner).post(page(order), {"paper": "1"})

    shown = client.get(page(order), headers=english).content.decode()

    upload = reverse("slot", args=[order.reference, "consent_letter"])
    assert f'<a class="button" href="{upload}">Upload the signed form</a>' in shown
    assert ("Text the link" in shown, "Sign on paper instead" in shown) == (True, False)


def test_after_the_person_agreed_the_page_announces_no_further_text(client: Client) -> None:
    order = make_order()
    link = ask_for_consent(client, order)
    announced = "We text a link to"
    waiting = client.get(page(order), headers={"accept-language": "en"}).content.decode()
    Client().post(link, YES)
    agreed = client.get(page(order), headers={"accept-language": "en"}).content.decode()

    assert (announced in waiting, announced in agreed) == (True, False)


def test_one_person_in_both_roles_is_not_asked(client: Client) -> None:
    order = make_order(answers={"administrator": {"same_person": "yes"}})

    assert consent.consent_status(order) is None
    assert sign_in(client, order.owner).get(page(order)).status_code == 404


def test_a_returned_order_from_before_is_not_blocked(client: Client) -> None:
    order = make_order(state=states.RETURNED, submitted_at=timezone.now())

    assert consent.consent_status(order) is None


def test_the_address_is_masked_in_the_logs(client: Client) -> None:
    link: Any = ask_for_consent(client, make_order())

    assert link.split("/")[2] not in redact(f"GET {link}")
