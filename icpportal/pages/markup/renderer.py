"""The form renderer: a box before its label, a group of choices in a fieldset, anything else below its label."""

from typing import TYPE_CHECKING, Any, cast

from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString

from icpportal.fields.form_types import KnowingForm
from icpportal.fields.types import Words
from icpportal.pages.markup import fields

if TYPE_CHECKING:
    from django.http import HttpRequest


class PortalField(BoundField):
    """A field with the markup and attributes of its kind."""

    @property
    def template_name(self) -> str:
        """The entry of `fields.FIELDS` that draws it."""
        if self.widget_type == "checkbox":
            return fields.BESIDE
        return fields.GROUP if self.use_fieldset else fields.BELOW

    @property
    def look(self) -> str:
        """The field's CSS classes."""
        wrong = ["is-wrong"] if self.errors else []
        width = self.form.widths.get(self.name, "") if isinstance(self.form, KnowingForm) else ""
        return " ".join(filter(None, ["field", f"field-{self.widget_type}", width, *wrong, self.css_classes()]))

    @property
    def group_attributes(self) -> SafeString:
        """References to what describes a fieldset."""
        return _attribute("aria-describedby", self.aria_describedby)

    @property
    def error_attributes(self) -> SafeString:
        """The id by which the input refers to the error."""
        return self._part_id("error")

    @property
    def hint_attributes(self) -> SafeString:
        """The id by which the input refers to the hint."""
        return self._part_id("helptext")

    @property
    def filled(self) -> Words:
        """The source of its value, if it was filled in and is unchanged."""
        return self.form.source_of(self.name) if isinstance(self.form, KnowingForm) else ""

    @property
    def above(self) -> SafeString:
        """Hint and error, for templates that draw the rest of the field themselves."""
        return fields.markup(fields.hint(self) + fields.error(self))

    @property
    def below(self) -> SafeString:
        """The source of a filled-in value."""
        return fields.markup(fields.source_of(self))

    def _part_id(self, part: str) -> SafeString:
        return _attribute("id", f"{self.auto_id}_{part}" if self.auto_id else None)


def _attribute(name: str, value: str | None) -> SafeString:
    return fields.markup(fields.attributes({name: value or None}))


class PortalForms(TemplatesSetting):
    """Renders forms with the portal's templates, except what `fields` writes: inputs, fields with labels, forms."""

    bound_field_class = PortalField

    def render(self, template_name: str, context: dict[str, Any], request: "HttpRequest | None" = None) -> str:
        """Renders by name: a function of `fields`, or a template."""
        if template_name in fields.FIELDS:
            return fields.markup(fields.FIELDS[template_name](context["field"]))
        if template_name in fields.WIDGETS:
            return fields.markup(fields.WIDGETS[template_name](context["widget"]))
        if template_name in fields.FORMS:
            return fields.markup(fields.FORMS[template_name](cast("fields.DrawnForm", context)))
        return super().render(template_name, context, request)
