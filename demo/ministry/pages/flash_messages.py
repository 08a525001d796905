"""Notes to the reader of a page (Django's messages) in a cookie that is not the portal's."""

from django.contrib.messages.storage.cookie import CookieStorage


class Notes(CookieStorage):
    """As Django's, under a name of its own: all ports of one host share their cookies."""

    cookie_name = "simulator_notes"
