"""Model fields encrypted in the database and bound to their row: a value copied to another row does not open.

They are decrypted when read, so a list that does not show them costs nothing. They cannot be searched: add a
`blind_index` beside them. `QuerySet.update` takes them only as `seal_value(instance, "field")`.
"""

import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.query_utils import DeferredAttribute

from icpportal.fields.types import Json, Key
from icpportal.privacy.crypto import Unreadable, seal, unseal


class Token(str):
    """A value as stored in the database."""

    __slots__ = ()


class OpenedWhenRead(DeferredAttribute):
    """Decrypts the value when the attribute is first read."""

    field: "EncryptedTextField"

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> "Json | OpenedWhenRead":
        if instance is None:
            return self
        name = self.field.attname
        value = super().__get__(instance, cls) if name not in instance.__dict__ else instance.__dict__[name]
        if isinstance(value, Token):
            value = instance.__dict__[name] = self.field.open(instance, value)
        return value

    def __set__(self, instance: models.Model, value: Json) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text encrypted with AES-GCM; plain `str` in Python. Empty text stays empty.

    It is bound to the row's id, which must be known before the row is written (`SealedModel`). If the database assigns
    the id, `row_name` names a property of the model that identifies the row and never changes.
    """

    descriptor_class = OpenedWhenRead

    def __init__(self, *args: Any, row_name: str = "pk", **options: Any) -> None:
        super().__init__(*args, **options)
        self.row_name = row_name

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, options = super().deconstruct()
        return name, path, args, options if self.row_name == "pk" else {**options, "row_name": self.row_name}

    def bound_to(self, instance: models.Model) -> str:
        return self._binding(getattr(instance, self.row_name))

    def _binding(self, row: object) -> str:
        return f"{self.model._meta.label_lower}.{self.name}:{row}"

    def to_text(self, value: str) -> str:
        return value

    def from_text(self, text: str) -> Json:
        return text

    def open(self, instance: models.Model, token: Token) -> Json:
        """The decrypted value of a token; raises `Unreadable` whatever is wrong with it."""
        if not token:
            return ""
        try:
            return self.from_text(unseal(token, bound_to=self.bound_to(instance)).decode())
        except ValueError:  # neither UTF-8 nor JSON; the error itself would quote the content
            raise Unreadable(f"{self.model._meta.label_lower}.{self.name} holds something else") from None

    def seal(self, instance: models.Model) -> Token | None:
        """The database value for this row."""
        return self.sealed_for(getattr(instance, self.row_name), getattr(instance, self.attname))

    def sealed_for(self, row: object, value: Any) -> Token | None:
        """The same of a row that is only about to be written, by its key."""
        if value is None or value == "":
            return value if value is None else Token()
        return Token(seal(self.to_text(value).encode(), bound_to=self._binding(row)))

    def pre_save(self, model_instance: models.Model, add: bool) -> Token | None:  # noqa: ARG002 -- Django's signature
        return self.seal(model_instance)

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> Token | None:  # noqa: ARG002
        return None if value is None else Token(value)

    def to_python(self, value: Json) -> Json:
        return value

    def get_prep_value(self, value: Json) -> str | None:
        if value is None or value == "" or isinstance(value, Token):
            return value if value is None else str(value)
        raise FieldError(f"{self.name} is encrypted: save the row, or update with seal_value(instance, {self.name!r})")

    def get_lookup(self, lookup_name: str) -> type[models.Lookup] | None:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched: use its blind index")
        return super().get_lookup(lookup_name)


class EncryptedJSONField(EncryptedTextField):
    """JSON encrypted with AES-GCM."""

    _pyi_private_set_type: Any  # for django-stubs: not only str
    _pyi_private_get_type: Any

    def to_text(self, value: Json) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def from_text(self, text: str) -> Json:
        return json.loads(text)


def seal_value(instance: models.Model, field_name: str) -> Token | None:
    """The database value of one encrypted field of `instance`, for `QuerySet.update`."""
    return _encrypted_field(type(instance), field_name).seal(instance)


def sealed_for(model: type[models.Model], field_name: str, row: Key, value: Json) -> Token | None:
    """The same for a row about to be written, by its key."""
    return _encrypted_field(model, field_name).sealed_for(row, value)


def _encrypted_field(model: type[models.Model], field_name: str) -> EncryptedTextField:
    field = model._meta.get_field(field_name)
    if not isinstance(field, EncryptedTextField):
        raise TypeError(f"{field_name} is not encrypted")
    return field
