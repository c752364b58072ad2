import type { Rule } from "../../mesh/model/permission-rules.ts"
import type { StoredMessage } from "./messages.ts"

export interface SessionPrompt {
  sessionId: string
  directory: string
  agent: string | undefined
  /** "provider/model" */
  model: string | undefined
  text: string
  /** A part of its own that comes first, in a person's view. */
  before?: string
  /** Ours, and kept in the store: by it a delivery is recognised later. */
  delivered?: readonly string[]
  /** Hidden from the person's view of the conversation. */
  synthetic?: boolean
}

export interface OpenCodeAgent {
  name: string
  description?: string
  mode: string
  permission: readonly Rule[]
}

/** What a person has done to a session besides talking in it. */
export interface SessionState {
  isArchived: boolean
  /** Messages were undone and can be redone; the next prompt, whoever's, deletes them for good. */
  hasUndone: boolean
}

/** How long OpenCode may take from a stored prompt to a busy session. */
export const promptSettlesMs = 250

/**
 * What Meshfleet asks of OpenCode's sessions.
 *
 * Contract: every call rejects with an Error that names the call and OpenCode's answer; a session that
 * does not exist is such an error, except for `find`, `isBusy` and `abort`. `prompt` resolves when
 * OpenCode has accepted the message: a moment later it is in the store, and the session busy. A busy
 * session reads it in its next model step, an idle one wakes. `messages` is oldest first and at most
 * `limit` long, the latest ones. `abort` of a session at rest does nothing. The replies answer false
 * when OpenCode knows no such open request (any more).
 */
export interface Sessions {
  create(options: {
    directory: string
    title: string
    parentId: string | undefined
    rules: readonly Rule[]
  }): Promise<string>
  /** Undefined when there is none (any more). */
  find(sessionId: string, directory: string): Promise<SessionState | undefined>
  /** The session's own, which come after those of the agent it runs as. */
  rulesOf(sessionId: string, directory: string): Promise<readonly Rule[]>
  /** Adds rules after those that the session has; they count from its next turn on. */
  addRules(sessionId: string, directory: string, rules: readonly Rule[]): Promise<void>
  /** Whether the session works at this moment, or waits to try again. */
  isBusy(sessionId: string, directory: string): Promise<boolean>
  prompt(prompt: SessionPrompt): Promise<void>
  abort(sessionId: string, directory: string): Promise<void>
  messages(sessionId: string, directory: string, limit: number): Promise<StoredMessage[]>
  parentOf(sessionId: string, directory: string): Promise<string | undefined>
  /** A rejection takes the other open requests of the same session along, without a reason. */
  replyPermission(
    requestId: string,
    directory: string,
    reply: "once" | "reject",
    reason?: string,
  ): Promise<boolean>
  /** One list of labels or words for each question, in order. */
  answerQuestion(requestId: string, directory: string, answers: string[][]): Promise<boolean>
  rejectQuestion(requestId: string, directory: string): Promise<boolean>
  /** The sessions that this one's task tool started, oldest first. */
  childrenOf(sessionId: string, directory: string): Promise<string[]>
  agents(directory: string): Promise<OpenCodeAgent[]>
  /** "provider/model" of everything configured. */
  models(directory: string): Promise<string[]>
  toast(
    message: string,
    variant: "info" | "success" | "warning" | "error",
    /** How long it stays; as long as OpenCode's own when absent. */
    durationMs?: number,
  ): Promise<void>
}
