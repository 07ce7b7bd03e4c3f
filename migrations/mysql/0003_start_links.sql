-- Addresses with which other systems start a task. The secret part is kept as a hash only; may_set holds the names of the
-- parameters that whoever uses it may set, as a JSON list.
CREATE TABLE IF NOT EXISTS start_links (
    id           VARCHAR(36) PRIMARY KEY,
    task_name    VARCHAR(64) NOT NULL,
    name         VARCHAR(100) NOT NULL,
    token_hash   VARCHAR(64) NOT NULL UNIQUE,
    may_set      LONGTEXT NOT NULL,
    created_at   DATETIME(3) NOT NULL,
    created_by   VARCHAR(255) NOT NULL,
    last_used_at DATETIME(3),
    KEY start_links_by_task (task_name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
