/** Every code a caller can meet. The list is closed: a new failure is a new line here. */
export const errorCodes = [
  "INVALID_ARGUMENT",
  "UNKNOWN_FLEET",
  "UNKNOWN_AGENT",
  "UNKNOWN_MESSAGE",
  "UNKNOWN_SPECIALIST",
  "UNKNOWN_MODEL",
  "UNKNOWN_DIRECTORY",
  "UNKNOWN_QUESTION",
  "UNKNOWN_GRANT",
  "UNKNOWN_TEMPLATE",
  "UNKNOWN_TASK",
  "TASK_NOT_FREE",
  "RESERVED",
  "QUESTION_CLOSED",
  "RATIFICATION_CLOSED",
  "NOT_A_VOTER",
  "NO_REPOSITORY",
  "MERGE_BUSY",
  "NOT_CLEAN",
  "NAME_TAKEN",
  "NOT_YOUR_IDENTITY",
  "NOT_THE_LEAD",
  "NOT_A_RECIPIENT",
  "NO_RECIPIENTS",
  "NO_FLEET",
  "AGENT_ENDED",
  "FLEET_ENDED",
  "LIMIT_REACHED",
  "PAYLOAD_TOO_LARGE",
  "NOT_ALLOWED",
  "HOST_FAILED",
  "CONFIG_UNUSABLE",
  "LEDGER_FOREIGN",
  "LEDGER_NEWER",
  "LEDGER_BUSY",
  "LEDGER_UNAVAILABLE",
  "INTERNAL",
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** A failure the caller can act on: what happened, with the values, and one useful next step. */
export class MeshError extends Error {
  override readonly name = "MeshError"

  /** Copies of this plugin in one process share a ledger, and so what it throws, but not this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "MeshError"
  }

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(`[${code}] ${detail}\nNext: ${next}`, options)
  }
}

/** What a thrown value says: anything can be thrown. */
export const errorText = (error: unknown) =>
  error instanceof Error ? error.message : String(error)

/** Anything unexpected becomes INTERNAL and keeps its cause for the log. */
export const toMeshError = (error: unknown): MeshError =>
  error instanceof MeshError
    ? error
    : new MeshError(
        "INTERNAL",
        `Meshfleet failed: ${errorText(error)}`,
        "This is a fault of ours that the same call meets again: tell the user, who finds its cause in MESHFLEET_HOME/logs, and go on without it.",
        { cause: error },
      )
