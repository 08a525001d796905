"""English texts in the catalogue of their own language, where they are found at once.

English is the language of the code and has no translations of ours: Django looked each of its texts up, twice, in the
catalogues of eight packages before it took the text itself. A page has some forty.
"""

from django.conf import settings
from django.utils.translation import trans_real

SOURCE = "en"
BETWEEN = "\x04"  # after the context of a text


def enter() -> None:
    """Enters every text that is translated into another language; a text that has an English translation keeps it.

    Does nothing the second time. Texts with a plural are left to Django, which chooses between two.
    """
    english = trans_real.translation(SOURCE)._catalog  # type: ignore[attr-defined]
    for language, _name in settings.LANGUAGES:
        for key in list(trans_real.translation(language)._catalog.keys()):  # type: ignore[attr-defined]
            if isinstance(key, str) and key and key not in english:
                english[key] = key.rpartition(BETWEEN)[2]
