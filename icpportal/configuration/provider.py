"""The provider: invented in the demo, never in the code."""

from django.core.exceptions import ImproperlyConfigured

from icpportal.configuration.environment import DEMO, env, json_object
from icpportal.configuration.ministry import MIIT_CODES
from icpportal.gateways.inventory import places
from icpportal.gateways.miit.codes import code_names

PROVIDER_NAME_ZH = env.str("PROVIDER_NAME_ZH", default="示例云")
PROVIDER_NAME_EN = env.str("PROVIDER_NAME_EN", default="Example Cloud")
PROVIDER_HOTLINE = env.str("PROVIDER_HOTLINE", default="400-000-0000")
PROVIDER_HOURS = env.str("PROVIDER_HOURS", default="9:00–18:00")
PROVIDER_CALLER_NUMBERS = env.list("PROVIDER_CALLER_NUMBERS", default=["010-0000-0001", "010-0000-0002"])
PROVIDER_PRODUCTS = env.json(
    "PROVIDER_PRODUCTS",
    default=[
        {"key": "ecs", "zh": "云服务器 ECS", "en": "Elastic Compute Service"},
        {"key": "hosting", "zh": "云虚拟主机", "en": "Web hosting"},
        {"key": "simple", "zh": "轻量应用服务器", "en": "Lightweight server"},
    ],
)
PROVIDER_NETWORKS = env.list("PROVIDER_NETWORKS", default=["192.0.2.0/24"] if DEMO else [])  # our servers' addresses
# province of the servers, two digits of GB/T 2260; several if so, and then each server names its own
SERVER_PROVINCE = env.str("SERVER_PROVINCE", default="64" if DEMO else "")
SERVER_PLACES = json_object("SERVER_PLACES")  # {"the list's region": "its province"}
for words in (
    *places.network_faults(PROVIDER_NETWORKS),
    *code_names.product_faults(PROVIDER_PRODUCTS),
    *places.faults(SERVER_PROVINCE, SERVER_PLACES),
    *code_names.faults(MIIT_CODES),
):
    raise ImproperlyConfigured(words)
