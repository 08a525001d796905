"""Whether the ministry and we use the same encryption, checked before the first report is sent."""

import hashlib

import pytest
from django.core.management import call_command

from icpportal.gateways.miit.client import agreement
from icpportal.gateways.miit.client.agreement import Agreement
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.models import MinistryLine, Report, UploadFile
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.gateways.miit.outgoing.sender import send_due
from tests.icpportal.gateways.miit.authority_files import bajg, result, waiting
from tests.icpportal.gateways.miit.client.server import ISP, b64, encrypt_file, zip_of
from tests.icpportal.gateways.miit.sending_world import MINUTE, NOW, access

pytestmark = pytest.mark.django_db
OTHER_KEY = "another key ===="


def queue_report(reference="TR-9"):
    row = report_queue.queue(access(reference=reference))
    Report.objects.filter(pk=row.pk).update(next_at=NOW, queued_at=NOW)
    return row


def line():
    return MinistryLine.objects.get(pk=ISP)


def calls(ministry):
    return [call.method for call in ministry.calls]


def status(capsys):
    with pytest.raises(SystemExit):
        call_command("miit", "status")
    return next(row for row in capsys.readouterr().out.splitlines() if row.startswith("encryption"))


def with_an_earlier_upload(ministry, *, plain=False):
    """This account has reported before, and the ministry returns its last file."""
    body = zip_of(b"<UploadData/>", "beianinfo7.xml")
    ministry.last = {
        "dataSequence": "7",
        "return_FileName": "beianinfo7.xml",
        "beianInfo": b64(body if plain else encrypt_file(body)),
        "beianInfoHash": b64(hashlib.md5(body).digest()),
        "encryptAlgorithm": "0" if plain else "1",
    }


def test_our_last_upload_is_decrypted_before_the_first_report_is_sent(ministry, capsys):
    with_an_earlier_upload(ministry)
    queue_report()

    assert send_due(now=NOW).accepted == 1

    assert calls(ministry) == ["isp_querypreviousupload", "isp_upload"]
    assert (agreement.current_agreement(line()), line().encryption_agreed_at) == (Agreement.AGREED, NOW)


@pytest.mark.parametrize("last", [None, 7])
def test_keys_that_do_not_decrypt_it_stop_sending_before_anything_real_has_gone(ministry, settings, capsys, last):
    """In a fresh database and in one that has sent before."""
    with_an_earlier_upload(ministry)
    settings.MIIT_AES_KEY = OTHER_KEY
    MinistryLine.objects.create(pk=ISP, last_sequence=last)
    queue_report()

    reason = send_due(now=NOW).reason

    assert reason == "9: our last file, as the ministry has it, does not open with MIIT_AES_KEY and MIIT_AES_IV"
    assert calls(ministry) == ["isp_querypreviousupload"]
    assert (line().fetching_stopped_at, Report.objects.get().state, UploadFile.objects.count()) == (None, "queued", 0)
    assert status(capsys) == "encryption: our last file, as the ministry has it, does not open with our key"


def test_the_right_keys_are_tried_again_and_the_report_is_sent(ministry, settings):
    with_an_earlier_upload(ministry)
    right, settings.MIIT_AES_KEY = settings.MIIT_AES_KEY, OTHER_KEY
    queue_report()
    send_due(now=NOW)

    settings.MIIT_AES_KEY = right
    call_command("miit", "go-on", "sending")

    assert send_due(now=NOW).accepted == 1
    assert agreement.current_agreement(line()) == Agreement.AGREED


def test_a_person_can_let_it_continue_and_the_upload_decides(ministry, settings):
    """The last upload may be from before a key change."""
    with_an_earlier_upload(ministry)
    settings.MIIT_AES_KEY = OTHER_KEY
    queue_report()
    send_due(now=NOW)
    ministry.say("isp_upload", code=0)

    call_command("miit", "go-on", "sending")

    assert send_due(now=NOW).accepted == 1
    assert agreement.current_agreement(line()) == Agreement.AGREED


@pytest.mark.parametrize("known", [0, 7])
def test_where_no_upload_can_be_checked_a_9_loses_no_report_and_uses_up_no_number(ministry, settings, capsys, known):
    """A new account, or a last upload that is returned unencrypted."""
    if known:
        with_an_earlier_upload(ministry, plain=True)
    queue_report()
    ministry.say("isp_upload", code=9)
    send_due(now=NOW)

    assert status(capsys).startswith("encryption: was not tried yet; ")
    assert line().sending_stopped_because == "9: the ministry does not know our encryption"
    assert list(UploadFile.objects.values_list("sequence", "sent_at", "accepted_at")) == [(known + 1, None, None)]

    settings.MIIT_ENCRYPT = False  # as agreed with the authority
    call_command("miit", "go-on", "sending")
    assert send_due(now=NOW + MINUTE).accepted == 1
    assert [number for number, _xml in ministry.uploads] == [known + 1]
    assert Report.objects.get().state == "accepted"


def test_an_accepted_upload_proves_the_keys_and_is_recorded_once(ministry, django_assert_num_queries):
    queue_report()
    send_due(now=NOW)
    agreed = line().encryption_agreed_at

    queue_report("TR-10")
    send_due(now=NOW + MINUTE)

    assert (agreed, line().encryption_agreed_at) == (NOW, NOW)
    assert calls(ministry).count("isp_querypreviousupload") == 1


def test_a_decrypted_download_proves_the_keys_and_an_unencrypted_one_does_not(opened, settings):
    for encrypt, found in ((False, Agreement.NOT_TRIED), (True, Agreement.AGREED)):
        ministry = opened(encrypt=encrypt)
        ministry.deliver(f"return{encrypt}", bajg(result(waiting(f"TR-{encrypt}.1", site_number="").own_id, "1001")))
        settings.MIIT_ENCRYPT = True

        assert inbox.fetch(now=NOW) == 1
        assert agreement.current_agreement(line()) == found


def test_without_encryption_nothing_is_checked(opened, capsys):
    ministry = opened(encrypt=False)
    with_an_earlier_upload(ministry)
    MinistryLine.objects.create(pk=ISP, last_sequence=7, number_heard_at=NOW)
    queue_report()

    assert send_due(now=NOW).accepted == 1

    assert calls(ministry) == ["isp_upload"]
    assert agreement.current_agreement(line()) == Agreement.OFF


def test_the_record_of_the_keys_does_not_reveal_them(ministry, settings):
    queue_report()
    send_due(now=NOW)

    assert len(line().encryption_tried) == 64
    assert settings.MIIT_AES_KEY not in line().encryption_tried
