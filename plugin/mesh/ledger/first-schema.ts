/** Version 1. Never edited: migrations.ts takes it from here. */
export const firstSchema = `
  CREATE TABLE fleets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    project TEXT NOT NULL,
    directory TEXT NOT NULL,
    lead_session TEXT NOT NULL,
    lead_agent TEXT,
    lead_model TEXT,
    lead_rules TEXT NOT NULL,
    opencode TEXT NOT NULL,
    status TEXT NOT NULL,
    isolation TEXT NOT NULL,
    max_parallel INTEGER NOT NULL,
    host_limit INTEGER NOT NULL,
    timeout_at INTEGER,
    budget TEXT,
    budget_warned_at INTEGER,
    on_stall TEXT NOT NULL DEFAULT 'report',
    ran_ms INTEGER NOT NULL DEFAULT 0,
    resumed_at INTEGER,
    wakes INTEGER NOT NULL DEFAULT 0,
    term INTEGER NOT NULL DEFAULT 0,
    supervisor_pid INTEGER,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    collected_at INTEGER,
    stuck_at_seq INTEGER
  );
  CREATE INDEX fleets_by_project ON fleets (project, created_at);
  CREATE INDEX fleets_by_lead ON fleets (lead_session);

  CREATE TABLE fleet_tellings (
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    session_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (fleet_id, session_id)
  );

  CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    agent TEXT,
    model TEXT,
    prompt TEXT NOT NULL,
    directory TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER,
    host_id TEXT,
    session_id TEXT,
    output TEXT,
    partial TEXT,
    error_code TEXT,
    error_detail TEXT,
    stop_mode TEXT,
    stop_code TEXT,
    stop_reason TEXT,
    stop_at INTEGER,
    activity TEXT,
    activity_at INTEGER,
    last_tool TEXT,
    blocked_on TEXT,
    awaits_mail_at INTEGER,
    tokens INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL NOT NULL DEFAULT 0,
    turns INTEGER NOT NULL DEFAULT 0,
    budget TEXT,
    budget_warned_at INTEGER,
    worked_ms INTEGER NOT NULL DEFAULT 0,
    turn_at INTEGER,
    stalled_at INTEGER,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    UNIQUE (fleet_id, name)
  );
  CREATE INDEX agents_by_host ON agents (host_id);

  CREATE TABLE attempts (
    agent_id TEXT NOT NULL REFERENCES agents (id),
    attempt INTEGER NOT NULL,
    host_id TEXT,
    session_id TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    cause TEXT,
    partial TEXT,
    system_text TEXT,
    PRIMARY KEY (agent_id, attempt)
  );

  CREATE TABLE usage (
    agent_id TEXT NOT NULL REFERENCES agents (id),
    message_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    cost_usd REAL NOT NULL,
    PRIMARY KEY (agent_id, message_id)
  );

  CREATE TABLE cooldowns (
    provider TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    reason TEXT NOT NULL
  );

  CREATE TABLE outputs (
    agent_id TEXT NOT NULL REFERENCES agents (id),
    generation INTEGER NOT NULL,
    output TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (agent_id, generation)
  );

  CREATE TABLE worktrees (
    agent_id TEXT PRIMARY KEY REFERENCES agents (id),
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    repository TEXT NOT NULL,
    path TEXT NOT NULL,
    branch TEXT NOT NULL,
    base TEXT NOT NULL,
    state TEXT NOT NULL,
    commits INTEGER,
    uncommitted INTEGER,
    checked_at INTEGER
  );
  CREATE INDEX worktrees_by_fleet ON worktrees (fleet_id, state);

  CREATE TABLE file_marks (
    path TEXT NOT NULL,
    agent_id TEXT NOT NULL REFERENCES agents (id),
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    seen_at INTEGER NOT NULL,
    seen_version TEXT NOT NULL,
    changed_at INTEGER,
    PRIMARY KEY (path, agent_id)
  );
  CREATE INDEX file_marks_by_fleet ON file_marks (fleet_id);

  CREATE TABLE hosts (
    id TEXT PRIMARY KEY,
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    nonce_hash TEXT NOT NULL,
    directory TEXT NOT NULL,
    specialists TEXT NOT NULL,
    status TEXT NOT NULL,
    pid INTEGER,
    process_start TEXT,
    starter_pid INTEGER,
    starter_start TEXT,
    beat_at INTEGER,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    cause TEXT
  );
  CREATE INDEX hosts_by_fleet ON hosts (fleet_id, status);

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    agent_id TEXT,
    pid INTEGER NOT NULL,
    process_start TEXT NOT NULL,
    updated_at INTEGER NOT NULL
  );

  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    from_agent_id TEXT NOT NULL,
    to_agent_id TEXT NOT NULL,
    type TEXT NOT NULL,
    payload TEXT NOT NULL,
    payload_kind TEXT NOT NULL,
    correlation_id TEXT,
    via TEXT,
    hops INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
  );
  CREATE INDEX messages_by_correlation ON messages (fleet_id, correlation_id, seq)
    WHERE correlation_id IS NOT NULL;

  CREATE TABLE deliveries (
    recipient TEXT NOT NULL,
    message_seq INTEGER NOT NULL REFERENCES messages (seq),
    position INTEGER,
    state TEXT NOT NULL,
    wake INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL,
    injected_at INTEGER,
    seen_at INTEGER,
    acked_at INTEGER,
    auto_acked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (recipient, message_seq)
  );
  CREATE INDEX deliveries_by_message ON deliveries (message_seq);
  CREATE INDEX deliveries_accepted ON deliveries (recipient, message_seq) WHERE state = 'accepted';
  CREATE INDEX deliveries_unacked ON deliveries (recipient, message_seq) WHERE acked_at IS NULL;

  CREATE TABLE inboxes (
    recipient TEXT PRIMARY KEY,
    total INTEGER NOT NULL,
    unacked INTEGER NOT NULL
  );

  CREATE TABLE capabilities (
    agent_id TEXT NOT NULL,
    role TEXT NOT NULL,
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    skills TEXT NOT NULL,
    model TEXT,
    context_window INTEGER,
    registered_at INTEGER NOT NULL,
    PRIMARY KEY (agent_id, role)
  );
  CREATE INDEX capabilities_by_fleet ON capabilities (fleet_id);

  CREATE TABLE outcomes (
    subject TEXT NOT NULL,
    capability_key TEXT NOT NULL,
    successes INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (subject, capability_key)
  );

  CREATE TABLE questions (
    id TEXT PRIMARY KEY,
    fleet_id TEXT NOT NULL REFERENCES fleets (id),
    agent_id TEXT NOT NULL REFERENCES agents (id),
    generation INTEGER NOT NULL,
    host_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    request_id TEXT NOT NULL,
    wanted TEXT NOT NULL,
    request TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    deadline_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    answer TEXT,
    reason TEXT,
    answered_at INTEGER,
    UNIQUE (host_id, request_id)
  );
  CREATE INDEX questions_open ON questions (fleet_id, agent_id) WHERE state = 'open';

  CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    fleet_id TEXT REFERENCES fleets (id),
    permission TEXT NOT NULL,
    pattern TEXT NOT NULL,
    exact INTEGER NOT NULL,
    question_id TEXT NOT NULL REFERENCES questions (id),
    granted_at INTEGER NOT NULL
  );
  CREATE INDEX grants_by_permission ON grants (project, permission);

  CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    fleet_id TEXT,
    agent_id TEXT,
    data TEXT NOT NULL
  );
  CREATE INDEX events_by_fleet ON events (fleet_id, seq);
`
