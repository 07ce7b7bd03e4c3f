-- The day on which a credential's secret stops working, as YYYY-MM-DD, if somebody said so.
ALTER TABLE credentials ADD COLUMN runs_out_on TEXT;
