"""The form of an export."""

from django import forms
from django.utils.translation import gettext_lazy as _

from icpportal.desk.sheets import csv_file, xlsx_file

CSV, XLSX = "csv", "xlsx"
FILES = {CSV: csv_file, XLSX: xlsx_file}


class ExportForm(forms.Form):
    """The file format, and the reason."""

    file_type = forms.ChoiceField(
        label=_("File"), choices=[(CSV, "CSV"), (XLSX, "XLSX")], initial=XLSX, widget=forms.RadioSelect
    )
    because = forms.CharField(
        label=_("What the list is needed for"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "in"}),
        help_text=_("Kept in the access log. Nothing personal"),
        error_messages={"required": _("Say what the list is needed for")},
    )
