import type { EventDoc } from "./event-doc.ts"

const path = "from the root of the repository"
const holder = "who has reserved it"

/** What becomes of the files that agents reserve. */
export const reservationEvents = {
  "reservation.made": {
    when: "an agent reserves files, or is handed some",
    of: "agent",
    data: {
      patterns: "paths and globs from the root of the repository",
      mode: "`exclusive` or `shared`",
      reason: "as given",
      until: "ISO time",
    },
  },
  "reservation.ended": {
    when: "reservations are over",
    of: "agent",
    data: { patterns: "as reserved", cause: "why", to: "who has them now" },
  },
  "reservation.refused": {
    when: "an agent's edit of a file that another one has reserved is refused",
    of: "agent",
    data: { path, holder },
  },
  "reservation.breached": {
    when: "such a file has changed while an agent's shell command ran",
    of: "agent",
    data: { path, holder },
  },
} as const satisfies Record<string, EventDoc>
