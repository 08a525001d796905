from transfers.steps.base import Step, StepForm

WEBSITE = Step("website", "website", StepForm, "administrators")
