-- What a terminal would show of a line with colour codes, to be searched; NULL where that is the text itself.
ALTER TABLE run_log_lines ADD COLUMN plain TEXT;
