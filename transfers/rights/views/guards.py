"""Guards these pages: confirmed users who have just authenticated again, as on other sensitive account pages."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from icpportal.accounts.guards import confirmed_required, step_up_required

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponseBase]


def fresh_proof_required(view: View[Given]) -> View[Given]:
    """Guards a page of one's own data; browsers must not store it."""
    return confirmed_required(step_up_required(never_cache(view)))
