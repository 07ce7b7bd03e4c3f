-- The day on which a credential's secret stops working, as YYYY-MM-DD, if somebody said so.
SET @change = IF(
    (SELECT COUNT(*) FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'credentials' AND column_name = 'runs_out_on') = 0,
    'ALTER TABLE credentials ADD COLUMN runs_out_on VARCHAR(10)',
    'DO 0');
PREPARE statement FROM @change;
EXECUTE statement;
DEALLOCATE PREPARE statement;

-- Credentials that are accounts at other services; their secrets are sealed in secrets.
-- problem: why an account has to be connected again. lease_*: which server renews its access, and until when.
CREATE TABLE IF NOT EXISTS connections (
    id            VARCHAR(36) PRIMARY KEY,
    provider      VARCHAR(16) NOT NULL,
    client_id     LONGTEXT NOT NULL,
    scopes        LONGTEXT NOT NULL,
    authorise_url LONGTEXT NOT NULL,
    token_url     LONGTEXT NOT NULL,
    granted       LONGTEXT,
    connected_at  DATETIME(3),
    connected_by  VARCHAR(255),
    expires_at    DATETIME(3),
    problem       VARCHAR(16),
    problem_at    DATETIME(3),
    lease_by      VARCHAR(36),
    lease_until   DATETIME(3)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- People on their way to a service and back; id is the hash of what they bring along.
CREATE TABLE IF NOT EXISTS connection_attempts (
    id            VARCHAR(64) PRIMARY KEY,
    credential_id VARCHAR(36) NOT NULL,
    session_hash  VARCHAR(64) NOT NULL,
    redirect_url  LONGTEXT NOT NULL,
    expires_at    DATETIME(3) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
