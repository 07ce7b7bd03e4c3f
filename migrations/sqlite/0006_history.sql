-- The history by period, by schedule and by person, newest first.
CREATE INDEX task_runs_by_queued_at ON task_runs (queued_at);
CREATE INDEX task_runs_by_schedule ON task_runs (schedule_id, id);
CREATE INDEX task_runs_by_person ON task_runs (triggered_by_user, id) WHERE triggered_by_user IS NOT NULL;
