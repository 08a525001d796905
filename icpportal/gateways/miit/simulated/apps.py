from django.apps import AppConfig


class SimulatedAuthorityConfig(AppConfig):
    name = "icpportal.gateways.miit.simulated"
    label = "simulated_authority"
