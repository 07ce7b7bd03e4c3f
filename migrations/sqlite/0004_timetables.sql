-- The days on which a schedule is in force, in its own zone.
ALTER TABLE schedules ADD COLUMN first_day TEXT;
ALTER TABLE schedules ADD COLUMN last_day TEXT;
-- Since when it is paused: what passes meanwhile is written down when it goes on.
ALTER TABLE schedules ADD COLUMN paused_at DATETIME;
-- The schedule after whose successful runs it runs.
ALTER TABLE schedules ADD COLUMN after_schedule TEXT;
-- Values that its runs take instead of the task's, as JSON.
ALTER TABLE schedules ADD COLUMN params TEXT;
CREATE INDEX schedules_by_predecessor ON schedules (after_schedule);

-- Where a waiting run stands in the queue: when it came, moved by its priority.
ALTER TABLE task_runs ADD COLUMN place DATETIME;
UPDATE task_runs SET place = queued_at WHERE status = 'queued';
CREATE INDEX task_runs_by_place ON task_runs (status, place);

-- Days and hours in which schedules do not run.
CREATE TABLE calendars (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL COLLATE NOCASE UNIQUE,
    content    TEXT NOT NULL,
    updated_at DATETIME NOT NULL,
    updated_by TEXT NOT NULL
);
