"""Damaged downloads, over real HTTP: retried for hours, reported to operations, accepted once they arrive whole."""

import base64
import json
from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.utils import translation

from icpportal.alarms.models import Alarm
from icpportal.gateways.errors import NotYet, Refused
from icpportal.gateways.miit.incoming import damage, downloads, inbox, parked_downloads
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import InboxFile, MinistryLine
from icpportal.gateways.miit.operations.status import interface_status
from tests.icpportal.gateways.miit.authority_files import bajg, result, waiting
from tests.icpportal.gateways.miit.client.server import ISP, infos, return_document
from tests.icpportal.gateways.miit.sending_world import NOW
from transfers.authority.results import pull

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
BAD_HASH = {"beianInfoHash": base64.b64encode(b"0" * 16).decode()}
BAD_BODY = {"beianInfo": base64.b64encode(b"x" * 64).decode()}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def grant_of(key="TR-1.1", **columns):
    return bajg(result(waiting(key, **columns).own_id, "1001"))


def rows():
    return list(InboxFile.objects.order_by("pk").values_list("name", "state", "deliveries"))


def waiting_answers():
    return [answer.report_key for answer in outcome_queue.waiting()]


def alarm():
    return list(Alarm.objects.filter(cleared_at=None).values_list("cause", "reference"))


OPEN = [("ministry.download_damaged", "bad")]


def repair(ministry, name="bad"):
    """The same file undamaged."""
    whole = next(file for file in ministry.queue if file.name == name)
    whole.fields.update(whole.right)


