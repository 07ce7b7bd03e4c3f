-- Named sets of values for a task. params is JSON; folded is the name in small letters.
CREATE TABLE task_presets (
    id         TEXT PRIMARY KEY,
    task_name  TEXT NOT NULL,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    params     TEXT NOT NULL,
    created_at TIMESTAMP(3) NOT NULL,
    created_by TEXT NOT NULL,
    updated_at TIMESTAMP(3) NOT NULL,
    updated_by TEXT NOT NULL,
    UNIQUE (task_name, folded)
);
-- What paused or resumed it together with others, so that this can be taken back.
ALTER TABLE schedules ADD COLUMN switched_by TEXT;
