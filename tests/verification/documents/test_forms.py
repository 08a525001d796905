"""The form with which a picture is uploaded."""

import pytest
from django.utils import translation

from verification.documents.forms import UploadForm


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("key", ["lead_id_1", "lead_id_2", ""])
def test_an_empty_form_reads_as_django_would_draw_it(language, key):
    with translation.override(language):
        assert str(UploadForm(key=key)) == UploadForm(key=key).__html__() == UploadForm(key=key).render()


def test_an_empty_form_is_drawn_once_for_its_key_and_language(monkeypatch):
    with translation.override("en"):
        first = str(UploadForm(key="drawn_once"))
        monkeypatch.setattr(UploadForm, "render", None)  # would raise
        assert str(UploadForm(key="drawn_once")) == first
        with pytest.raises(TypeError):
            str(UploadForm(key="another"))


def test_the_limit_for_browsers_follows_the_setting(settings):
    settings.UPLOAD_MAX_BYTES = 1234567
    assert 'data-bytes="1234567"' in str(UploadForm(key="lead_id_1"))


def test_a_form_with_an_error_shows_it_and_the_next_empty_one_does_not():
    refused = UploadForm({}, {}, key="lead_id_1")
    refused.add_error("file", "This file cannot be read")
    assert "This file cannot be read" in str(refused)
    assert "This file cannot be read" not in str(UploadForm(key="lead_id_1"))
