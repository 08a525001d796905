"""The review desk: Django's admin, signed into through the portal's own account pages."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ReviewDesk(AdminSite):
    """Admin site of reviewers, auditors and operations."""

    site_title = site_header = _("Review desk")
    index_title = _("Review desk")


class ReviewDeskConfig(AdminConfig):
    default_site = "icpportal.admin_site.ReviewDesk"
