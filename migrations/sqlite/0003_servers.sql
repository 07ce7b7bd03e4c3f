-- That an administrator was created: one row, so that two servers asked at once create one administrator.
CREATE TABLE installation (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    set_up_at DATETIME NOT NULL
);
INSERT INTO installation (id, set_up_at) SELECT 1, MIN(created_at) FROM users HAVING COUNT(*) > 0;

-- What becomes of a schedule's run when something is in the way, as JSON.
ALTER TABLE schedules ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';

-- How many occurrences a row stands for: those that nobody ran are one row, however many.
ALTER TABLE task_runs ADD COLUMN occurrences INTEGER NOT NULL DEFAULT 1;
-- Whether it waits for the older runs of its schedule.
ALTER TABLE task_runs ADD COLUMN alone BOOLEAN NOT NULL DEFAULT FALSE;
-- Tries after a failure: the how manieth, after which run, and not before when.
ALTER TABLE task_runs ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
ALTER TABLE task_runs ADD COLUMN retry_of TEXT;
ALTER TABLE task_runs ADD COLUMN not_before DATETIME;
CREATE INDEX task_runs_by_retry_of ON task_runs (retry_of);
