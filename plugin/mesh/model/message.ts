export const messageTypes = ["handoff", "question", "result", "alert", "request_help"] as const
export type MessageType = (typeof messageTypes)[number]

/** UTF-8 bytes of one payload. */
export const maxPayloadBytes = 65_536

/** How the lead of a fleet is addressed, and how its deliveries are filed. */
export const leadName = "lead"
export const leadRecipient = (fleetId: string) => `lead:${fleetId}`

/** Notices of ours to the lead travel as messages, but never show in an inbox. */
export const systemSender = "meshfleet"

/** The user: votes by this name, from the command line only. */
export const personName = "human"

/** No agent is called so. */
export const reservedNames: readonly string[] = [leadName, systemSender, personName]

export const everyone = "*"
