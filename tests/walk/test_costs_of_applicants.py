"""The queries of an applicant's page: within the targets of `make bench`."""

import random

import pytest

from bench.inside import pages
from bench.parts.pages import KINDS
from demo.seed import free_filings
from tests.transfers.builders import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("steady_cache", "on_the_wire")]


def test_no_page_and_no_post_of_an_applicant_exceeds_its_query_limit() -> None:
    free_filings.fill(random.Random(1))
    owner = make_user("owner@example.com", mobile="13700000001")
    me = pages.signed_in(owner)

    asked = {
        act.name: (act.kind, pages.queries_of(act)[0])
        for acts in (pages.page_acts(me, owner), pages.post_acts(me, owner))
        for act in acts
        if act.kind in KINDS
    }

    assert {kind for kind, _queries in asked.values()} == set(KINDS) - {"case"}
    assert {name: asked[name] for name in asked if asked[name][1] > KINDS[asked[name][0]].must} == {}


def test_what_is_measured_leaves_out_the_start_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    me = pages.signed_in(make_user("owner@example.com", mobile="13700000001"))
    started: list[bool] = []
    monkeypatch.setattr(me.handler, "load_middleware", lambda: started.append(True))

    assert me.get("/filings/").status_code == 200
    assert started == []
