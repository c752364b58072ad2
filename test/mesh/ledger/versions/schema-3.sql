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
    ended_at INTEGER, also_called TEXT, files TEXT, failed_check TEXT,
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
    at INTEGER NOT NULL, answered TEXT,
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
  , whole INTEGER NOT NULL DEFAULT 0);
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
CREATE TABLE leases (fleet_id TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL);
INSERT INTO fleets (id, name, project, directory, lead_session, lead_agent, lead_model, lead_rules, opencode, status, isolation, max_parallel, host_limit, timeout_at, budget, budget_warned_at, on_stall, ran_ms, resumed_at, wakes, term, supervisor_pid, created_at, ended_at, collected_at, stuck_at_seq) VALUES ('flt_1', 'shop’s first', '/shop/.git', '/shop', 'ses_lead', 'build', 'fake/m1', '[]', '/bin/opencode', 'failed', 'auto', 9, 8, null, null, null, 'report', 61000, null, 0, 0, null, 1767225600000, 1767225661000, null, null);
INSERT INTO fleets (id, name, project, directory, lead_session, lead_agent, lead_model, lead_rules, opencode, status, isolation, max_parallel, host_limit, timeout_at, budget, budget_warned_at, on_stall, ran_ms, resumed_at, wakes, term, supervisor_pid, created_at, ended_at, collected_at, stuck_at_seq) VALUES ('flt_2', 'b1-b2-b3', '/shop/.git', '/shop', 'ses_lead', 'build', 'fake/m1', '[]', '/bin/opencode', 'running', 'auto', 64, 5, null, null, null, 'report', 0, null, 0, 0, null, 1767225600000, null, null, null);
INSERT INTO fleet_tellings (fleet_id, session_id, at) VALUES ('flt_2', 'ses_other', 1767225661000);
INSERT INTO agents (id, fleet_id, position, name, role, agent, model, prompt, directory, status, attempts, generation, not_before, host_id, session_id, output, partial, error_code, error_detail, stop_mode, stop_code, stop_reason, stop_at, activity, activity_at, last_tool, blocked_on, awaits_mail_at, tokens, cost_usd, turns, budget, budget_warned_at, worked_ms, turn_at, stalled_at, created_at, started_at, ended_at, also_called, files, failed_check) VALUES ('a1-1', 'flt_1', 0, 'a1', 'a1', 'build', 'fake/m1', 'do a1: ü, 漢', '/shop', 'complete', 1, 1, null, 'hst_ended', 'ses_a1', 'it is done', 'so far', null, null, null, null, null, null, null, 1767225600000, null, null, null, 10, 0.1, 1, null, null, 61000, null, null, 1767225600000, 1767225600000, 1767225661000, null, null, null);
INSERT INTO agents (id, fleet_id, position, name, role, agent, model, prompt, directory, status, attempts, generation, not_before, host_id, session_id, output, partial, error_code, error_detail, stop_mode, stop_code, stop_reason, stop_at, activity, activity_at, last_tool, blocked_on, awaits_mail_at, tokens, cost_usd, turns, budget, budget_warned_at, worked_ms, turn_at, stalled_at, created_at, started_at, ended_at, also_called, files, failed_check) VALUES ('a2-2', 'flt_1', 1, 'a2', 'a2', 'build', 'fake/m1', 'do a2: ü, 漢', '/shop', 'failed', 1, 1, null, 'hst_ended', 'ses_a2', null, 'so far', 'TIMEOUT', 'too slow', null, null, null, null, null, 1767225600000, null, null, null, 10, 0.1, 1, null, null, 61000, null, null, 1767225600000, 1767225600000, 1767225661000, null, null, null);
INSERT INTO agents (id, fleet_id, position, name, role, agent, model, prompt, directory, status, attempts, generation, not_before, host_id, session_id, output, partial, error_code, error_detail, stop_mode, stop_code, stop_reason, stop_at, activity, activity_at, last_tool, blocked_on, awaits_mail_at, tokens, cost_usd, turns, budget, budget_warned_at, worked_ms, turn_at, stalled_at, created_at, started_at, ended_at, also_called, files, failed_check) VALUES ('a3-3', 'flt_1', 2, 'a3', 'a3', 'build', 'fake/m1', 'do a3: ü, 漢', '/shop', 'cancelled', 1, 1, null, 'hst_ended', 'ses_a3', null, 'so far', 'CANCELLED', 'not needed', null, null, null, null, null, 1767225600000, null, null, null, 10, 0.1, 1, null, null, 61000, null, null, 1767225600000, 1767225600000, 1767225661000, null, null, null);
INSERT INTO agents (id, fleet_id, position, name, role, agent, model, prompt, directory, status, attempts, generation, not_before, host_id, session_id, output, partial, error_code, error_detail, stop_mode, stop_code, stop_reason, stop_at, activity, activity_at, last_tool, blocked_on, awaits_mail_at, tokens, cost_usd, turns, budget, budget_warned_at, worked_ms, turn_at, stalled_at, created_at, started_at, ended_at, also_called, files, failed_check) VALUES ('a4-7', 'flt_1', 3, 'a4', 'a4', 'build', 'fake/m1', 'later', '/shop', 'cancelled', 0, 0, null, null, null, null, null, 'CANCELLED', 'changed my mind', null, null, null, null, null, null, null, null, null, 0, 0, 0, null, null, 0, null, null, 1767225661000, null, 1767225661000, null, null, null);
INSERT INTO agents (id, fleet_id, position, name, role, agent, model, prompt, directory, status, attempts, generation, not_before, host_id, session_id, output, partial, error_code, error_detail, stop_mode, stop_code, stop_reason, stop_at, activity, activity_at, last_tool, blocked_on, awaits_mail_at, tokens, cost_usd, turns, budget, budget_warned_at, worked_ms, turn_at, stalled_at, created_at, started_at, ended_at, also_called, files, failed_check) VALUES ('b1-4', 'flt_2', 0, 'b1', 'b1', 'build', 'fake/m1', 'do b1', '/shop', 'running', 1, 1, null, 'hst_running', 'ses_b1', null, 'so far', null, null, null, null, null, null, null, 1767225600000, null, 'permission: bash git push', null, 10, 0.1, 1, null, null, 0, 1767225600000, null, 1767225600000, 1767225600000, null, null, null, null);
INSERT INTO agents (id, fleet_id, position, name, role, agent, model, prompt, directory, status, attempts, generation, not_before, host_id, session_id, output, partial, error_code, error_detail, stop_mode, stop_code, stop_reason, stop_at, activity, activity_at, last_tool, blocked_on, awaits_mail_at, tokens, cost_usd, turns, budget, budget_warned_at, worked_ms, turn_at, stalled_at, created_at, started_at, ended_at, also_called, files, failed_check) VALUES ('b2-5', 'flt_2', 1, 'b2', 'b2', 'build', 'fake/m1', 'do b2', '/shop', 'running', 1, 1, null, 'hst_running', 'ses_b2', null, 'so far', null, null, null, null, null, null, null, 1767225600000, null, null, null, 10, 0.1, 1, null, null, 0, 1767225600000, null, 1767225600000, 1767225600000, null, null, null, null);
INSERT INTO agents (id, fleet_id, position, name, role, agent, model, prompt, directory, status, attempts, generation, not_before, host_id, session_id, output, partial, error_code, error_detail, stop_mode, stop_code, stop_reason, stop_at, activity, activity_at, last_tool, blocked_on, awaits_mail_at, tokens, cost_usd, turns, budget, budget_warned_at, worked_ms, turn_at, stalled_at, created_at, started_at, ended_at, also_called, files, failed_check) VALUES ('b3-6', 'flt_2', 2, 'b3', 'b3', 'build', 'fake/m1', 'do b3', '/shop', 'queued', 0, 0, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, 0, 0, 0, null, null, 0, null, null, 1767225600000, null, null, null, null, null);
INSERT INTO attempts (agent_id, attempt, host_id, session_id, started_at, ended_at, cause, partial, system_text) VALUES ('a1-1', 1, 'hst_ended', null, 1767225600000, 1767225661000, 'complete', 'so far', null);
INSERT INTO attempts (agent_id, attempt, host_id, session_id, started_at, ended_at, cause, partial, system_text) VALUES ('a2-2', 1, 'hst_ended', null, 1767225600000, 1767225661000, 'TIMEOUT: too slow', 'so far', null);
INSERT INTO attempts (agent_id, attempt, host_id, session_id, started_at, ended_at, cause, partial, system_text) VALUES ('a3-3', 1, 'hst_ended', null, 1767225600000, 1767225661000, 'CANCELLED: not needed', 'so far', null);
INSERT INTO attempts (agent_id, attempt, host_id, session_id, started_at, ended_at, cause, partial, system_text) VALUES ('b1-4', 1, 'hst_running', null, 1767225600000, null, null, null, null);
INSERT INTO attempts (agent_id, attempt, host_id, session_id, started_at, ended_at, cause, partial, system_text) VALUES ('b2-5', 1, 'hst_running', null, 1767225600000, null, null, null, null);
INSERT INTO usage (agent_id, message_id, attempt, tokens, cost_usd) VALUES ('a1-1', 'm_a1', 1, 10, 0.1);
INSERT INTO usage (agent_id, message_id, attempt, tokens, cost_usd) VALUES ('a2-2', 'm_a2', 1, 10, 0.1);
INSERT INTO usage (agent_id, message_id, attempt, tokens, cost_usd) VALUES ('a3-3', 'm_a3', 1, 10, 0.1);
INSERT INTO usage (agent_id, message_id, attempt, tokens, cost_usd) VALUES ('b1-4', 'm_b1', 1, 10, 0.1);
INSERT INTO usage (agent_id, message_id, attempt, tokens, cost_usd) VALUES ('b2-5', 'm_b2', 1, 10, 0.1);
INSERT INTO cooldowns (provider, until, reason) VALUES ('fake', 1767225600001, '429');
INSERT INTO outputs (agent_id, generation, output, at, answered) VALUES ('a1-1', 1, 'it is done', 1767225661000, null);
INSERT INTO worktrees (agent_id, fleet_id, repository, path, branch, base, state, commits, uncommitted, checked_at) VALUES ('a1-1', 'flt_1', '/shop/.git', '/trees/a1', 'meshfleet/a1', 'abc', 'kept', null, null, null);
INSERT INTO worktrees (agent_id, fleet_id, repository, path, branch, base, state, commits, uncommitted, checked_at) VALUES ('b1-4', 'flt_2', '/shop/.git', '/trees/b1', 'meshfleet/b1', 'abc', 'ready', null, null, null);
INSERT INTO file_marks (path, agent_id, fleet_id, seen_at, seen_version, changed_at) VALUES ('/shop/cart.ts', 'b1-4', 'flt_2', 1767225601000, 'v1', 1767225601000);
INSERT INTO hosts (id, fleet_id, nonce_hash, directory, specialists, status, pid, process_start, starter_pid, starter_start, beat_at, created_at, ended_at, cause) VALUES ('hst_ended', 'flt_1', 'secret of hst_ended', '/shop', '[]', 'ended', 4711, '8', 100, '1', 1767225600000, 1767225600000, 1767225661000, 'its fleet has ended');
INSERT INTO hosts (id, fleet_id, nonce_hash, directory, specialists, status, pid, process_start, starter_pid, starter_start, beat_at, created_at, ended_at, cause) VALUES ('hst_running', 'flt_2', 'secret of hst_running', '/shop', '[]', 'ready', 4711, '8', 100, '1', 1767225600000, 1767225600000, null, null);
INSERT INTO sessions (id, project, agent_id, pid, process_start, updated_at) VALUES ('ses_lead', '/shop/.git', null, 100, '1', 1767225600000);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (1, 'msg_1', 'flt_1', 'meshfleet', 'lead', 'request_help', 'Agent "a1" of flt_1 is waiting for `permission: bash git push`. Only the user can answer, in a terminal outside OpenCode: meshfleet answer ask_1 once (or fleet, always, reject). You cannot; tell the user. Without an answer it is rejected in 15 min.', 'text', 'ask_1', null, 0, 1767225601000, 1);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (2, 'msg_2', 'flt_2', 'meshfleet', 'lead', 'request_help', 'Agent "b1" of flt_2 is waiting for `permission: bash git push`. Only the user can answer, in a terminal outside OpenCode: meshfleet answer ask_2 once (or fleet, always, reject). You cannot; tell the user. Without an answer it is rejected in 15 min.', 'text', 'ask_2', null, 0, 1767225601000, 1);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (3, 'msg_3', 'flt_1', 'a1-1', 'a2-2', 'question', '{"why":"x"}', 'json', 'c1', null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (4, 'msg_4', 'flt_1', 'a2-2', '*', 'alert', 'broken', 'text', null, null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (5, 'msg_5', 'flt_1', 'lead', 'a1-1', 'handoff', 'go
on', 'text', null, null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (6, 'msg_6', 'flt_2', 'b1-4', 'b2-5', 'result', 'halfway', 'text', null, null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (7, 'msg_7', 'flt_2', 'b1-4', 'lead', 'request_help', 'help', 'text', null, null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (8, 'msg_8', 'flt_1', 'lead', '*', 'question', 'Proposal: ship it
Voters: a1, a2, a3. Ratified by 2 of 3. A voter calls cast_vote with the id of this message.', 'text', null, null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (9, 'msg_9', 'flt_1', 'meshfleet', 'lead', 'request_help', 'Proposal msg_8 `ship it` is ratified: 2 of 3 approve, 0 decline, 1 silent; the quorum is 2.', 'text', 'msg_8', null, 0, 1767225601000, 1);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (10, 'msg_10', 'flt_1', 'meshfleet', 'a1-1', 'alert', 'Proposal msg_8 `ship it` is ratified: 2 of 3 approve, 0 decline, 1 silent; the quorum is 2.', 'text', 'msg_8', null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (11, 'msg_11', 'flt_1', 'meshfleet', 'a3-3', 'alert', 'Proposal msg_8 `ship it` is ratified: 2 of 3 approve, 0 decline, 1 silent; the quorum is 2.', 'text', 'msg_8', null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (12, 'msg_12', 'flt_2', 'lead', '*', 'question', 'Proposal: ship it
Voters: b1, lead. Ratified by 2 of 2. A voter calls cast_vote with the id of this message.', 'text', null, null, 0, 1767225601000, 0);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (13, 'msg_13', 'flt_1', 'meshfleet', 'lead', 'alert', 'Agent "a2" of flt_1 failed: TIMEOUT: `too slow`', 'text', null, null, 0, 1767225661000, 1);
INSERT INTO messages (seq, id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind, correlation_id, via, hops, created_at, whole) VALUES (14, 'msg_14', 'flt_1', 'meshfleet', 'lead', 'alert', 'Fleet flt_1 "shop’s first" has ended: failed (a1 complete, a2 failed, a3 cancelled, a4 cancelled). Its results, whole:

## a1
> it is done

## a2 (failed, TIMEOUT: `too slow`)
> so far

## a3 (cancelled, CANCELLED: `not needed`)
> so far

## a4 (cancelled, CANCELLED: `changed my mind`)
(it said nothing)', 'text', 'results', null, 0, 1767225661000, 1);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a1-1', 4, 1, 'accepted', 0, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a1-1', 5, 2, 'accepted', 0, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a1-1', 8, 3, 'accepted', 0, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a1-1', 10, null, 'accepted', 0, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a2-2', 3, 1, 'acked', 0, 0, 1767225601000, 1767225601000, 1767225601000, 1767225601000, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a2-2', 8, 2, 'accepted', 0, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a3-3', 4, 1, 'accepted', 0, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a3-3', 8, 2, 'accepted', 0, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('a3-3', 11, null, 'accepted', 0, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('b1-4', 12, 1, 'accepted', 1, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('b2-5', 6, 1, 'accepted', 1, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('b2-5', 12, 2, 'accepted', 1, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('b3-6', 12, 1, 'accepted', 1, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('lead:flt_1', 1, null, 'acked', 1, 0, 1767225601000, null, null, 1767225601000, 1);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('lead:flt_1', 4, 1, 'accepted', 1, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('lead:flt_1', 9, null, 'accepted', 1, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('lead:flt_1', 13, null, 'acked', 1, 0, 1767225661000, null, null, 1767225661000, 1);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('lead:flt_1', 14, null, 'accepted', 1, 0, 1767225661000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('lead:flt_2', 2, null, 'accepted', 1, 0, 1767225601000, null, null, null, 0);
INSERT INTO deliveries (recipient, message_seq, position, state, wake, tries, accepted_at, injected_at, seen_at, acked_at, auto_acked) VALUES ('lead:flt_2', 7, 1, 'accepted', 1, 0, 1767225601000, null, null, null, 0);
INSERT INTO inboxes (recipient, total, unacked) VALUES ('a1-1', 3, 3);
INSERT INTO inboxes (recipient, total, unacked) VALUES ('a2-2', 2, 1);
INSERT INTO inboxes (recipient, total, unacked) VALUES ('a3-3', 2, 2);
INSERT INTO inboxes (recipient, total, unacked) VALUES ('b1-4', 1, 1);
INSERT INTO inboxes (recipient, total, unacked) VALUES ('b2-5', 2, 2);
INSERT INTO inboxes (recipient, total, unacked) VALUES ('b3-6', 1, 1);
INSERT INTO inboxes (recipient, total, unacked) VALUES ('lead:flt_1', 1, 1);
INSERT INTO inboxes (recipient, total, unacked) VALUES ('lead:flt_2', 1, 1);
INSERT INTO capabilities (agent_id, role, fleet_id, skills, model, context_window, registered_at) VALUES ('a1-1', 'a1', 'flt_1', '[]', 'fake/m1', null, 1767225600000);
INSERT INTO capabilities (agent_id, role, fleet_id, skills, model, context_window, registered_at) VALUES ('a2-2', 'a2', 'flt_1', '[]', 'fake/m1', null, 1767225600000);
INSERT INTO capabilities (agent_id, role, fleet_id, skills, model, context_window, registered_at) VALUES ('a3-3', 'a3', 'flt_1', '[]', 'fake/m1', null, 1767225600000);
INSERT INTO capabilities (agent_id, role, fleet_id, skills, model, context_window, registered_at) VALUES ('a4-7', 'a4', 'flt_1', '[]', 'fake/m1', null, 1767225661000);
INSERT INTO capabilities (agent_id, role, fleet_id, skills, model, context_window, registered_at) VALUES ('b1-4', 'b1', 'flt_2', '[]', 'fake/m1', null, 1767225600000);
INSERT INTO capabilities (agent_id, role, fleet_id, skills, model, context_window, registered_at) VALUES ('b2-5', 'b2', 'flt_2', '[]', 'fake/m1', null, 1767225600000);
INSERT INTO capabilities (agent_id, role, fleet_id, skills, model, context_window, registered_at) VALUES ('b3-6', 'b3', 'flt_2', '[]', 'fake/m1', null, 1767225600000);
INSERT INTO outcomes (subject, capability_key, successes, failures) VALUES ('code-reviewer', 'review', 1, 0);
INSERT INTO questions (id, fleet_id, agent_id, generation, host_id, kind, request_id, wanted, request, asked_at, deadline_at, state, answer, reason, answered_at) VALUES ('ask_1', 'flt_1', 'a1-1', 1, 'hst_ended', 'permission', 'per_a1', 'permission: bash git push', '{"permission":"bash","patterns":["git push"],"always":[],"metadata":{}}', 1767225601000, 1767226501000, 'answered', 'fleet', null, 1767225601000);
INSERT INTO questions (id, fleet_id, agent_id, generation, host_id, kind, request_id, wanted, request, asked_at, deadline_at, state, answer, reason, answered_at) VALUES ('ask_2', 'flt_2', 'b1-4', 1, 'hst_running', 'permission', 'per_b1', 'permission: bash git push', '{"permission":"bash","patterns":["git push"],"always":[],"metadata":{}}', 1767225601000, 1767226501000, 'open', null, null, null);
INSERT INTO grants (id, project, fleet_id, permission, pattern, exact, question_id, granted_at) VALUES ('grt_1', '/shop/.git', 'flt_1', 'bash', 'git push', 1, 'ask_1', 1767225601000);
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (1, 1767225600000, 'fleet.created', 'flt_1', null, '{"name":"shop’s first","isolation":"auto","maxParallel":9,"hostLimit":8}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (2, 1767225600000, 'agent.queued', 'flt_1', 'a1-1', '{"name":"a1","role":"a1","agent":"build"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (3, 1767225600000, 'agent.queued', 'flt_1', 'a2-2', '{"name":"a2","role":"a2","agent":"build"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (4, 1767225600000, 'agent.queued', 'flt_1', 'a3-3', '{"name":"a3","role":"a3","agent":"build"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (5, 1767225600000, 'fleet.created', 'flt_2', null, '{"name":"b1-b2-b3","isolation":"auto","maxParallel":64,"hostLimit":5}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (6, 1767225600000, 'agent.queued', 'flt_2', 'b1-4', '{"name":"b1","role":"b1","agent":"build"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (7, 1767225600000, 'agent.queued', 'flt_2', 'b2-5', '{"name":"b2","role":"b2","agent":"build"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (8, 1767225600000, 'agent.queued', 'flt_2', 'b3-6', '{"name":"b3","role":"b3","agent":"build"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (9, 1767225600000, 'agent.starting', 'flt_1', 'a1-1', '{"host_id":"hst_ended","attempt":1}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (10, 1767225600000, 'agent.starting', 'flt_1', 'a2-2', '{"host_id":"hst_ended","attempt":1}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (11, 1767225600000, 'agent.starting', 'flt_1', 'a3-3', '{"host_id":"hst_ended","attempt":1}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (12, 1767225600000, 'agent.starting', 'flt_2', 'b1-4', '{"host_id":"hst_running","attempt":1}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (13, 1767225600000, 'agent.starting', 'flt_2', 'b2-5', '{"host_id":"hst_running","attempt":1}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (14, 1767225601000, 'question.asked', 'flt_1', 'a1-1', '{"question_id":"ask_1","wanted":"permission: bash git push","deadline_ms":900000}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (15, 1767225601000, 'question.asked', 'flt_2', 'b1-4', '{"question_id":"ask_2","wanted":"permission: bash git push","deadline_ms":900000}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (16, 1767225601000, 'question.answered', 'flt_1', 'a1-1', '{"question_id":"ask_1","wanted":"permission: bash git push","answer":"fleet"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (17, 1767225601000, 'message.sent', 'flt_1', 'a1-1', '{"message_id":"msg_3","type":"question","to":["a2-2"],"correlation_id":"c1"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (18, 1767225601000, 'message.sent', 'flt_1', 'a2-2', '{"message_id":"msg_4","type":"alert","to":["a1-1","a3-3","lead"]}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (19, 1767225601000, 'message.sent', 'flt_1', null, '{"message_id":"msg_5","type":"handoff","to":["a1-1"]}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (20, 1767225601000, 'message.sent', 'flt_2', 'b1-4', '{"message_id":"msg_6","type":"result","to":["b2-5"]}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (21, 1767225601000, 'message.sent', 'flt_2', 'b1-4', '{"message_id":"msg_7","type":"request_help","to":["lead"]}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (22, 1767225601000, 'message.seen', 'flt_1', 'a2-2', '{"message_id":"msg_3","seq":3,"by":"get_inbox"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (23, 1767225601000, 'message.acked', 'flt_1', 'a2-2', '{"message_id":"msg_3"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (25, 1767225601000, 'message.sent', 'flt_1', null, '{"message_id":"msg_8","type":"question","to":["a1-1","a2-2","a3-3"]}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (26, 1767225601000, 'ratification.opened', 'flt_1', null, '{"message_id":"msg_8","subject":"ship it","quorum":2,"voters":["a1-1","a2-2","a3-3"]}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (30, 1767225601000, 'ratification.resolved', 'flt_1', null, '{"message_id":"msg_8","status":"ratified","approving":2,"declining":0,"silent":1,"quorum":2}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (31, 1767225601000, 'message.sent', 'flt_2', null, '{"message_id":"msg_12","type":"question","to":["b1-4","b2-5","b3-6"]}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (32, 1767225601000, 'ratification.opened', 'flt_2', null, '{"message_id":"msg_12","subject":"ship it","quorum":2,"voters":["b1-4","lead"]}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (33, 1767225661000, 'agent.complete', 'flt_1', 'a1-1', '{}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (34, 1767225661000, 'agent.failed', 'flt_1', 'a2-2', '{"code":"TIMEOUT","detail":"too slow"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (35, 1767225661000, 'agent.cancelled', 'flt_1', 'a3-3', '{"code":"CANCELLED","detail":"not needed"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (36, 1767225661000, 'agent.queued', 'flt_1', 'a4-7', '{"name":"a4","role":"a4","agent":"build"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (37, 1767225661000, 'agent.cancelled', 'flt_1', 'a4-7', '{"code":"CANCELLED","detail":"changed my mind"}');
INSERT INTO events (seq, at, type, fleet_id, agent_id, data) VALUES (38, 1767225661000, 'fleet.ended', 'flt_1', null, '{"status":"failed"}');
