"""How forms are drawn: a tick box before its label, a group of choices in a fieldset, all else below its label."""

from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from icpportal.fields.form_types import KnowingForm
from icpportal.fields.types import Words


class PortalField(BoundField):
    """A field with the template and the attributes of its kind."""

    @property
    def template_name(self) -> str:
        """The template of its kind."""
        if self.widget_type == "checkbox":
            return "django/forms/field_checkbox.html"
        return "django/forms/field_group.html" if self.use_fieldset else "django/forms/field.html"

    @property
    def look(self) -> str:
        """The classes of the whole field."""
        wrong = ["is-wrong"] if self.errors else []
        width = self.form.widths.get(self.name, "") if isinstance(self.form, KnowingForm) else ""
        return " ".join(filter(None, ["field", f"field-{self.widget_type}", width, *wrong, self.css_classes()]))

    @property
    def group_attributes(self) -> SafeString:
        """What describes a fieldset, by id."""
        return flatatt({"aria-describedby": self.aria_describedby or None})

    @property
    def error_attributes(self) -> SafeString:
        """The id by which its input names the error."""
        return self._part_id("error")

    @property
    def hint_attributes(self) -> SafeString:
        """The id by which its input names the hint."""
        return self._part_id("helptext")

    @property
    def filled(self) -> Words:
        """Where its value comes from, if it was filled in and still is that value."""
        return self.form.source_of(self.name) if isinstance(self.form, KnowingForm) else ""

    def _part_id(self, part: str) -> SafeString:
        return flatatt({"id": f"{self.auto_id}_{part}" if self.auto_id else None})


class PortalForms(TemplatesSetting):
    """Forms of the portal's templates."""

    bound_field_class = PortalField
