"""The portal's settings with a short lease: what a killed worker held is taken again after two seconds."""

from icpportal.settings import *  # noqa: F403

OUTBOX_LEASE_SECONDS = 2
MIIT_LEASE_SECONDS = 2
