-- Times are UTC. The same tables as migrations/sqlite, up to 0003.

CREATE TABLE installation (
    id        BIGINT PRIMARY KEY CHECK (id = 1),
    set_up_at TIMESTAMP(3) NOT NULL
);

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    created_at    TIMESTAMP(3) NOT NULL
);
CREATE UNIQUE INDEX users_by_name ON users (LOWER(name));

CREATE TABLE sessions (
    token_hash   TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   TIMESTAMP(3) NOT NULL,
    last_seen_at TIMESTAMP(3) NOT NULL,
    expires_at   TIMESTAMP(3) NOT NULL
);

-- One row for each password parameter: sealed, never plain.
CREATE TABLE secrets (
    id         TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    name       TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
    updated_at TIMESTAMP(3) NOT NULL,
    updated_by TEXT NOT NULL,
    UNIQUE (owner, name)
);

-- A value sealed with the key file when the database was made: tells a wrong key before it does harm.
CREATE TABLE vault_check (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    sealed BYTEA NOT NULL
);

-- What the form of a task holds; its passwords are in `secrets`.
CREATE TABLE task_settings (
    task_name  TEXT PRIMARY KEY,
    params     TEXT NOT NULL,
    updated_at TIMESTAMP(3) NOT NULL,
    updated_by TEXT NOT NULL
);

CREATE TABLE schedules (
    id          TEXT PRIMARY KEY,
    task_name   TEXT NOT NULL,
    rule        TEXT NOT NULL,
    zone        TEXT NOT NULL,
    anchor      TIMESTAMP(3) NOT NULL,
    paused      BOOLEAN NOT NULL DEFAULT FALSE,
    next_run_at TIMESTAMP(3),
    -- What becomes of a run when something is in the way, as JSON.
    policy      TEXT NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  TIMESTAMP(3) NOT NULL
);
CREATE INDEX schedules_due ON schedules (next_run_at) WHERE NOT paused;
CREATE INDEX schedules_by_task ON schedules (task_name);

-- One row for each run. It is the queue as well: 'queued' rows wait for a worker.
CREATE TABLE task_runs (
    id                   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id               TEXT NOT NULL UNIQUE,
    task_name            TEXT NOT NULL,
    status               TEXT NOT NULL,
    failure_reason       TEXT,
    triggered_by         TEXT NOT NULL,
    triggered_by_user    TEXT,
    schedule_id          TEXT,
    scheduled_for        TIMESTAMP(3),
    form_key             TEXT UNIQUE,
    queued_at            TIMESTAMP(3) NOT NULL,
    started_at           TIMESTAMP(3),
    completed_at         TIMESTAMP(3),
    duration_seconds     DOUBLE PRECISION,
    records_processed    BIGINT,
    records_success      BIGINT,
    records_failed       BIGINT,
    result_data          TEXT,
    error_message        TEXT,
    error_traceback      TEXT,
    task_config_snapshot TEXT NOT NULL,
    code_hash            TEXT,
    worker_id            TEXT,
    lease_until          TIMESTAMP(3),
    cancel_requested_at  TIMESTAMP(3),
    cancel_requested_by  TEXT,
    updated_at           TIMESTAMP(3) NOT NULL,
    -- What a run says while it goes, and what looked odd when it ended.
    progress_done        DOUBLE PRECISION,
    progress_total       DOUBLE PRECISION,
    progress_text        TEXT,
    warning              TEXT,
    -- How many occurrences a row stands for: those that nobody ran are one row, however many.
    occurrences          BIGINT NOT NULL DEFAULT 1,
    -- Whether it waits for the older runs of its schedule.
    alone                BOOLEAN NOT NULL DEFAULT FALSE,
    -- Tries after a failure: the how manieth, after which run, and not before when.
    attempt              BIGINT NOT NULL DEFAULT 1,
    retry_of             TEXT,
    not_before           TIMESTAMP(3),
    -- An occurrence of a schedule happens once, whoever asks.
    UNIQUE (schedule_id, scheduled_for)
);
CREATE INDEX task_runs_by_task ON task_runs (task_name, id);
CREATE INDEX task_runs_by_status ON task_runs (status, id);
CREATE INDEX task_runs_by_task_and_status ON task_runs (task_name, status, id);
CREATE INDEX task_runs_by_retry_of ON task_runs (retry_of);

CREATE TABLE run_log_lines (
    run        BIGINT NOT NULL REFERENCES task_runs (id) ON DELETE CASCADE,
    seq        BIGINT NOT NULL,
    logged_at  TIMESTAMP(3) NOT NULL,
    stream     TEXT NOT NULL,
    level      TEXT NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (run, seq)
);

-- Files that a run handed over; their content is in the data folder, artifacts/<run_id>/<seq>.
CREATE TABLE run_artifacts (
    run        BIGINT NOT NULL REFERENCES task_runs (id) ON DELETE CASCADE,
    seq        BIGINT NOT NULL,
    name       TEXT NOT NULL,
    size       BIGINT NOT NULL,
    created_at TIMESTAMP(3) NOT NULL,
    PRIMARY KEY (run, seq)
);

-- What a task wants to remember until its next run: for each of its schedules, and ('') for runs started by hand.
CREATE TABLE checkpoints (
    task_name  TEXT NOT NULL,
    scope      TEXT NOT NULL,
    data       TEXT NOT NULL,
    updated_at TIMESTAMP(3) NOT NULL,
    PRIMARY KEY (task_name, scope)
);

-- Named secrets that several tasks may use; the secret is in `secrets`, owner 'credential:<id>'.
CREATE TABLE credentials (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    updated_at TIMESTAMP(3) NOT NULL,
    updated_by TEXT NOT NULL,
    created_at TIMESTAMP(3) NOT NULL,
    created_by TEXT NOT NULL
);
CREATE UNIQUE INDEX credentials_by_name ON credentials (LOWER(name));

-- Files uploaded for a parameter; task_settings.params refers to them.
CREATE TABLE uploads (
    id          TEXT PRIMARY KEY,
    task_name   TEXT NOT NULL,
    param       TEXT NOT NULL,
    name        TEXT NOT NULL,
    size        BIGINT NOT NULL,
    uploaded_at TIMESTAMP(3) NOT NULL,
    uploaded_by TEXT NOT NULL
);
CREATE INDEX uploads_by_task ON uploads (task_name, param);

-- Their content, in order. In parts, because MariaDB takes statements of 16 MiB unless it is told otherwise.
CREATE TABLE upload_parts (
    upload  TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    seq     BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (upload, seq)
);
