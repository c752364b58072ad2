import { editDistance } from "../mesh/routing/words/edit-distance.ts"
import type { Command } from "./define/command.ts"
import { agents } from "./commands/agents.ts"
import { answer } from "./commands/answer.ts"
import { call } from "./commands/call.ts"
import { events } from "./commands/events.ts"
import { grants } from "./commands/grants.ts"
import { createHelp } from "./commands/help.ts"
import { inbox } from "./commands/inbox.ts"
import { questions } from "./commands/questions.ts"
import { route } from "./commands/route.ts"
import { status } from "./commands/status.ts"
import { stop } from "./commands/stop.ts"
import { supervise } from "./commands/supervise.ts"
import { version } from "./commands/version.ts"
import { watch } from "./commands/watch.ts"
import { UsageError } from "./define/usage-error.ts"

/** Further apart, two words are no typing error of each other. */
const mostTypingErrors = 2

export const findCommand = (name: string): Command => {
  const found = commands.find((command) => command.name === name)
  if (found) return found
  const near = commands
    .map((command) => ({ name: command.name, distance: editDistance(name, command.name) }))
    .filter(({ distance }) => distance <= mostTypingErrors)
    .toSorted((a, b) => a.distance - b.distance)[0]
  throw new UsageError(
    `Unknown command "${name}"${near ? `; did you mean ${near.name}?` : "."}`,
    "meshfleet help lists the commands.",
  )
}

/** In the order of the help. */
export const commands: readonly Command[] = [
  status,
  watch,
  inbox,
  events,
  questions,
  answer,
  grants,
  stop,
  call,
  supervise,
  agents,
  route,
  version,
  createHelp(() => commands, findCommand),
]
