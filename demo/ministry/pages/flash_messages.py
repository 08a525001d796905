"""Messages to the reader of a page (Django's) in a cookie other than the portal's."""

from django.contrib.messages.storage.cookie import CookieStorage


class Notes(CookieStorage):
    """Django's storage under another cookie name: all ports of a host share their cookies."""

    cookie_name = "simulator_notes"
