CREATE TABLE items (id integer PRIMARY KEY, value text NOT NULL);

INSERT INTO items SELECT k, k::text FROM generate_series(0, 9999) AS k;

VACUUM ANALYZE items;

