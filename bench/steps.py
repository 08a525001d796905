"""`python -m bench.steps`: what each page and step of a transfer costs, with 1 and with 2,000 orders in the archive."""

import io

from bench import world  # first: it sets the portal up

# isort: split
from django.urls import reverse

from demo.seed import free_filings as demo_world
from icpportal.wizard.storage import as_form_data
from tests.transfers import states
from tests.transfers.archive import fill
from tests.transfers.builders import (
    administrator_answers,
    make_order,
    make_ready_document,
    make_user,
    picture,
    subject_answers,
)
from transfers.check import readiness
from transfers.documents import slots
from transfers.models import Order
from transfers.orders.people import by_role
from verification import consents

ARCHIVES = (1, 2000)
SUBMITS = 12


def main() -> None:
    world.prepare()
    owner = make_user("bench@example.com", mobile="13700000001")
    others = [make_user(mobile=f"137{place:08d}") for place in range(2, 40)]
    client = world.browser(owner)
    draft = draft_of(owner)
    fresh = make_order(owner, province="44", steps=())
    photo = make_order(owner, state=states.PHOTO_DUE, province="44")
    phones = make_order(owner, state=states.PHONE_DUE, province="12")
    filled = 0
    for number in ARCHIVES:
        fill(number - filled, [owner, *others], begin=filled)
        filled = number
        world.heading(f"With {number} orders in the archive")
        shown(client, draft, fresh, photo, phones)
        sent(client, draft, fresh)
        submitted()


def shown(client: object, draft: Order, fresh: Order, photo: Order, phones: Order) -> None:
    pages = {
        "start": "/",
        "rules of a province": "/rules/12/",
        "my filings": "/filings/",
        "verify type": "/transfers/new/",
        "order": f"/transfers/{draft.reference}/",
        "service code": step(fresh, "service_code"),
        "filing password": step(draft, "filing_password"),
        "people": reverse("people", args=[draft.reference]),
        "subject lead": step(draft, "subject"),
        "website": step(draft, "website"),
        "administrator": step(draft, "administrator"),
        "documents": reverse("documents", args=[draft.reference]),
        "one document": reverse("slot", args=[draft.reference, "lead_id"]),
        "check your answers": reverse("check", args=[draft.reference]),
        "photo": reverse("photo", args=[photo.reference]),
        "phones": reverse("phones", args=[phones.reference]),
    }
    for name, path in pages.items():
        world.measure(f"show  {name}", lambda path=path: client.get(path), expect=200)


def step(order: Order, key: str) -> str:
    return reverse("step", args=[order.reference, key])


def sent(client: object, draft: Order, fresh: Order) -> None:
    place = {"region_province": "64", "region_city": "640100", "region_county": "640106"}
    typed = {"nature": "enterprise", "id_type": "1", "name": "示例", "domain": demo_world.FREE[0].domain, **place}
    typed["id_number"] = demo_world.FREE[0].id_number
    world.measure("send  verify type", lambda: client.post("/transfers/new/", typed), expect=302)
    wrong = {"product_type": "ecs", "how": "code", "service_code": "00000000-0000-4000-8000-000000000077"}
    world.measure("send  service code (unknown)", lambda: client.post(step(fresh, "service_code"), wrong), expect=200)
    for key, name in (("subject", "subject lead"), ("website", "website"), ("administrator", "administrator")):
        data = as_form_data(draft.answer(key))
        world.measure(f"send  {name}", lambda key=key, data=data: client.post(step(draft, key), data), expect=302)
    world.measure("send  a document", lambda: upload(client, draft), expect=302)


def upload(client: object, order: Order) -> object:
    file = io.BytesIO(picture())
    file.name = "card.jpg"
    return client.post(reverse("slot", args=[order.reference, "lead_id"]), {"file": file})


def submitted() -> None:
    """Each order can be sent once: as many as there are measurements, each by its own applicant."""
    ready = [(order, world.browser(order.owner)) for order in (ready_order() for _ in range(SUBMITS))]
    gaps = readiness.gaps(ready[0][0])
    if gaps:
        print(f"{'send  submit':34}not measured: {[str(gap) for gap in gaps]}")
        return
    waiting = iter(ready)

    def send() -> object:
        order, client = next(waiting)
        return client.post(reverse("check", args=[order.reference]), {"declared": "on"})

    world.measure("send  submit", send, times=SUBMITS - 1, expect=302)


def draft_of(owner: object = None) -> Order:
    """A draft of Guangdong, where no phones are asked for, with everybody's agreement."""
    answers = {
        "subject": subject_answers(post_region="440304", lead_phone2="086-0755-55501000"),
        "administrator": administrator_answers(admin_phone2="086-0755-55501000"),
    }
    order = make_order(owner, province="44", answers=answers)
    for person in by_role(order).values():
        consents.give(holder=order.reference, person_key=person.key, language="en")
    return order


def ready_order() -> Order:
    order = draft_of()
    for slot in slots.needed(order):
        for side in range(1, slot.needed + 1):
            make_ready_document(order, slot.key, side=side)
    return order


if __name__ == "__main__":
    main()
