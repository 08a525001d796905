"""How the photo was taken, beside the photo that a reviewer judges."""

import pytest
from django.utils.translation import override

from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, make_reviewer, sign_in
from tests.transfers.review.desk import open_unmasked
from transfers.review.cases.parts.photo import photo_facts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"way": "backdrop"}, ["Take it in front of our backdrop"]),
        (
            {"way": "place", "place": {"zh": "银川市示例拍照点", "en": "x", "address": "示例路1号"}},
            ["Go to a designated place", "银川市示例拍照点 · 示例路1号"],
        ),
        (
            {"way": "shanghai_app", "sh_code": "AB12CD", "fetched": True},
            ["Shanghai authority's app", "AB12CD", "Fetched from the app's system by this code"],
        ),
        (
            {"way": "shanghai_app", "sh_code": "AB12CD"},
            [
                "Shanghai authority's app",
                "AB12CD",
                "Uploaded by the applicant: compare it with the app's photo of this code",
            ],
        ),
        ({}, []),
    ],
)
def test_the_reviewer_reads_how_the_photo_was_taken(said, shown):
    order = make_order(state=states.PHOTO_REVIEW, answers={"photo": said})

    with override("en"):
        assert [fact["value"] for fact in photo_facts(order)] == shown


def test_how_the_photo_was_taken_is_shown_beside_it(client):
    place = {"zh": "银川市示例拍照点", "en": "x", "address": "示例路1号"}
    order = make_order(state=states.PHOTO_REVIEW, answers={"photo": {"way": "place", "place": place}})
    make_ready_document(order, "photo")

    client.cookies["django_language"] = "en"
    html = open_unmasked(sign_in(client, make_reviewer()), order).content.decode()

    part = html.partition("Photo beside the document")[2].partition("</section>")[0]
    assert "银川市示例拍照点" in part
    assert "示例路1号" in part
