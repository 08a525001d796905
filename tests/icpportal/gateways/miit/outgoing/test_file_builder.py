"""A queued report becomes a file, or names the field that prevents it."""

import pytest
from billiard.exceptions import SoftTimeLimitExceeded

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client.crypto import WireFile, unwrap, wrap
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.outgoing import file_builder, report_queue
from tests.icpportal.gateways.miit.sending_world import UNFIT_REMARK, access, arrange, cancellation, statement


@pytest.fixture
def ministry(db, monkeypatch, settings):
    return arrange(monkeypatch, settings)


def xml_of(packed):
    return unwrap(WireFile(packed.name, wrap(packed.body, cipher=None), packed.digest), None)


def test_a_file_has_its_number_in_its_name_and_its_own_id_inside(ministry):
    row = report_queue.queue(access(attachments=[statement("here")]))

    packed = file_builder.build(row, 7)

    assert packed.name == "beianinfo7.xml"
    assert f"<IspJrid>{row.own_id}</IspJrid>".encode() in xml_of(packed)
    assert b"<Fjnr>" in xml_of(packed)


def test_the_same_row_gives_the_same_bytes(ministry):
    row = report_queue.queue(access(attachments=[statement("here")]))

    assert file_builder.build(row, 7) == file_builder.build(row, 7)


@pytest.mark.parametrize(
    ("report", "field", "code"),
    [
        (access(attachments=[statement("gone")]), "Fj (attachment statement)", "5010"),
        (cancellation(remark=UNFIT_REMARK), "Zx_xx/Zxlybz (remark)", "5008"),
    ],
)
def test_a_report_that_cannot_be_sent_names_the_field(ministry, report, field, code):
    with pytest.raises(NotEncodable) as unfit:
        file_builder.build(report_queue.queue(report), 7)

    assert (unfit.value.field, unfit.value.code) == (field, code)


def test_an_unavailable_storage_is_retried_and_its_address_is_not_repeated(ministry):
    with pytest.raises(Retryable) as trouble:
        file_builder.build(report_queue.queue(access(attachments=[statement("down")])), 7)

    assert str(trouble.value) == "a picture cannot be read: OSError"


def test_a_worker_that_runs_out_of_time_at_a_picture_ends_and_does_not_take_another_report(ministry, monkeypatch):
    def late(_document: str) -> bytes:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr("tests.icpportal.gateways.miit.sending_world.picture", late)

    with pytest.raises(SoftTimeLimitExceeded):
        file_builder.build(report_queue.queue(access(attachments=[statement("here")])), 7)
