-- MySQL commits each statement by itself and knows no ADD COLUMN IF NOT EXISTS (MariaDB does), so each change first asks
-- whether an attempt that was cut off has made it.

-- first_day, last_day: the days on which a schedule is in force, in its own zone.
-- paused_at: since when it is paused; what passes meanwhile is written down when it goes on.
-- after_schedule: the schedule after whose successful runs it runs.
-- params: values that its runs take instead of the task's, as JSON.
SET @change = IF(
    (SELECT COUNT(*) FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'schedules' AND column_name = 'first_day') = 0,
    'ALTER TABLE schedules ADD COLUMN first_day VARCHAR(10), ADD COLUMN last_day VARCHAR(10),
         ADD COLUMN paused_at DATETIME(3), ADD COLUMN after_schedule VARCHAR(36), ADD COLUMN params LONGTEXT,
         ADD KEY schedules_by_predecessor (after_schedule)',
    'DO 0');
PREPARE statement FROM @change;
EXECUTE statement;
DEALLOCATE PREPARE statement;

-- Where a waiting run stands in the queue: when it came, moved by its priority.
SET @change = IF(
    (SELECT COUNT(*) FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'task_runs' AND column_name = 'place') = 0,
    'ALTER TABLE task_runs ADD COLUMN place DATETIME(3), ADD KEY task_runs_by_place (status, place)',
    'DO 0');
PREPARE statement FROM @change;
EXECUTE statement;
DEALLOCATE PREPARE statement;
UPDATE task_runs SET place = queued_at WHERE status = 'queued' AND place IS NULL;

-- Days and hours in which schedules do not run.
CREATE TABLE IF NOT EXISTS calendars (
    id         VARCHAR(36) PRIMARY KEY,
    name       VARCHAR(100) COLLATE utf8mb4_general_ci NOT NULL,
    content    LONGTEXT NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    updated_by VARCHAR(255) NOT NULL,
    UNIQUE KEY calendars_by_name (name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
