from transfers.steps.base import Step, StepForm

SUBJECT = Step("subject", "subject", StepForm, "administrators")
