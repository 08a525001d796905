"""The baseline: the wizard of django-formtools' documentation, and nothing else."""
