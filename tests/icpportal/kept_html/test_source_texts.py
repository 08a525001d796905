"""English texts are found at once, and read as before."""

from django.utils import translation
from django.utils.translation import trans_real

from icpportal.kept_html import source_texts


def test_no_english_text_changes_when_it_is_entered():
    before = trans_real.DjangoTranslation("en")
    texts = [key for key, _said in trans_real.translation("zh-hans")._catalog.items() if isinstance(key, str) and key]
    source_texts.enter()
    entered = trans_real.translation("en")
    assert len(texts) > 4000
    for text in texts:
        was = before.gettext(text)
        assert entered.gettext(text) == was.rpartition(source_texts.BETWEEN)[2]


def test_an_english_text_is_in_the_catalogue_that_is_asked_first():
    source_texts.enter()
    assert "Check and submit" in trans_real.translation("en")._catalog._catalogs[0]


def test_contexts_and_plurals_read_as_before_in_both_languages():
    source_texts.enter()
    with translation.override("en"):
        assert translation.pgettext("month name", "May") == "May"
        assert translation.ngettext("%(n)s document", "%(n)s documents", 2) == "%(n)s documents"
    with translation.override("zh-hans"):
        assert translation.gettext("Check and submit") != "Check and submit"
