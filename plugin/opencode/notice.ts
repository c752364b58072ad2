import { errorText, MeshError } from "../mesh/model/errors.ts"
import type { ConfigProblem } from "../mesh/model/config.ts"
import type { Sessions } from "./runtime/sessions.ts"

/** One clear notice, in the place where the project's user looks. */
export const notice = (sessions: Pick<Sessions, "toast">, error: unknown) => {
  const text =
    error instanceof MeshError
      ? `${error.detail} ${error.next}`
      : `Meshfleet is off: ${errorText(error)}`
  show(sessions, text)
}

/** The screen subscribes to OpenCode's events after plugins were loaded. */
const show = (sessions: Pick<Sessions, "toast">, text: string) =>
  void setTimeout(() => {
    sessions.toast(text.slice(0, mostCharacters), "warning", readingMs).catch(() => undefined)
  }, 500).unref?.()

/** Three settings with their paths, and long enough to read them: OpenCode's own are gone after 5 s. */
const mostCharacters = 800
const readingMs = 15_000
const mostProblems = 3

/**
 * Settings that are not as their author thinks, once for each in a process: an OpenCode with several
 * directories of one project reads the same file for each.
 */
export const noticeProblems = (
  sessions: Pick<Sessions, "toast">,
  told: Set<string>,
  problems: readonly ConfigProblem[],
) => {
  const texts = problems.map(({ path, problem }) => `${path}: ${problem}`)
  const fresh = texts.filter((text) => !told.has(text))
  for (const text of fresh) told.add(text)
  if (fresh.length === 0) return
  const more = fresh.length - mostProblems
  const rest = more > 0 ? [`and ${more} more: meshfleet status lists them`] : []
  show(sessions, ["Settings:", ...fresh.slice(0, mostProblems), ...rest].join("\n"))
}
