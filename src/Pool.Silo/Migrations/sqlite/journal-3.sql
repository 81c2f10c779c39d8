-- Ledgers of before have published no checkpoint, and nothing would wake them for it.
INSERT OR IGNORE INTO wakeup (stream, due_at) SELECT DISTINCT stream, 1 FROM stream_event WHERE stream LIKE 'ledger/%';
