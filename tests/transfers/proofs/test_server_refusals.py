from icpportal.gateways.inventory.eligibility import RULES, UNREPORTABLE
from transfers.proofs.server_refusals import SERVER_REFUSALS


def test_every_rule_about_servers_has_its_words() -> None:
    assert set(SERVER_REFUSALS) == {rule for rule, _broken in (*RULES, *UNREPORTABLE)}
