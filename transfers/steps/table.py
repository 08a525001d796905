"""The steps of a transfer, in order; one file a step."""

from transfers.steps.administrator import ADMINISTRATOR
from transfers.steps.base import Step
from transfers.steps.filing_password import FILING_PASSWORD
from transfers.steps.service_code import SERVICE_CODE
from transfers.steps.subject import SUBJECT
from transfers.steps.website import WEBSITE

STEPS: tuple[Step, ...] = (SERVICE_CODE, FILING_PASSWORD, SUBJECT, WEBSITE, ADMINISTRATOR)
