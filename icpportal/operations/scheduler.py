"""Beat's scheduler: Celery's own, unaffected by a clock that is set back."""

from celery import beat


class SteadyScheduler(beat.PersistentScheduler):
    """Celery stores when each job last ran: an hour back, and none would run for an hour, not even after a restart."""

    def tick(self, *given: object, **named: object) -> float:
        """Publishes due jobs; a last run in the future now counts as just now."""
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at > entry.default_now()]
        for entry in ahead:
            entry.last_run_at = entry.default_now()
        if ahead:
            self._heap: list[beat.event_t] | None = None  # rebuilt from the schedule
        return float(super().tick(*given, **named))
