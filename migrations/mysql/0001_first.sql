-- Times are UTC. The same tables as migrations/sqlite, up to 0003.
--
-- MySQL commits each statement by itself, so each may meet what an attempt that was cut off left behind. Texts that are
-- compared are VARCHAR, since MySQL indexes no others, and distinguish case like the other databases.

CREATE TABLE IF NOT EXISTS installation (
    id        BIGINT PRIMARY KEY CHECK (id = 1),
    set_up_at DATETIME(3) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS users (
    id            VARCHAR(36) PRIMARY KEY,
    name          VARCHAR(100) COLLATE utf8mb4_general_ci NOT NULL,
    password_hash LONGTEXT NOT NULL,
    role          VARCHAR(20) NOT NULL,
    created_at    DATETIME(3) NOT NULL,
    UNIQUE KEY users_by_name (name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS sessions (
    token_hash   VARCHAR(64) PRIMARY KEY,
    user_id      VARCHAR(36) NOT NULL,
    created_at   DATETIME(3) NOT NULL,
    last_seen_at DATETIME(3) NOT NULL,
    expires_at   DATETIME(3) NOT NULL,
    FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row for each password parameter: sealed, never plain.
CREATE TABLE IF NOT EXISTS secrets (
    id         VARCHAR(36) PRIMARY KEY,
    owner      VARCHAR(100) NOT NULL,
    name       VARCHAR(255) NOT NULL,
    sealed     LONGBLOB NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    updated_by VARCHAR(255) NOT NULL,
    UNIQUE (owner, name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- A value sealed with the key file when the database was made: tells a wrong key before it does harm.
CREATE TABLE IF NOT EXISTS vault_check (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    sealed LONGBLOB NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What the form of a task holds; its passwords are in `secrets`.
CREATE TABLE IF NOT EXISTS task_settings (
    task_name  VARCHAR(64) PRIMARY KEY,
    params     LONGTEXT NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    updated_by VARCHAR(255) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS schedules (
    id          VARCHAR(36) PRIMARY KEY,
    task_name   VARCHAR(64) NOT NULL,
    rule        LONGTEXT NOT NULL,
    zone        VARCHAR(64) NOT NULL,
    anchor      DATETIME(3) NOT NULL,
    paused      BOOLEAN NOT NULL DEFAULT FALSE,
    next_run_at DATETIME(3),
    -- What becomes of a run when something is in the way, as JSON.
    policy      LONGTEXT NOT NULL,
    created_by  VARCHAR(255) NOT NULL,
    created_at  DATETIME(3) NOT NULL,
    KEY schedules_due (next_run_at),
    KEY schedules_by_task (task_name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row for each run. It is the queue as well: 'queued' rows wait for a worker.
CREATE TABLE IF NOT EXISTS task_runs (
    id                   BIGINT AUTO_INCREMENT PRIMARY KEY,
    run_id               VARCHAR(36) NOT NULL UNIQUE,
    task_name            VARCHAR(64) NOT NULL,
    status               VARCHAR(20) NOT NULL,
    failure_reason       VARCHAR(40),
    triggered_by         VARCHAR(20) NOT NULL,
    triggered_by_user    VARCHAR(255),
    schedule_id          VARCHAR(36),
    scheduled_for        DATETIME(3),
    form_key             VARCHAR(191) UNIQUE,
    queued_at            DATETIME(3) NOT NULL,
    started_at           DATETIME(3),
    completed_at         DATETIME(3),
    duration_seconds     DOUBLE,
    records_processed    BIGINT,
    records_success      BIGINT,
    records_failed       BIGINT,
    result_data          LONGTEXT,
    error_message        LONGTEXT,
    error_traceback      LONGTEXT,
    task_config_snapshot LONGTEXT NOT NULL,
    code_hash            VARCHAR(64),
    worker_id            VARCHAR(64),
    lease_until          DATETIME(3),
    cancel_requested_at  DATETIME(3),
    cancel_requested_by  VARCHAR(255),
    updated_at           DATETIME(3) NOT NULL,
    -- What a run says while it goes, and what looked odd when it ended.
    progress_done        DOUBLE,
    progress_total       DOUBLE,
    progress_text        LONGTEXT,
    warning              LONGTEXT,
    -- How many occurrences a row stands for: those that nobody ran are one row, however many.
    occurrences          BIGINT NOT NULL DEFAULT 1,
    -- Whether it waits for the older runs of its schedule.
    alone                BOOLEAN NOT NULL DEFAULT FALSE,
    -- Tries after a failure: the how manieth, after which run, and not before when.
    attempt              BIGINT NOT NULL DEFAULT 1,
    retry_of             VARCHAR(36),
    not_before           DATETIME(3),
    -- An occurrence of a schedule happens once, whoever asks.
    UNIQUE (schedule_id, scheduled_for),
    KEY task_runs_by_task (task_name, id),
    KEY task_runs_by_status (status, id),
    KEY task_runs_by_task_and_status (task_name, status, id),
    KEY task_runs_by_retry_of (retry_of)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS run_log_lines (
    run        BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    logged_at  DATETIME(3) NOT NULL,
    stream     VARCHAR(20) NOT NULL,
    level      VARCHAR(20) NOT NULL,
    text       LONGTEXT NOT NULL,
    PRIMARY KEY (run, seq),
    FOREIGN KEY (run) REFERENCES task_runs (id) ON DELETE CASCADE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Files that a run handed over; their content is in the data folder, artifacts/<run_id>/<seq>.
CREATE TABLE IF NOT EXISTS run_artifacts (
    run        BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    name       VARCHAR(255) NOT NULL,
    size       BIGINT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (run, seq),
    FOREIGN KEY (run) REFERENCES task_runs (id) ON DELETE CASCADE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What a task wants to remember until its next run: for each of its schedules, and ('') for runs started by hand.
CREATE TABLE IF NOT EXISTS checkpoints (
    task_name  VARCHAR(64) NOT NULL,
    scope      VARCHAR(64) NOT NULL,
    data       LONGTEXT NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    PRIMARY KEY (task_name, scope)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Named secrets that several tasks may use; the secret is in `secrets`, owner 'credential:<id>'.
CREATE TABLE IF NOT EXISTS credentials (
    id         VARCHAR(36) PRIMARY KEY,
    name       VARCHAR(100) COLLATE utf8mb4_general_ci NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    updated_by VARCHAR(255) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    created_by VARCHAR(255) NOT NULL,
    UNIQUE KEY credentials_by_name (name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Files uploaded for a parameter; task_settings.params refers to them.
CREATE TABLE IF NOT EXISTS uploads (
    id          VARCHAR(36) PRIMARY KEY,
    task_name   VARCHAR(64) NOT NULL,
    param       VARCHAR(255) NOT NULL,
    name        VARCHAR(255) NOT NULL,
    size        BIGINT NOT NULL,
    uploaded_at DATETIME(3) NOT NULL,
    uploaded_by VARCHAR(255) NOT NULL,
    KEY uploads_by_task (task_name, param)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Their content, in order. In parts, because MariaDB takes statements of 16 MiB unless it is told otherwise.
CREATE TABLE IF NOT EXISTS upload_parts (
    upload  VARCHAR(36) NOT NULL,
    seq     BIGINT NOT NULL,
    content LONGBLOB NOT NULL,
    PRIMARY KEY (upload, seq),
    FOREIGN KEY (upload) REFERENCES uploads (id) ON DELETE CASCADE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
