from transfers.steps.base import Step, StepForm

ADMINISTRATOR = Step("administrator", "administrator", StepForm, "administrators")
