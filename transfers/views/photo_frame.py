"""What every page of the photo step draws around its own part."""

from typing import Any

from icpportal.entry.marks import reads_chinese
from icpportal.privacy.masks import mask_name
from transfers import queries, stages
from transfers.models import Order
from transfers.people import administrator
from transfers.photo_ways import SHANGHAI_APP, WAYS
from transfers.photo_ways import rules as photo_rules
from transfers.rules_shown import brief_of
from transfers.slips import slip
from transfers.verdict_words import reason_words


def frame(order: Order, *, ways: tuple[str, ...]) -> dict[str, Any]:
    """Who is photographed, how it goes, the rules, and what a reviewer said of the last photo."""
    verdict = queries.photo_verdict(order)
    return {
        "order": order,
        **brief_of(order),
        "photo_rules": photo_rules(ways),
        "photo_steps": [step for way in ways for step in WAYS[way].steps],
        "name": mask_name(administrator(order).name),
        "verdict": verdict,
        "verdict_words": reason_words(verdict, chinese=reads_chinese()) if verdict else "",
        "verdict_again": [WAYS[way].again for way in ways if WAYS[way].again] if verdict else [],
        "shanghai_only": ways == (SHANGHAI_APP,),
        "stepper": stages.stepper(order, stages.PHOTO),
        "slip": slip(order),
        "back_url": order.get_absolute_url(),
    }
