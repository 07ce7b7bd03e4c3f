-- That an administrator was created: one row, so that two servers asked at once create one administrator.
CREATE TABLE installation (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    set_up_at DATETIME NOT NULL
);
INSERT INTO installation (id, set_up_at) SELECT 1, MIN(created_at) FROM users HAVING COUNT(*) > 0;
