-- What a schedule was before each change, so that a change can be taken back. before_it is JSON.
CREATE TABLE IF NOT EXISTS schedule_changes (
    id          VARCHAR(36) PRIMARY KEY,
    schedule_id VARCHAR(36) NOT NULL,
    changed_at  DATETIME(3) NOT NULL,
    changed_by  VARCHAR(255) NOT NULL,
    before_it   LONGTEXT NOT NULL,
    KEY schedule_changes_by_schedule (schedule_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
