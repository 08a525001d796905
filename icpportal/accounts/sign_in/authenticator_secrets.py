"""Secrets of authenticator apps and recovery codes, which allauth stores in JSON, for a change of keys."""

from functools import partial

from allauth.mfa.models import Authenticator

from icpportal.accounts.sign_in.second_factor import BOUND_TO
from icpportal.alarms import rows
from icpportal.privacy.crypto import beginning, key_names, seal, unseal
from icpportal.privacy.key_change.sealed_values import SEALED, Tell, Totals, tell_failed

Data = dict[str, object]


class AuthenticatorSecrets:
    """Acts as a `Column` of sealed values; there are as many rows as staff have devices."""

    def __str__(self) -> str:
        return "mfa.Authenticator.data"

    def count(self, name: str) -> int:
        """How many rows have a value sealed with the key of this name."""
        return sum(any(value.startswith(beginning(name)) for value in seal_data(data).values()) for _pk, data in _all())

    def count_rest(self) -> int:
        """How many rows have a value not sealed with the first key."""
        return sum(bool(left_of(data)) for _pk, data in _all())

    def turn(self, tell: Tell) -> Totals:
        """Seals all of them with the first key."""
        totals, loop = Totals(), rows.Loop("keys.changed", noted=False)
        for pk, data in _all():
            if left_of(data):
                outcome = loop.attempt(pk, partial(turn_one, pk, data), reference=f"{self} {pk}") or "failed"
                setattr(totals, outcome, getattr(totals, outcome) + 1)
                tell(f"{self}: {sum(vars(totals).values())}")
        tell_failed(loop.failed, tell)
        return totals


def seal_data(data: Data) -> dict[str, str]:
    return {name: value for name, value in data.items() if isinstance(value, str) and value.startswith(SEALED)}


def left_of(data: Data) -> dict[str, str]:
    """The values of one row not sealed with the first key."""
    current = beginning(key_names()[0])
    return {name: value for name, value in seal_data(data).items() if not value.startswith(current)}


def turn_one(pk: int, data: Data) -> str:
    """Seals one row again; returns "changed" when it was changed in the meantime."""
    anew = {name: seal(unseal(old, bound_to=BOUND_TO), bound_to=BOUND_TO) for name, old in left_of(data).items()}
    return "turned" if Authenticator.objects.filter(pk=pk, data=data).update(data={**data, **anew}) else "changed"


def _all() -> list[tuple[int, Data]]:
    return list(Authenticator.objects.order_by("pk").values_list("pk", "data"))
