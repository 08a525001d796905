"""All sealed values of the database, and sealing them again with the first key of `PII_KEYS`.

Encrypted fields are found in the models; other columns with sealed text are named there, too (`sealed_texts`: the
column, and what its values are bound to). A value is replaced only if it is still the one that was read: a concurrent
write wins. What is left can be queried, so a change of keys can be stopped and continued.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.apps import apps
from django.db.models import ExpressionWrapper, F, Model, QuerySet, TextField
from django.db.models.functions import Substr

from icpportal.alarms import rows
from icpportal.privacy.crypto import VERSION, KeyMissing, Unreadable, beginning, key_names, seal, unseal
from icpportal.privacy.fields import EncryptedTextField, Token

BATCH = 500
SEALED = f"{VERSION}:"
NAMED = 5  # failed values of one column that the operator reads of
WHY = {
    KeyMissing.__name__: "its key is not in PII_KEYS: put that key back behind the first one",
    Unreadable.__name__: "it is damaged, or is that of another row: restore it from a backup",
}
Tell = Callable[[str], None]


@dataclass
class Totals:
    """Counts of one run."""

    turned: int = 0
    changed: int = 0  # written concurrently
    failed: int = 0  # see the log

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(self.turned + other.turned, self.changed + other.changed, self.failed + other.failed)


def tell_failed(failed: Sequence[rows.Failure], tell: Tell) -> None:
    """Names the first values that could not be opened, and why; the log has all of them."""
    for each in failed[:NAMED]:
        tell(f"{each.reference}: {WHY.get(each.trouble, f'unexpected error ({each.trouble})')}")
    if len(failed) > NAMED:
        tell(f"and {len(failed) - NAMED} more, which the log names")


@dataclass(frozen=True)
class Column:
    """One column of sealed text; `bound_to` is a pattern over `row` if the field itself does not know."""

    model: type[Model]
    name: str
    bound_to: str = ""

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"

    def values(self) -> QuerySet:
        """The rows with a sealed value; its text is `as_it_lies`."""
        as_it_lies = ExpressionWrapper(F(self.name), output_field=TextField())
        start = Substr(self.name, 1, len(SEALED), output_field=TextField())
        return self.model._base_manager.alias(as_it_lies=as_it_lies, start=start).filter(start=SEALED)

    def under(self, name: str) -> QuerySet:
        """Values sealed with the key of this name."""
        begins = beginning(name)
        return (
            self.values()
            .alias(sealed_by=Substr(self.name, 1, len(begins), output_field=TextField()))
            .filter(sealed_by=begins)
        )

    def rest(self) -> QuerySet:
        """Values not sealed with the first key."""
        begins = beginning(key_names()[0])
        return (
            self.values()
            .alias(sealed_by=Substr(self.name, 1, len(begins), output_field=TextField()))
            .exclude(sealed_by=begins)
        )

    def turn(self, tell: Tell) -> Totals:
        """Seals all remaining values with the first key."""
        totals, after, all_of_them = Totals(), None, self.rest().count()
        loop = rows.Loop("keys.changed", noted=False)
        while batch := list((self.rest().filter(pk__gt=after) if after else self.rest()).order_by("pk")[:BATCH]):
            for row in batch:
                outcome = loop.attempt(row.pk, partial(self.turn_one, row), reference=f"{self} {row.pk}") or "failed"
                setattr(totals, outcome, getattr(totals, outcome) + 1)
            after = batch[-1].pk
            tell(f"{self}: {sum(vars(totals).values())} of {all_of_them}")
        tell_failed(loop.failed, tell)
        return totals

    def turn_one(self, row: Model) -> str:
        """Seals one value again; returns "changed" when it was changed concurrently."""
        old = self.token_of(row)
        bound_to = self.bound_to_of(row)
        new = Token(seal(unseal(old, bound_to=bound_to), bound_to=bound_to))
        return "turned" if self.values().filter(pk=row.pk, as_it_lies=old).update(**{self.name: new}) else "changed"

    def token_of(self, row: Model) -> str:
        return str(row.__dict__[self.name])

    def bound_to_of(self, row: Model) -> str:
        field = self.model._meta.get_field(self.name)
        return field.bound_to(row) if isinstance(field, EncryptedTextField) else self.bound_to.format(row=row)


def columns() -> Iterator[Column]:
    """The columns of all apps."""
    for model in apps.get_models():
        if model._meta.proxy:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                yield Column(model, field.name)
        for name, bound_to in getattr(model, "sealed_texts", {}).items():
            yield Column(model, name, bound_to)
