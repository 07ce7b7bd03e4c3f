-- What a run says while it goes, and what looked odd when it ended.
ALTER TABLE task_runs ADD COLUMN progress_done REAL;
ALTER TABLE task_runs ADD COLUMN progress_total REAL;
ALTER TABLE task_runs ADD COLUMN progress_text TEXT;
ALTER TABLE task_runs ADD COLUMN warning TEXT;

-- Files that a run handed over; their content is in the data folder, artifacts/<run_id>/<seq>.
CREATE TABLE run_artifacts (
    run        INTEGER NOT NULL REFERENCES task_runs (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    name       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;

-- What a task wants to remember until its next run: for each of its schedules, and ('') for runs started by hand.
CREATE TABLE checkpoints (
    task_name  TEXT NOT NULL,
    scope      TEXT NOT NULL,
    data       TEXT NOT NULL,
    updated_at DATETIME NOT NULL,
    PRIMARY KEY (task_name, scope)
) WITHOUT ROWID;

-- Named secrets that several tasks may use; the secret is in `secrets`, owner 'credential:<id>'.
CREATE TABLE credentials (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
    updated_at DATETIME NOT NULL,
    updated_by TEXT NOT NULL,
    created_at DATETIME NOT NULL,
    created_by TEXT NOT NULL
);

-- Files uploaded for a parameter; task_settings.params refers to them.
CREATE TABLE uploads (
    id          TEXT PRIMARY KEY,
    task_name   TEXT NOT NULL,
    param       TEXT NOT NULL,
    name        TEXT NOT NULL,
    size        INTEGER NOT NULL,
    uploaded_at DATETIME NOT NULL,
    uploaded_by TEXT NOT NULL
);
CREATE INDEX uploads_by_task ON uploads (task_name, param);

-- Their content, in order. In parts, because MariaDB takes statements of 16 MiB unless it is told otherwise.
CREATE TABLE upload_parts (
    upload  TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (upload, seq)
);
