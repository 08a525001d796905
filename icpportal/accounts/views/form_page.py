"""The base of pages with one form."""

from typing import TYPE_CHECKING, TypeVar

from django.forms import BaseForm
from django.views.generic import FormView

Form = TypeVar("Form", bound=BaseForm)

if TYPE_CHECKING:
    FormPage = FormView
else:

    class FormPage(FormView):
        """Django's view of one form; subclasses name it: `FormPage[SignUpForm]`."""

        def __class_getitem__(cls, form: type[BaseForm]) -> type["FormPage"]:
            return cls
