/** What a view shows, as JSON: instants in ms since 1970, names looked up, long texts cut. Types alone. */

/** A project of the ledger: its git folder, or its folder. */
export interface ProjectShown {
  project: string
  fleets: number
  running: number
  /** How many wait for an answer. */
  questions: number
}

export interface FleetShown {
  id: string
  name: string
  project: string
  status: "running" | "complete" | "failed" | "cancelled"
  createdAt: number
  endedAt: number | null
  agents: number
  /** How many are queued, at work (starting and interrupted among them), complete, failed, cancelled. */
  counts: Record<"queued" | "running" | "complete" | "failed" | "cancelled", number>
  tokens: number
  /** Null: the price is unknown. */
  costUsd: number | null
  /** Which share of its budget is spent, by the kind of which most is; null without a budget. */
  budget: { kind: string; spent: number; limit: number } | null
  timeoutAt: number | null
}

export type AgentState =
  | "queued"
  | "starting"
  | "running"
  | "waiting"
  | "stalled"
  | "interrupted"
  | "complete"
  | "failed"
  | "cancelled"

export interface AgentShown {
  id: string
  fleetId: string
  position: number
  name: string
  role: string
  agent: string | null
  model: string | null
  state: AgentState
  /** What it does, waits for, or ended with: one line. */
  doing: string
  lastTool: string | null
  attempts: number
  tokens: number
  costUsd: number | null
  turns: number
  unread: number
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  /** Since when it waits for mail. */
  waitsSince: number | null
  /** Since when nothing was heard of it; null while it is no stall. */
  silentSince: number | null
}

export type NeedKind =
  | "question"
  | "vote"
  | "abandoned"
  | "stuck"
  | "stalled"
  | "failed"
  | "resting"
  | "budget"

/** Why somebody should look, most urgent first. */
export interface Need {
  /** The same as long as it is the same need. */
  key: string
  kind: NeedKind
  fleetId: string
  agentId: string | null
  /** Whom it is about. */
  who: string
  /** Why, in one sentence. */
  reason: string
  since: number
  /** When it decides itself: a question is rejected, a rest ends. */
  until: number | null
  /** What a person can do about it, in words. */
  advice: string
}

export interface QuestionShown {
  id: string
  fleetId: string
  agentId: string
  agent: string
  kind: "permission" | "question"
  wanted: string
  /** Of a permission: the whole of what would run. */
  detail: string
  questions: {
    question: string
    options: { label: string; description: string }[]
    multiple: boolean
    custom: boolean
  }[]
  askedAt: number
  deadlineAt: number
}

export interface CouncilShown {
  id: string
  fleetId: string
  subject: string
  proposal: string
  status: "open" | "ratified" | "rejected" | "expired"
  quorum: number
  total: number
  approving: number
  declining: number
  openedAt: number
  resolvedAt: number | null
  deadlineAt: number | null
  votes: {
    voter: string
    weight: number
    signoff: boolean
    vote: "approve" | "decline" | null
    note: string | null
  }[]
}

/** An event of the history that views draw. */
export interface Happening {
  seq: number
  at: number
  type: string
  fleetId: string
  agentId: string | null
  who: string
  /** Of a message: ids of the recipients, or `lead`. */
  to: string[]
  /** In words. */
  text: string
  /** Of a message: its type. */
  kind: string | null
}

/** A task of a fleet's board. */
export interface TaskShown {
  fleetId: string
  /** From 1, in its fleet. */
  number: number
  title: string
  state: "open" | "claimed" | "review" | "done" | "blocked" | "cancelled"
  /** Who has it, or had it in the end. */
  owner: string | null
  /** Numbers of the tasks before it that are not done. */
  waitsFor: number[]
  /** Of one that is done: whose word that is. */
  proof: "check" | "review" | "lead" | "word" | null
  hasFailedCheck: boolean
  /** The end of what was said about it. */
  note: string | null
  changedAt: number
}

/** Files that an agent has reserved, for now. */
export interface ReservedShown {
  fleetId: string
  agentId: string
  who: string
  /** A path or glob, from the root of the repository. */
  pattern: string
  mode: "exclusive" | "shared"
  reason: string
  until: number
}

/** What was spent until an instant, in all. */
export interface SpendingPoint {
  at: number
  tokens: number
  costUsd: number
}

/** What of the state of a project has changed; what is missing is as it was. */
export interface Overview {
  now: number
  projects?: ProjectShown[]
  fleets?: FleetShown[]
  /** Fleets that `agents` and the rest are of. */
  shown?: string[]
  agents?: AgentShown[]
  needs?: Need[]
  questions?: QuestionShown[]
  councils?: CouncilShown[]
  /** Boards of the fleets shown. */
  tasks?: TaskShown[]
  /** Of the fleets shown. */
  reserved?: ReservedShown[]
  spending?: SpendingPoint[]
  /** In order; those that came before are kept. */
  happenings?: Happening[]
}

export interface LetterShown {
  id: string
  at: number
  from: string
  to: string[]
  type: string
  payload: string
  chars: number
  /** Of mail it got: how far it has come. */
  state: string | null
}

export interface TranscriptEntry {
  at: number
  kind: "task" | "attempt" | "answer" | "partial" | "event" | "mail-in" | "mail-out" | SessionKind
  title: string
  text: string
  chars: number
}

/** What its session knows beyond the ledger. */
export type SessionKind = "prompt" | "text" | "reasoning" | "tool" | "error"

export interface SessionShownEntry extends TranscriptEntry {
  /** The same as long as it is the same piece. */
  id: string
  kind: SessionKind
  /** Of a tool: how far it is. */
  state: string | null
  tookMs: number | null
}

/** A session as far as it could be read: in its host, or where OpenCode stores it. */
export interface SessionShown {
  from: "host" | "store" | null
  /** Why it could not be read. */
  missing: string | null
  entries: SessionShownEntry[]
}

export interface AgentDetail {
  id: string
  fleetId: string
  name: string
  role: string
  agent: string | null
  model: string | null
  directory: string
  sessionId: string | null
  error: { code: string; detail: string } | null
  files: string[]
  worktree: { branch: string; path: string; state: string } | null
  transcript: TranscriptEntry[]
  mail: LetterShown[]
}
