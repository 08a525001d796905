"""A check before submit is a row with its sentence (docs/how-to.md): added in memory, it stops an order or advises."""

import pytest
from django.test import Client
from django.urls import reverse

from filings.checks import Check, Facts, Severity, table
from filings.checks.catalogue import PageOf
from tests.transfers.builders import sign_in, website_answers
from tests.transfers.desk import make_complete
from transfers.check import readiness

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ministry", "servers")]


def short(facts: Facts) -> bool:
    return len(facts.website.get("site_name", "")) < 9


def add(monkeypatch: pytest.MonkeyPatch, severity: str) -> None:
    row = Check("site_short", PageOf.WEBSITE, "site_name", "The name is too short: write it out", short, severity)
    monkeypatch.setattr(table, "CHECKS", (*table.CHECKS, row))


def test_an_error_is_shown_at_the_field_and_stops_the_order(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_complete()
    assert readiness.gaps(order) == []

    add(monkeypatch, Severity.ERROR)

    client.cookies["django_language"] = "en"
    page = sign_in(client, order.owner).post(
        reverse("step", args=[order.reference, "website"]), website_answers(order.domain)
    )
    assert page.context["form"].errors == {"site_name": ["The name is too short: write it out"]}
    named = ["Website details · Website name: The name is too short: write it out"]
    assert [gap.words for gap in readiness.gaps(order)] == named


def test_a_warning_advises_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_complete()

    add(monkeypatch, Severity.WARNING)

    assert readiness.gaps(order) == []
    assert "The name is too short: write it out" in " ".join(str(gap.words) for gap in readiness.advice(order))
