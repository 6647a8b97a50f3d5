-- A simulated carrier's whole state. Times are RFC 3339 in UTC, to the microsecond, so that
-- text order is time order; amounts are whole MB.

CREATE TABLE IF NOT EXISTS fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS ported (
    msisdn  TEXT PRIMARY KEY,
    carrier TEXT NOT NULL
) WITHOUT ROWID;

-- adjusted_mb is what calls moved; allowance and used are what the usage file says.
CREATE TABLE IF NOT EXISTS bucket (
    msisdn       TEXT NOT NULL,
    month        TEXT NOT NULL,
    package      TEXT NOT NULL,
    kind         TEXT NOT NULL,
    province     TEXT NOT NULL,
    allowance_mb INTEGER NOT NULL,
    used_mb      INTEGER NOT NULL,
    adjusted_mb  INTEGER NOT NULL DEFAULT 0,
    as_of        TEXT NOT NULL,
    PRIMARY KEY (msisdn, month, package)
) WITHOUT ROWID;

-- One row for each reference ever answered, applied or refused: the same answer for ever.
CREATE TABLE IF NOT EXISTS action (
    ref          TEXT PRIMARY KEY,
    id           TEXT NOT NULL,
    type         TEXT NOT NULL,
    msisdn       TEXT NOT NULL,
    month        TEXT NOT NULL,
    package      TEXT NOT NULL,
    product      TEXT NOT NULL,
    mb           INTEGER NOT NULL,
    requested_at TEXT NOT NULL,
    booked_at    TEXT NOT NULL,
    refusal      TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS action_by_id ON action (id);

-- What statements list; planted breaks make it differ from what was applied.
CREATE TABLE IF NOT EXISTS line (
    seq       INTEGER PRIMARY KEY,
    booked_at TEXT NOT NULL,
    id        TEXT NOT NULL,
    ref       TEXT NOT NULL,
    type      TEXT NOT NULL,
    msisdn    TEXT NOT NULL,
    month     TEXT NOT NULL,
    package   TEXT NOT NULL,
    mb        INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS line_by_time ON line (booked_at, seq);

CREATE TABLE IF NOT EXISTS attempt (
    subject TEXT PRIMARY KEY,
    times   INTEGER NOT NULL
) WITHOUT ROWID;
