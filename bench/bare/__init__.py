"""What everything is compared with: the wizard of django-formtools' documentation, and nothing else."""
