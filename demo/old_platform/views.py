"""The demo's old platform: a page that loads invented accounts and filings, as operations load a dump."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Unpack

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from filings.legacy_import.dump import passwords
from filings.legacy_import.dump.columns import COLUMNS
from filings.legacy_import.dump.loader import Totals, load
from filings.legacy_import.dump.rows import Finding
from icpportal.fields.form_types import Files, FormOptions, Posted
from icpportal.fields.language_marks import reads_chinese

SALT = "demo"
KINDS = (("filing", _("A filing")), ("account", _("An account without a filing")), ("order", _("An open order alone")))
SAMPLE = {
    "account_email": "my-old@example.com",
    "account_password": "demo-Old-2012",
    "account_active": "1",
    "nature": "enterprise",
    "id_type": "1",
    "id_number": "91649999000000035A",
    "name": "宁夏示例园艺有限公司",
    "region": "640106",
    "domain": "my-old-sample.cn",
    "subject_number": "宁ICP备00000035号",
    "site_number": "宁ICP备00000035号-1",
    "filed_on": "2012-03-31",
    "id_address": "宁夏回族自治区银川市金凤区示例路8号",
    "post_region": "640106",
    "post_address": "示例路8号1号楼101室",
    "lead_name": "何样例",
    "lead_id_number": "649999198001010003",
    "lead_phone1": "13900000041",
    "lead_email": "garden@example.com",
    "site_name": "示例园艺官网",
    "content": "8",
    "languages": "1",
    "jrid": "",
}  # fmt: skip


class OldFilingForm(forms.Form):
    """One row of a dump, with the owner's password in plain text; the loader checks its values."""

    kind = forms.ChoiceField(label=_("What is put there"), choices=KINDS, initial="filing")

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, files, **options)
        chinese = reads_chinese()
        for column in COLUMNS:
            if column.name in SAMPLE:
                label = column.zh if chinese else column.name.replace("_", " ").capitalize()
                self.fields[column.name] = forms.CharField(label=label, required=False, initial=SAMPLE[column.name])
        self.fields["account_password"].label = _("Password of the old account")

    def row(self) -> dict[str, str]:
        """The row as in a dump, with the password hashed."""
        password = self.cleaned_data["account_password"]
        return {**self.cleaned_data, "account_password": hash_password(password) if password else ""}


def hash_password(password: str) -> str:
    """The hash of an invented password, in a format of old programs."""
    return f"md5${SALT}${passwords.DIGESTS['md5'](SALT, password)}"


@never_cache
def demo_old_platform(request: HttpRequest) -> HttpResponse:
    """Loads a row into the old platform; loading it again changes nothing. 404 where nothing is simulated."""
    if not settings.SIMULATORS:
        raise Http404
    form = OldFilingForm(request.POST or None)
    totals: Totals | None = None
    findings: list[Finding] = []
    if request.method == "POST" and form.is_valid():
        totals, findings = load_row(form.row())
        for finding in findings:
            if finding.refuses:
                form.add_error(finding.field if finding.field in form.fields else None, finding.words)
    context = {
        "form": form,
        "loaded": totals is not None and not totals.refused,
        "remarks": [finding for finding in findings if not finding.refuses],
    }
    return render(request, "demo/old_platform.html", context)


def load_row(row: Mapping[str, str]) -> tuple[Totals, list[Finding]]:
    """Loads a dump of this one row."""
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "old-platform.json"
        path.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
        return load(path, say=findings.append), findings
