import type { AgentStatus, FleetStatus, FailureCode } from "../../model/agent.ts"
import type { MessageType } from "../../model/message.ts"
import type { Grant, QuestionKind, QuestionState } from "../../model/question.ts"

/** Rows as the ledger keeps them: times in ms since 1970, JSON as text, booleans as 0 and 1. */
export interface FleetRow {
  id: string
  name: string
  project: string
  directory: string
  lead_session: string
  lead_agent: string | null
  lead_model: string | null
  lead_rules: string
  opencode: string
  status: FleetStatus
  isolation: Isolation
  max_parallel: number
  host_limit: number
  timeout_at: number | null
  budget: string | null
  budget_warned_at: number | null
  on_stall: OnStall
  /** How long it ran before it was last reopened, and since when it runs again. */
  ran_ms: number
  resumed_at: number | null
  wakes: number
  term: number
  supervisor_pid: number | null
  created_at: number
  ended_at: number | null
  /** When somebody read the results of the ended fleet, or ended it knowingly. */
  collected_at: number | null
  /** The newest message of its members when it was last reported that all of them wait. */
  stuck_at_seq: number | null
  /** When its lead was told that its agents talk in circles; null: not since a person looked. */
  capped_at: number | null
}

export type Isolation = "auto" | "process" | "shared"
/** What is asked of an agent's runner; `retry` is the supervisor's: end this attempt, not the agent. */
export type StopMode = "wrap_up" | "retry" | "cancel" | "kill"
export type OnStall = "report" | "cancel" | "retry"

export interface AgentRow {
  id: string
  fleet_id: string
  position: number
  name: string
  role: string
  agent: string | null
  /** Other names of its specialist, as JSON; null when there are none. */
  also_called: string | null
  /** Paths it changed, as JSON, as far as known; null until its first turn is over. */
  files: string | null
  /** The last check it ran that failed and was not mended, as JSON of `FailedCheck`. */
  failed_check: string | null
  model: string | null
  prompt: string
  directory: string
  status: AgentStatus
  attempts: number
  generation: number
  not_before: number | null
  host_id: string | null
  session_id: string | null
  output: string | null
  partial: string | null
  error_code: FailureCode | null
  error_detail: string | null
  stop_mode: StopMode | null
  /** The failure a stop ends in: CANCELLED and KILLED cancel, TIMEOUT and BUDGET fail. */
  stop_code: FailureCode | null
  stop_reason: string | null
  stop_at: number | null
  activity: string | null
  activity_at: number | null
  last_tool: string | null
  blocked_on: string | null
  /** Since when it waits for mail inside a get_inbox call. */
  awaits_mail_at: number | null
  tokens: number
  cost_usd: number
  /** Steps of the model in its sessions, those of sub-sessions included. */
  turns: number
  budget: string | null
  budget_warned_at: number | null
  /** How long it worked before its present turn, and since when it is at that. */
  worked_ms: number
  turn_at: number | null
  /** How many messages in a row, and nothing else, led to its newest answer. */
  auto_replies: number
  stalled_at: number | null
  created_at: number
  started_at: number | null
  ended_at: number | null
}

export interface AttemptRow {
  agent_id: string
  attempt: number
  host_id: string | null
  session_id: string | null
  started_at: number
  ended_at: number | null
  cause: string | null
  partial: string | null
  system_text: string | null
}

/**
 * `wanted` and `removed` are not there (what lies at their path is left of a creation that was cut
 * short), `ready` is, `removing` was unchanged and may be half gone, `kept` is the person's.
 */
export type WorktreeState = "wanted" | "ready" | "removing" | "removed" | "kept"

export interface WorktreeRow {
  agent_id: string
  fleet_id: string
  /** The git common directory: it stays when the tree the fleet was spawned from goes. */
  repository: string
  path: string
  branch: string
  /** The commit it begins at. */
  base: string
  /** A `TreeSetup` as JSON; null where a checkout is all. */
  setup: string | null
  state: WorktreeState
  /** As last counted, at `checked_at`; null until its agent's first turn is over. */
  commits: number | null
  uncommitted: number | null
  checked_at: number | null
  /** The newest of its commits that `merge_agents` has brought in; null before there is one. */
  merged: string | null
}

/** What an agent knows of a file, and when it last changed it itself. */
export interface FileMarkRow {
  path: string
  agent_id: string
  fleet_id: string
  seen_at: number
  /** Of the content it saw; equal versions are equal contents. */
  seen_version: string
  changed_at: number | null
}

export interface HostRow {
  id: string
  fleet_id: string
  nonce_hash: string
  directory: string
  specialists: string
  /** `ending` was sent away: it wakes nobody and is given nobody any more. */
  status: "starting" | "ready" | "ending" | "ended"
  pid: number | null
  process_start: string | null
  /** Who started it: nobody else knows its password, so while it starts it depends on this process. */
  starter_pid: number | null
  starter_start: string | null
  beat_at: number | null
  created_at: number
  ended_at: number | null
  cause: string | null
}

export interface SessionRow {
  id: string
  project: string
  agent_id: string | null
  pid: number
  process_start: string
  updated_at: number
}

export interface MessageRow {
  seq: number
  id: string
  fleet_id: string
  from_agent_id: string
  to_agent_id: string
  type: MessageType
  payload: string
  payload_kind: "text" | "json"
  correlation_id: string | null
  via: string | null
  hops: number
  /** 1: it enters the recipient's context whole, however long it is. */
  whole: number
  /** How many messages in a row, and nothing else, led to it. */
  auto_replies: number
  created_at: number
}

export type DeliveryState = "accepted" | "injected" | "seen" | "acked" | "parked"

export interface DeliveryRow {
  recipient: string
  message_seq: number
  /** Its place in the recipient's inbox, from 1; null for a notice of ours, which is no mail. */
  position: number | null
  state: DeliveryState
  wake: number
  tries: number
  accepted_at: number
  injected_at: number | null
  seen_at: number | null
  acked_at: number | null
  auto_acked: number
}

export interface CapabilityRow {
  agent_id: string
  role: string
  fleet_id: string
  skills: string
  model: string | null
  context_window: number | null
  registered_at: number
}

export interface QuestionRow {
  id: string
  fleet_id: string
  agent_id: string
  generation: number
  host_id: string
  kind: QuestionKind
  /** OpenCode's own id of it, in that host. */
  request_id: string
  /** What is wanted, in words. */
  wanted: string
  /** What is wanted, as OpenCode tells it. */
  request: string
  asked_at: number
  deadline_at: number
  state: QuestionState
  /** once, fleet, always, reject, or for a `question` the answers as JSON. */
  answer: string | null
  reason: string | null
  answered_at: number | null
}

export interface GrantRow extends Grant {
  id: string
  project: string
  /** Null for every fleet of the project. */
  fleet_id: string | null
  question_id: string
  granted_at: number
}

export interface EventRow {
  seq: number
  at: number
  type: string
  fleet_id: string | null
  agent_id: string | null
  data: string
}
