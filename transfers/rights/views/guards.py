"""Who may open these pages: the confirmed who proved just now that it is them, as all account pages of weight ask."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from icpportal.accounts.guards import confirmed_required, step_up_required

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponseBase]


def fresh_proof_required(view: View[Given]) -> View[Given]:
    """Pages of one's own data: nothing of them is kept by a browser."""
    return confirmed_required(step_up_required(never_cache(view)))
