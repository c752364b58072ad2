import { agentEvents } from "./events/agent-events.ts"
import { councilEvents } from "./events/council-events.ts"
import { fleetEvents } from "./events/fleet-events.ts"
import { hostEvents } from "./events/host-events.ts"
import { ledgerEvents } from "./events/ledger-events.ts"
import { mailEvents } from "./events/mail-events.ts"
import { mergeEvents } from "./events/merge-events.ts"
import { reservationEvents } from "./events/reservation-events.ts"
import { taskEvents } from "./events/task-events.ts"
import { templateEvents } from "./events/template-events.ts"
import { workEvents } from "./events/work-events.ts"

/**
 * Every event: docs/events.md is made from these, and the compiler holds the fields to them.
 */
export const eventTypes = {
  ...fleetEvents,
  ...agentEvents,
  ...workEvents,
  ...hostEvents,
  ...mailEvents,
  ...mergeEvents,
  ...councilEvents,
  ...taskEvents,
  ...reservationEvents,
  ...templateEvents,
  ...ledgerEvents,
} as const

/** Everything that can be told of a fleet's history. */
export type EventType = keyof typeof eventTypes

/** The data that an event of this type may carry. */
export type EventField<T extends EventType> = T extends EventType
  ? keyof (typeof eventTypes)[T]["data"]
  : never
