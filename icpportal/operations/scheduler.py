"""Beat's scheduler: Celery's own, which a clock that is set back does not silence."""

from celery import beat


class SteadyScheduler(beat.PersistentScheduler):
    """Celery keeps when each job last ran: an hour back, and none would run for an hour, nor after a restart."""

    def tick(self, *given: object, **named: object) -> float:
        """Ask for what is due; what ran in what is the future now counts as run at this moment."""
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at > entry.default_now()]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            self._heap: list[beat.event_t] | None = None  # made anew by the schedule
        return float(super().tick(*given, **named))
