-- The day on which a credential's secret stops working, as YYYY-MM-DD, if somebody said so.
SET @change = IF(
    (SELECT COUNT(*) FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'credentials' AND column_name = 'runs_out_on') = 0,
    'ALTER TABLE credentials ADD COLUMN runs_out_on VARCHAR(10)',
    'DO 0');
PREPARE statement FROM @change;
EXECUTE statement;
DEALLOCATE PREPARE statement;
