-- What a terminal would show of a line with colour codes, to be searched; NULL where that is the text itself.
SET @change = IF(
    (SELECT COUNT(*) FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'run_log_lines' AND column_name = 'plain') = 0,
    'ALTER TABLE run_log_lines ADD COLUMN plain LONGTEXT',
    'DO 0');
PREPARE statement FROM @change;
EXECUTE statement;
DEALLOCATE PREPARE statement;
