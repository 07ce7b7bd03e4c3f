-- The history by period, by schedule and by person, newest first.
SET @change = IF(
    (SELECT COUNT(*) FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = 'task_runs' AND index_name = 'task_runs_by_queued_at') = 0,
    'ALTER TABLE task_runs ADD KEY task_runs_by_queued_at (queued_at, id),
         ADD KEY task_runs_by_schedule (schedule_id, id), ADD KEY task_runs_by_person (triggered_by_user, id)',
    'DO 0');
PREPARE statement FROM @change;
EXECUTE statement;
DEALLOCATE PREPARE statement;
