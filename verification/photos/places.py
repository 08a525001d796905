"""Designated places: the list, holders' choices, the address by text, and messages when a place closes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.codes.limits import Allowed
from icpportal.fields.types import Facts
from icpportal.outbox.actions import Letter, notify, notify_all
from verification import attempts
from verification.models import PhotoPlace, PlaceChoice


def open_places(province: str) -> list[PhotoPlace]:
    """Every open place, those of this province (two digits) first."""
    return sorted(PhotoPlace.objects.filter(active=True), key=lambda place: place.province != province)


def choice_of(holder: str) -> PlaceChoice | None:
    """The holder's last choice, whether or not the place is still open."""
    return PlaceChoice.objects.select_related("place").filter(holder=holder).first()


def choose(holder: str, place: PhotoPlace, *, owner: User, words: Mapping[str, str]) -> PlaceChoice:
    """Records that the holder's photo will be taken there; the last choice counts. `words` are values for messages."""
    current = {"place": place, "owner": owner, "words": dict(words), "chosen_at": timezone.now(), "ended_at": None}
    return PlaceChoice.objects.update_or_create(holder=holder, defaults=current)[0]


def end(*holders: str) -> None:
    """Ends the choices of these holders: the photos are sent or will never be taken, so closures no longer matter."""
    PlaceChoice.objects.filter(holder__in=holders, ended_at=None).update(ended_at=timezone.now())


def text_address(choice: PlaceChoice, *, now: datetime | None = None) -> Allowed:
    """Texts name, address and phone to the owner's own mobile; the result says until when there are no more."""
    shares = [(name, str(choice.owner.pk)) for name in ("text_account_hour", "text_account_day")]
    keys = (("place_text", choice.holder), ("place_text_pause", choice.holder), *shares)
    with transaction.atomic():
        attempt = attempts.consume_all(keys, now=now)
        if attempt.ok:
            notify(
                key=f"place_address:{uuid4().hex}:sms",
                template="place_address",
                channel="sms",
                to=choice.owner.mobile,
                language=choice.owner.language,
                context=_words(choice),
                reference=choice.holder,
                user_id=choice.owner.pk,
            )
    return attempt


def close(place: PhotoPlace) -> int | None:
    """Switches a place off and tells everybody who still means to go there, once.

    Returns how many these are; None when it was off.
    """
    with transaction.atomic():
        if not PhotoPlace.objects.filter(pk=place.pk, active=True).update(active=False):
            return None
        waiting = list(PlaceChoice.objects.select_related("owner", "place").filter(place=place, ended_at=None))
        closing = uuid4().hex
        notify_all(letter for choice in waiting for letter in _letters(choice, "place_closed", closing))
    return len(waiting)


def reopen(place: PhotoPlace) -> bool:
    """Switches a place on again; returns False when it was on."""
    return bool(PhotoPlace.objects.filter(pk=place.pk, active=False).update(active=True))


def _letters(choice: PlaceChoice, template: str, occasion: str) -> Iterable[Letter]:
    owner = choice.owner
    for channel, address in (("sms", owner.mobile), ("email", owner.email), ("site", str(owner.pk))):
        if address:
            yield {
                "key": f"{template}:{choice.pk}-{occasion}:{channel}",
                "template": template,
                "channel": channel,
                "to": address,
                "language": owner.language,
                "context": _words(choice),
                "reference": choice.holder,
                "user_id": owner.pk,
            }


def _words(choice: PlaceChoice) -> Facts:
    place = choice.place
    return {
        "place": {"zh": place.name_zh, "en": place.name_en},
        "address": {"zh": place.address_zh, "en": place.address_en},
        "opening": {"zh": place.hours_zh, "en": place.hours_en},
        "place_phone": place.phone,
        **choice.words,
    }
