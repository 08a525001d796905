"""Instances of an invented provider."""

from datetime import date

from icpportal.gateways.inventory.types import Instance


def instance(instance_id="i-example0001", **change):
    """A server that qualifies on 2026-11-25, unless `change` says otherwise."""
    row = {
        "id": instance_id,
        "name": "示例服务器",
        "product": "ecs",
        "region": "银川示例机房",
        "mainland": True,
        "billing": "subscription",
        "started_on": date(2026, 5, 1),
        "ends_on": date(2027, 5, 1),
        "public_ip": "192.0.2.10",
        "codes_max": 5,
    }
    return Instance(**{**row, **change})
