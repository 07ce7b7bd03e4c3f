-- The day on which a credential's secret stops working, as YYYY-MM-DD, if somebody said so.
ALTER TABLE credentials ADD COLUMN runs_out_on TEXT;

-- Credentials that are accounts at other services; their secrets are sealed in secrets.
-- problem: why an account has to be connected again. lease_*: which server renews its access, and until when.
CREATE TABLE connections (
    id            TEXT PRIMARY KEY,
    provider      TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    authorise_url TEXT NOT NULL,
    token_url     TEXT NOT NULL,
    granted       TEXT,
    connected_at  DATETIME,
    connected_by  TEXT,
    expires_at    DATETIME,
    problem       TEXT,
    problem_at    DATETIME,
    lease_by      TEXT,
    lease_until   DATETIME
);

-- People on their way to a service and back; id is the hash of what they bring along.
CREATE TABLE connection_attempts (
    id            TEXT PRIMARY KEY,
    credential_id TEXT NOT NULL,
    session_hash  TEXT NOT NULL,
    redirect_url  TEXT NOT NULL,
    expires_at    DATETIME NOT NULL
);
