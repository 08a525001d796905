"""A phone upload: ten minutes, only the first phone, ended by its creator; no secret in the row."""

from datetime import timedelta

import pytest
from django.utils import timezone

from verification.models import PhoneUpload
from verification.phones import uploads

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTES = timedelta(minutes=1)


def make(holder="T7Q4-M2KX", purpose=uploads.PAPERS, now=NOW):
    return uploads.make(holder=holder, purpose=purpose, now=now)


def test_only_the_first_phone_that_opens_it_can_use_it():
    token = make()

    first = uploads.open_by(token, now=NOW)
    again = uploads.open_by(token, first.new_device, now=NOW + MINUTES)
    other = uploads.open_by(token, "another phone", now=NOW + MINUTES)
    none = uploads.open_by(token, now=NOW + MINUTES)

    assert [each.state for each in (first, again, other, none)] == ["good", "good", "elsewhere", "elsewhere"]
    assert [bool(each.new_device) for each in (first, again, other, none)] == [True, False, False, False]


def test_two_phones_at_one_moment_are_one(monkeypatch):
    token = make()
    read = PhoneUpload.objects.get()
    first = uploads.open_by(token, now=NOW)
    monkeypatch.setattr(uploads, "_state_of", lambda *_: (uploads.GOOD, read))  # read before the first was written

    second = uploads.open_by(token, now=NOW)

    assert (first.state, second.state, second.new_device) == ("good", "elsewhere", "")


def test_it_ends_after_ten_minutes_to_the_second():
    token = make()
    device = uploads.open_by(token, now=NOW).new_device

    before = uploads.used_by(token, device, now=NOW + 10 * MINUTES - timedelta(seconds=1))
    after = uploads.used_by(token, device, now=NOW + 10 * MINUTES)

    assert (before.state, after.state) == ("good", "over")


def test_once_ended_it_is_ended_for_its_phone_too():
    token = make()
    device = uploads.open_by(token, now=NOW).new_device

    assert uploads.end(holder="T7Q4-M2KX", now=NOW) == 1

    assert uploads.used_by(token, device, now=NOW).state == "ended"
    assert uploads.end(holder="T7Q4-M2KX", now=NOW) == 0


def test_a_newer_one_ends_the_earlier_of_the_same_purpose_and_no_other():
    papers, photo, elsewhere = make(), make(purpose=uploads.PHOTO), make("ANOT-HER2")
    newer = make()

    states = [uploads.open_by(token, now=NOW).state for token in (papers, photo, elsewhere, newer)]

    assert states == ["ended", "good", "good", "good"]


def test_a_phone_that_did_not_open_it_can_send_nothing():
    token = make()

    assert uploads.used_by(token, "", now=NOW).state == "elsewhere"
    assert uploads.used_by("made up", "x", now=NOW).state == "unknown"
    assert PhoneUpload.objects.get().opened_at is None


def test_neither_secret_is_in_the_row():
    token = make()
    device = uploads.open_by(token, now=NOW).new_device

    row = PhoneUpload.objects.values().get()

    assert not [name for name, value in row.items() if token in str(value) or device in str(value)]


def test_old_ones_are_deleted_after_a_day():
    make(now=NOW - timedelta(days=2))
    make("ANOT-HER2")

    assert uploads.forget_old(now=NOW, dry_run=True) == 1
    assert uploads.forget_old(now=NOW) == 1
    assert [each.holder for each in PhoneUpload.objects.all()] == ["ANOT-HER2"]
