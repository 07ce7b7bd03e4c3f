-- Named sets of values for a task. params is JSON; folded is the name in small letters, of which some are longer.
CREATE TABLE IF NOT EXISTS task_presets (
    id         VARCHAR(36) PRIMARY KEY,
    task_name  VARCHAR(64) NOT NULL,
    name       VARCHAR(100) NOT NULL,
    folded     VARCHAR(300) NOT NULL,
    params     LONGTEXT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    created_by VARCHAR(255) NOT NULL,
    updated_at DATETIME(3) NOT NULL,
    updated_by VARCHAR(255) NOT NULL,
    UNIQUE KEY task_presets_by_name (task_name, folded)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What paused or resumed a schedule together with others, so that this can be taken back.
SET @change = IF(
    (SELECT COUNT(*) FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'schedules' AND column_name = 'switched_by') = 0,
    'ALTER TABLE schedules ADD COLUMN switched_by VARCHAR(36)',
    'DO 0');
PREPARE statement FROM @change;
EXECUTE statement;
DEALLOCATE PREPARE statement;
