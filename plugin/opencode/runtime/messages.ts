import type { Usage } from "../../mesh/ledger/tables/usage.ts"

/** What went wrong in a session, in words for people and with what is known of the cure. */
export interface SessionError {
  name: string
  message: string
  /** How long the provider asks to be left alone. */
  retryAfterMs?: number
}

export type ToolStatus = "pending" | "running" | "completed" | "error"

/** A piece of a message, as far as we look at it; `other` keeps its place in the order. */
export type MessagePart =
  | {
      type: "text"
      id: string
      messageId: string
      text: string
      /** Put there by us or by OpenCode: neither a person nor the model said it. */
      isHidden: boolean
      isComplete: boolean
      /** Ids of the deliveries it carries. */
      delivered: readonly string[]
    }
  | {
      type: "tool"
      id: string
      messageId: string
      tool: string
      callId: string | undefined
      status: ToolStatus
      /** Complete once the tool runs. */
      input: unknown
      /** Of a shell command that has ended. */
      exit: number | undefined
      output: string
      /** When it began and ended, once it has. */
      ran?: { from: number; to: number }
    }
  | { type: "other" }

export type MessageInfo =
  | { role: "user"; id: string }
  | {
      role: "assistant"
      id: string
      provider: string | undefined
      /** Why the model stopped: stop, tool-calls, length, unknown… Undefined while it is at work. */
      finish: string | undefined
      error: SessionError | undefined
      /** A compaction of the conversation, and no answer. */
      isSummary: boolean
      /** Undefined for a step that is under way or failed. */
      usage: Usage | undefined
      /** What its request was and took, once it is over. */
      taken?: {
        from: number
        to: number
        model: string
        /** Tokens, those from a cache included; `cached` are those alone. */
        input: number
        cached: number
        output: number
      }
    }

/** A message of a session, from its store or from a request to the model. */
export type StoredMessage = MessageInfo & { parts: readonly MessagePart[] }

/** Another text for a part of a request to the model, by its place in it. */
export interface Replacement {
  message: number
  part: number
  text: string
}
