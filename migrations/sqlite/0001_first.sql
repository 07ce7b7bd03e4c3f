-- Times are UTC, written as 'YYYY-MM-DD HH:MM:SS.fff', so that a person with SQL can read them.

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    created_at    DATETIME NOT NULL
);

CREATE TABLE sessions (
    token_hash   TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   DATETIME NOT NULL,
    last_seen_at DATETIME NOT NULL,
    expires_at   DATETIME NOT NULL
);

-- One row for each password parameter: sealed, never plain.
CREATE TABLE secrets (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    name       TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    updated_at DATETIME NOT NULL,
    updated_by TEXT NOT NULL,
    UNIQUE (owner, name)
);

-- A value sealed with the key file when the database was made: tells a wrong key before it does harm.
CREATE TABLE vault_check (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    sealed BLOB NOT NULL
);

-- What the form of a task holds; its passwords are in `secrets`.
CREATE TABLE task_settings (
    task_name  TEXT PRIMARY KEY,
    params     TEXT NOT NULL,
    updated_at DATETIME NOT NULL,
    updated_by TEXT NOT NULL
);

CREATE TABLE schedules (
    id          TEXT PRIMARY KEY,
    task_name   TEXT NOT NULL,
    rule        TEXT NOT NULL,
    zone        TEXT NOT NULL,
    anchor      DATETIME NOT NULL,
    paused      BOOLEAN NOT NULL DEFAULT FALSE,
    next_run_at DATETIME,
    created_by  TEXT NOT NULL,
    created_at  DATETIME NOT NULL
);
CREATE INDEX schedules_due ON schedules (next_run_at) WHERE NOT paused;
CREATE INDEX schedules_by_task ON schedules (task_name);

-- One row for each run. It is the queue as well: 'queued' rows wait for a worker.
CREATE TABLE task_runs (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id               TEXT NOT NULL UNIQUE,
    task_name            TEXT NOT NULL,
    status               TEXT NOT NULL,
    failure_reason       TEXT,
    triggered_by         TEXT NOT NULL,
    triggered_by_user    TEXT,
    schedule_id          TEXT,
    scheduled_for        DATETIME,
    form_key             TEXT UNIQUE,
    queued_at            DATETIME NOT NULL,
    started_at           DATETIME,
    completed_at         DATETIME,
    duration_seconds     REAL,
    records_processed    INTEGER,
    records_success      INTEGER,
    records_failed       INTEGER,
    result_data          TEXT,
    error_message        TEXT,
    error_traceback      TEXT,
    task_config_snapshot TEXT NOT NULL,
    code_hash            TEXT,
    worker_id            TEXT,
    lease_until          DATETIME,
    cancel_requested_at  DATETIME,
    cancel_requested_by  TEXT,
    updated_at           DATETIME NOT NULL,
    -- An occurrence of a schedule happens once, whoever asks.
    UNIQUE (schedule_id, scheduled_for)
);
CREATE INDEX task_runs_by_task ON task_runs (task_name, id);
CREATE INDEX task_runs_by_status ON task_runs (status, id);
CREATE INDEX task_runs_by_task_and_status ON task_runs (task_name, status, id);

CREATE TABLE run_log_lines (
    run        INTEGER NOT NULL REFERENCES task_runs (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    logged_at  DATETIME NOT NULL,
    stream     TEXT NOT NULL,
    level      TEXT NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
