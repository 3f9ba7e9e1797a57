-- The store's schema 3, as terminals in the field may still have it.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE issues (scope TEXT, id TEXT, data TEXT NOT NULL, PRIMARY KEY (scope, id));
CREATE TABLE offsets (scope TEXT, partition INTEGER, next_offset INTEGER NOT NULL, PRIMARY KEY (scope, partition));
CREATE TABLE quarantine (
    seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    offset INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL, reason TEXT NOT NULL, key BLOB, value BLOB,
    headers TEXT NOT NULL, UNIQUE (scope, partition, offset, timestamp_ms));
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, issue TEXT NOT NULL, action TEXT NOT NULL,
    timestamp_ms INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, headers TEXT NOT NULL,
    operator TEXT NOT NULL, note TEXT NOT NULL, state TEXT NOT NULL, scope TEXT NOT NULL,
    created_ms INTEGER NOT NULL, partition INTEGER, offset INTEGER, problem TEXT NOT NULL DEFAULT '');
CREATE INDEX outbox_state ON outbox (state);
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, operator TEXT NOT NULL, action TEXT NOT NULL,
    issue TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE handling (
    scope TEXT, issue TEXT, seen_ms INTEGER NOT NULL, acknowledged_ms INTEGER, acknowledged_by TEXT NOT NULL,
    claimed_ms INTEGER, claimed_by TEXT NOT NULL, shelved_until_ms INTEGER, shelved_by TEXT NOT NULL,
    shelved_why TEXT NOT NULL, PRIMARY KEY (scope, issue));
CREATE TABLE unread (scope TEXT, issue TEXT, count INTEGER NOT NULL, PRIMARY KEY (scope, issue));
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, scope TEXT NOT NULL, issue TEXT NOT NULL, author TEXT NOT NULL,
    name TEXT NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL, state TEXT NOT NULL,
    precautions TEXT NOT NULL, confidence REAL, memo TEXT NOT NULL, problem TEXT NOT NULL,
    card TEXT NOT NULL, holds_steps INTEGER NOT NULL, UNIQUE (scope, id));
CREATE INDEX messages_issue ON messages (scope, issue);
CREATE TABLE chat_calls (
    seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, issue TEXT NOT NULL, session TEXT NOT NULL, action TEXT NOT NULL,
    summary TEXT NOT NULL, state TEXT NOT NULL, problem TEXT NOT NULL, created_ms INTEGER NOT NULL,
    UNIQUE (scope, session, action));
CREATE TABLE drafts (scope TEXT, issue TEXT, kind TEXT, text TEXT NOT NULL, PRIMARY KEY (scope, issue, kind));
PRAGMA user_version = 3;
