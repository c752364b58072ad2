import { editDistance } from "../mesh/model/words/edit-distance.ts"
import type { Command } from "./define/command.ts"
import { agents } from "./commands/agents.ts"
import { answer } from "./commands/answer.ts"
import { call } from "./commands/call.ts"
import { events } from "./commands/events.ts"
import { exportCommand } from "./commands/transfer/export.ts"
import { grants } from "./commands/grants.ts"
import { dashboard } from "./commands/views/dashboard.ts"
import { cooldowns } from "./commands/cooldowns.ts"
import { importCommand } from "./commands/transfer/import.ts"
import { attach } from "./commands/views/attach.ts"
import { fleet } from "./commands/views/fleet.ts"
import { logs } from "./commands/views/logs.ts"
import { results } from "./commands/views/results.ts"
import { timeline } from "./commands/views/timeline.ts"
import { createCompletion } from "./commands/program/completion.ts"
import { createHelp } from "./commands/program/help.ts"
import { doctor } from "./commands/setup/doctor.ts"
import { install } from "./commands/setup/install.ts"
import { uninstall } from "./commands/setup/uninstall.ts"
import { update } from "./commands/setup/update.ts"
import { inbox } from "./commands/inbox.ts"
import { merge } from "./commands/worktrees/merge.ts"
import { prune } from "./commands/ledger/prune.ts"
import { questions } from "./commands/questions.ts"
import { route } from "./commands/route.ts"
import { send } from "./commands/send.ts"
import { status } from "./commands/status.ts"
import { stream } from "./commands/stream.ts"
import { stop } from "./commands/stop.ts"
import { supervise } from "./commands/supervise.ts"
import { tasks } from "./commands/tasks.ts"
import { templates } from "./commands/templates.ts"
import { unattended } from "./commands/unattended.ts"
import { verify } from "./commands/verify.ts"
import { vote } from "./commands/vote.ts"
import { version } from "./commands/program/version.ts"
import { watch } from "./commands/views/watch.ts"
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
  fleet,
  logs,
  timeline,
  results,
  tasks,
  attach,
  dashboard,
  inbox,
  events,
  stream,
  questions,
  answer,
  grants,
  vote,
  cooldowns,
  send,
  stop,
  merge,
  call,
  supervise,
  unattended,
  agents,
  templates,
  route,
  verify,
  exportCommand,
  importCommand,
  prune,
  doctor,
  install,
  update,
  uninstall,
  version,
  createCompletion(() => commands),
  createHelp(() => commands, findCommand),
]
