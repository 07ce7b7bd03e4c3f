-- Addresses with which other systems start a task. The secret part is kept as a hash only.
CREATE TABLE start_links (
    id           TEXT PRIMARY KEY,
    task_name    TEXT NOT NULL,
    name         TEXT NOT NULL,
    token_hash   TEXT NOT NULL UNIQUE,
    -- Names of the parameters that whoever uses it may set, as a JSON list.
    may_set      TEXT NOT NULL,
    created_at   TIMESTAMP(3) NOT NULL,
    created_by   TEXT NOT NULL,
    last_used_at TIMESTAMP(3)
);
CREATE INDEX start_links_by_task ON start_links (task_name);