def ran(*command):
    out = StringIO()
    call_command("miit", *command, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def bad(ministry):
    """A damaged file that is due, with a decision in it."""
    xml = grant_of()
    ministry.deliver("bad", xml)
    file = ministry.queue[0]
    file.right = dict(file.fields)
    file.fields.update(BAD_HASH)
    return ministry


def fetch_damaged(times, *, every=3 * SECOND, since=NOW):
    for turn in range(times):
        inbox.fetch(now=since + turn * every)


def test_three_damaged_deliveries_within_seconds_lose_no_decision(bad):
    """The third was acknowledged, and the ministry never sent it again."""
    fetch_damaged(3)
    assert (bad.acknowledged, rows(), alarm()) == ([], [("bad", "stored", 3)], OPEN)

    repair(bad)
    inbox.fetch(now=NOW + 10 * SECOND)

    assert (bad.acknowledged, waiting_answers(), alarm()) == (["bad"], ["TR-1.1"], [])
    assert [state for _name, state, _ in rows()] == ["processed", "processed"]
    assert InboxFile.objects.order_by("pk").first().reason == "damaged on the way, came whole later"
    assert interface_status(now=NOW).inbox == {"waiting": 0, "parked": 0, "damaged": 0}


@pytest.mark.parametrize("wrong", [BAD_HASH, BAD_BODY, {"encryptAlgorithm": "7"}, {"beianInfo": "%"}])
def test_any_damage_is_waited_out(bad, wrong):
    repair(bad)
    bad.queue[0].fields.update(wrong)

    fetch_damaged(10)
    assert bad.acknowledged == []

    repair(bad)
    inbox.fetch(now=NOW + HOUR)
    assert (waiting_answers(), alarm()) == (["TR-1.1"], [])


def test_bytes_damaged_differently_each_time_are_one_file_and_all_are_resolved(bad):
    """Six of any under one name were enough."""
    for turn in range(9):
        bad.queue[0].fields["beianInfo"] = base64.b64encode(b"damage %d" % turn).decode()
        inbox.fetch(now=NOW + turn * SECOND)
    assert (bad.acknowledged, InboxFile.objects.count(), alarm()) == ([], 9, OPEN)

    repair(bad)
    inbox.fetch(now=NOW + 20 * SECOND)

    assert (waiting_answers(), alarm()) == (["TR-1.1"], [])
    assert set(InboxFile.objects.values_list("state", flat=True)) == {"processed"}


def test_one_bad_minute_is_no_alarm_and_two_minutes_are(bad):
    fetch_damaged(2)
    assert alarm() == []

    inbox.fetch(now=NOW + 2 * MINUTE)
    assert alarm() == OPEN


def test_after_hours_it_is_acknowledged_kept_and_a_person_is_needed(bad):
    """Six hours by the clock; the alarm stays until somebody has dealt with it or the file arrives whole."""
    bad.deliver("good", grant_of("TR-2.1", site_number=""))
    at, bytes_of_it = NOW, bad.queue[0].fields["beianInfo"]
    while at < NOW + 6 * HOUR:
        inbox.fetch(now=at)
        at += 5 * MINUTE
    assert (bad.acknowledged, waiting_answers()) == ([], [])

    inbox.fetch(now=NOW + 6 * HOUR)

    assert (bad.acknowledged, waiting_answers()) == (["bad", "good"], ["TR-2.1"])
    row = InboxFile.objects.get(name="bad")
    assert (row.state, row.reason, row.acknowledged_at) == (
        "parked",
        "the hash does not match the file",
        NOW + 6 * HOUR,
    )
    assert inbox.wire_file(row).info == bytes_of_it
    assert alarm() == OPEN
    assert interface_status(now=NOW).inbox == {"waiting": 0, "parked": 1, "damaged": 0}


def test_hours_alone_are_not_enough_several_deliveries_are_needed_too(bad, settings):
    """A worker that was down for a night acknowledges nothing on its second attempt."""
    inbox.fetch(now=NOW)

    inbox.fetch(now=NOW + 9 * HOUR)
    assert bad.acknowledged == []

    inbox.fetch(now=NOW + 9 * HOUR + 6 * MINUTE)
    assert bad.acknowledged == ["bad"]


def test_the_hours_are_a_setting(bad, settings):
    settings.MIIT_DAMAGED_HOURS = 1
    fetch_damaged(3, every=31 * MINUTE)

    assert bad.acknowledged == ["bad"]


def test_an_abandoned_file_that_arrives_whole_after_all_is_accepted_and_the_alarm_ends(bad, settings):
    settings.MIIT_DAMAGED_HOURS = 1
    xml = bad.queue[0].right
    fetch_damaged(3, every=31 * MINUTE)
    bad.say("isp_download", return_document(1, more=infos(xml)))

    inbox.fetch(now=NOW + 24 * HOUR)

    assert (waiting_answers(), alarm()) == (["TR-1.1"], [])
    assert [state for _name, state, _ in rows()] == ["processed", "processed"]


def test_another_file_with_an_old_name_resolves_nothing(bad, settings):
    settings.MIIT_DAMAGED_HOURS = 1
    fetch_damaged(3, every=31 * MINUTE)
    bad.deliver("bad", grant_of("TR-2.1", site_number=""))

    inbox.fetch(now=NOW + timedelta(days=60))

    assert (waiting_answers(), alarm()) == (["TR-2.1"], OPEN)


def test_the_files_behind_it_come_where_the_ministry_sends_another_one(bad):
    """A strict ministry sends the oldest again and again; another one is asked to continue."""
    bad.rotates = True
    bad.deliver("good", grant_of("TR-2.1", site_number=""))
    bad.deliver("better", grant_of("TR-3.1", site_number=""))

    inbox.fetch(now=NOW)

    assert (bad.acknowledged, waiting_answers()) == (["good", "better"], ["TR-2.1", "TR-3.1"])


def test_a_file_sent_again_in_the_same_round_ends_the_round(bad):
    bad.deliver("good", grant_of("TR-2.1", site_number=""))

    inbox.fetch(now=NOW)

    assert (rows(), len(bad.asked("isp_download"))) == ([("bad", "stored", 2)], 2)


def test_a_damaged_file_is_requested_more_rarely_over_time_and_arrives_within_minutes(bad):
    """On every tick for five minutes, every minute for an hour, then every five."""
    for minutes in range(180):
        inbox.fetch(now=NOW + minutes * MINUTE)

    assert len(bad.asked("isp_download")) == 61 + 23


def test_waiting_for_a_damaged_file_does_not_count_as_unreachable(bad):
    """The file's content is unknown, but the ministry answers."""
    inbox.fetch(now=NOW)
    inbox.fetch(now=NOW + 30 * MINUTE)

    for at in (NOW + 30 * MINUTE + SECOND, NOW + 40 * MINUTE):
        with pytest.raises(NotYet):
            inbox.fetch(now=at, patience=0.01)
    assert inbox.fetch(now=NOW + 40 * MINUTE + SECOND) == 0
    assert pull(now=NOW + 40 * MINUTE + SECOND) == 0


def test_a_file_stored_whole_before_its_damaged_copy_is_resolved_with_the_next_delivery(bad):
    """The acknowledgement was lost, so the ministry sent it again, once damaged."""
    repair(bad)
    file = bad.queue[0]
    inbox.fetch(now=NOW)
    file.fields.update(BAD_HASH)
    bad.queue.append(file)
    fetch_damaged(3, since=NOW + MINUTE)
    assert (rows(), alarm()) == ([("bad", "processed", 1), ("bad", "stored", 3)], OPEN)

    repair(bad)
    inbox.fetch(now=NOW + 2 * MINUTE)

    assert (waiting_answers(), alarm(), interface_status(now=NOW).needs) == (["TR-1.1"], [], [])
    assert [state for _name, state, _ in rows()] == ["processed", "processed"]


# --- what operations can do ---


def test_operations_see_it_and_have_it_acknowledged_early(bad):
    """Its bytes stay, and the files behind it come."""
    bad.deliver("good", grant_of("TR-2.1", site_number=""))
    fetch_damaged(4)
    inbox.fetch(now=NOW + HOUR)
    needs = interface_status(now=NOW).needs
    assert needs == [
        "download bad comes damaged since 2026-11-25 16:20 (The hash does not match the file): "
        "miit confirm bad gives it up, miit reread bad tries it again"
    ]
    listed = ran("downloads")
    assert "bad" in listed
    assert "damaged" in listed

    ran("confirm", "bad")
    assert bad.acknowledged == []  # in the next round, when it is delivered again
    inbox.fetch(now=NOW + HOUR + SECOND)

    assert (bad.acknowledged, waiting_answers(), alarm()) == (["bad", "good"], ["TR-2.1"], OPEN)
    given_up = InboxFile.objects.get(name="bad")
    one, other = (get_user_model().objects.create_user(email=f"{n}@example.com", password="p") for n in (1, 2))
    parked_downloads.propose(given_up, actor=one, because="the administration told us its content")
    assert alarm() == OPEN
    parked_downloads.confirm(given_up, actor=other)
    assert alarm() == []


@pytest.mark.parametrize("given", ["good", "nothing"])
def test_only_a_damaged_file_can_be_given_up(bad, given):
    InboxFile.objects.create(isp_id=ISP, name="good", digest="g", state="processed")

    with pytest.raises(CommandError, match="no damaged or parked download"):
        ran("confirm", given)


def test_a_file_damaged_by_our_wrong_key_is_read_again_from_its_bytes(bad, settings):
    """With the right key it opens without another delivery, and the next one acknowledges it."""
    repair(bad)
    right = settings.MIIT_AES_KEY
    settings.MIIT_AES_KEY = "another key ===="
    fetch_damaged(4)
    assert (waiting_answers(), alarm()) == ([], OPEN)
    with pytest.raises(CommandError, match="still damaged"):
        ran("reread", "bad")

    settings.MIIT_AES_KEY = right
    ran("reread", "bad")

    assert (waiting_answers(), bad.acknowledged, alarm()) == (["TR-1.1"], [], [])
    inbox.fetch(now=NOW + MINUTE)
    assert (bad.acknowledged, waiting_answers(), rows()) == (["bad"], ["TR-1.1"], [("bad", "processed", 5)])


def test_a_file_damaged_by_our_wrong_key_is_resolved_by_itself_once_the_key_is_right(bad, settings):
    repair(bad)
    right = settings.MIIT_AES_KEY
    settings.MIIT_AES_KEY = "another key ===="
    fetch_damaged(4)
    settings.MIIT_AES_KEY = right

    inbox.fetch(now=NOW + MINUTE)

    assert (waiting_answers(), rows(), alarm()) == (["TR-1.1"], [("bad", "processed", 5)], [])


def test_a_file_that_was_given_up_is_read_again_by_its_number_too(bad, settings):
    repair(bad)
    right = settings.MIIT_AES_KEY
    settings.MIIT_AES_KEY, settings.MIIT_DAMAGED_HOURS = "another key ====", 1
    fetch_damaged(3, every=31 * MINUTE)
    settings.MIIT_AES_KEY = right

    ran("reread", str(InboxFile.objects.get().pk))

    assert (waiting_answers(), alarm(), interface_status(now=NOW).needs) == (["TR-1.1"], [], [])


def test_the_list_of_downloads_is_json_too(bad):
    fetch_damaged(3)
    InboxFile.objects.create(isp_id=ISP, name="task", digest="t", state="parked", reason="HSRW is only stored")

    found = json.loads(ran("downloads", "--json"))["downloads"]

    assert [(row["name"], row["state"], row["deliveries"], row["reason"]) for row in found] == [
        ("bad", "damaged", 3, "the hash does not match the file"),
        ("task", "parked", 1, "HSRW is only stored"),
    ]


def test_giving_a_file_up_does_not_resume_stopped_fetching(bad):
    fetch_damaged(3)
    MinistryLine.objects.update(fetching_stopped_at=NOW, fetching_stopped_because="5: x")

    downloads.give_up("bad")

    with pytest.raises(Refused):
        inbox.fetch(now=NOW)


def test_a_file_damaged_before_this_version_is_timed_from_its_first_delivery():
    """And one that arrived whole long ago needs nobody any more."""
    old = {"isp_id": ISP, "received_at": NOW - HOUR}
    InboxFile.objects.create(name="bad", digest="1", reason="the hash does not match the file", deliveries=2, **old)
    InboxFile.objects.create(name="healed", digest="2", state="parked", reason=damage.CAME_WHOLE, **old)
    InboxFile.objects.create(name="puzzle", digest="3", state="parked", reason="no report fits", **old)

    import_module("icpportal.gateways.miit.migrations.0005_damage_kept").keep(apps, None)

    assert list(InboxFile.objects.order_by("pk").values_list("name", "state", "damaged_at")) == [
        ("bad", "stored", NOW - HOUR),
        ("healed", "processed", NOW - HOUR),
        ("puzzle", "parked", None),
    ]


def test_a_file_arriving_whole_later_counts_from_its_first_delivery(bad):
    """An old record would otherwise override a newer one."""
    fetch_damaged(3)
    bad.deliver("behind", grant_of("TR-2.1"))
    repair(bad)

    inbox.fetch(now=NOW + HOUR)

    came = dict(InboxFile.objects.filter(damaged_at=None).values_list("name", "received_at"))
    assert came == {"bad": NOW, "behind": NOW + HOUR}
