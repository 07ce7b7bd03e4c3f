-- What a schedule was before each change, so that a change can be taken back. before_it is JSON.
CREATE TABLE schedule_changes (
    id          TEXT PRIMARY KEY,
    schedule_id TEXT NOT NULL,
    changed_at  TIMESTAMP(3) NOT NULL,
    changed_by  TEXT NOT NULL,
    before_it   TEXT NOT NULL
);
CREATE INDEX schedule_changes_by_schedule ON schedule_changes (schedule_id, id);
