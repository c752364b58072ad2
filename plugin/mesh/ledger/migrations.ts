import { firstSchema } from "./first-schema.ts"

/** "MESH" in ASCII: how SQLite files of ours are told from anybody else's. */
export const applicationId = 0x4d455348

/**
 * Each entry takes the schema from its index to the next version. Entries are never edited once
 * released; times are milliseconds since 1970 (UTC), JSON is text, and the SQL is the part of the
 * language that SQLite and Postgres share.
 */
export const migrations: readonly string[] = [
  firstSchema,
  `
  ALTER TABLE agents ADD COLUMN also_called TEXT;
  ALTER TABLE agents ADD COLUMN files TEXT;
  ALTER TABLE agents ADD COLUMN failed_check TEXT;
  ALTER TABLE outputs ADD COLUMN answered TEXT;
  ALTER TABLE messages ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;
  `,
  // Who supervises a fleet, until when by the database's clock. A ledger in a file has lock files instead.
  `
  CREATE TABLE leases (fleet_id TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL);
  `,
  // What bounds talk in which nothing is done, and when the lead was told of it.
  `
  ALTER TABLE messages ADD COLUMN auto_replies INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE agents ADD COLUMN auto_replies INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE fleets ADD COLUMN capped_at INTEGER;
  `,
  // What whoever brought an agent might do at that moment.
  `
  CREATE TABLE bounds (agent_id TEXT PRIMARY KEY REFERENCES agents (id), rules TEXT NOT NULL);
  `,
  `
  ALTER TABLE cooldowns ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE cooldowns ADD COLUMN tried_by TEXT;
  ALTER TABLE cooldowns ADD COLUMN tried_until INTEGER;
  `,
  // What was done with a message, votes among it, and the proposals that are voted on.
  `
  CREATE TABLE receipts (
    seq INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES messages (id),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    note TEXT,
    at INTEGER NOT NULL,
    UNIQUE (message_id, actor, action)
  );
  CREATE TABLE ratifications (
    message_id TEXT PRIMARY KEY REFERENCES messages (id),
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    subject TEXT NOT NULL,
    quorum INTEGER NOT NULL,
    voters TEXT NOT NULL,
    silence_policy TEXT NOT NULL,
    deadline_at INTEGER,
    status TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    resolved_at INTEGER
  );
  CREATE INDEX ratifications_open ON ratifications (fleet_id) WHERE status = 'open';
  `,
  // Fleets to spawn again. The project is '' for those of the user.
  `
  CREATE TABLE templates (
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    description TEXT,
    agents TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project, name, version)
  );
  `,
  // What is too old is taken away, and a ledger of a year is asked as fast as a new one: what is looked
  // for in all fleets, however many have ended, has an index that holds no more than that.
  `
  ALTER TABLE fleets ADD COLUMN pruned_at INTEGER;
  CREATE TABLE prunings (project TEXT PRIMARY KEY, begun_at INTEGER NOT NULL);
  CREATE INDEX fleets_pruned ON fleets (id) WHERE pruned_at IS NOT NULL;
  CREATE INDEX fleets_running ON fleets (id, status) WHERE status = 'running';
  CREATE INDEX fleets_by_status ON fleets (project, status, created_at);
  CREATE INDEX fleets_by_end ON fleets (project, ended_at);
  CREATE INDEX hosts_open ON hosts (fleet_id, status) WHERE status <> 'ended';
  CREATE INDEX hosts_by_process ON hosts (pid);
  CREATE INDEX worktrees_open ON worktrees (fleet_id, state) WHERE state IN ('wanted', 'ready', 'removing');
  CREATE INDEX sessions_by_agent ON sessions (agent_id) WHERE agent_id IS NOT NULL;
  CREATE INDEX sessions_by_process ON sessions (pid);
  CREATE INDEX sessions_of_leads ON sessions (project, updated_at) WHERE agent_id IS NULL;
  ALTER TABLE outcomes ADD COLUMN fleet_id TEXT;
  CREATE INDEX outcomes_of_specialists ON outcomes (subject) WHERE fleet_id IS NULL;
  CREATE INDEX questions_by_fleet ON questions (fleet_id);
  DROP INDEX deliveries_accepted;
  CREATE INDEX deliveries_accepted ON deliveries (recipient, message_seq, wake) WHERE state = 'accepted';
  `,
  // The newest transaction of each process, which tells whether one was committed whose answer was lost.
  // Over a ledger in a file none is lost.
  `
  CREATE TABLE commits (writer TEXT PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL);
  `,
  // When a step was counted first; null for those of before.
  `
  ALTER TABLE usage ADD COLUMN at INTEGER;
  `,
  // A fleet's board of tasks, and who was told of which.
  `
  CREATE TABLE tasks (
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    needs TEXT NOT NULL,
    check_command TEXT,
    author TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT REFERENCES agents (id),
    claims INTEGER NOT NULL DEFAULT 0,
    claimed_at INTEGER,
    notes TEXT,
    left_by TEXT REFERENCES agents (id),
    checked TEXT,
    proof TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (fleet_id, number)
  );
  CREATE TABLE task_offers (
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    number INTEGER NOT NULL,
    claims INTEGER NOT NULL,
    agent_id TEXT NOT NULL REFERENCES agents (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (fleet_id, number, claims, agent_id)
  );
  `,
  // What a worktree gets beyond its checkout, as JSON: fixed when its agent is queued.
  `
  ALTER TABLE worktrees ADD COLUMN setup TEXT;
  `,
  // What of a worktree has been merged: the newest commit of its branch that is in.
  `
  ALTER TABLE worktrees ADD COLUMN merged TEXT;
  `,
  // Which files agents have reserved, until when.
  `
  CREATE TABLE reservations (
    agent_id TEXT NOT NULL REFERENCES agents (id),
    pattern TEXT NOT NULL,
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    mode TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (agent_id, pattern)
  );
  CREATE INDEX reservations_by_fleet ON reservations (fleet_id);
  `,
]

export const schemaVersion = migrations.length
