import { ancestorsOf, isInsideAgent, type Look, systemLook } from "./inside-agent.ts"
import { environmentNames as names } from "./mesh-environment.ts"
import { type ProcessIdentity, processStart } from "./processes.ts"

/**
 * Whether a model may have started this process: an agent's tools, or those of any session of an
 * OpenCode that leads a fleet. Its shells carry a mark, and that OpenCode itself is known by its pid
 * and start time, whatever a shell was replaced by. The person's own shell inside OpenCode ("!", its
 * terminals) cannot be told from the model's, so it counts as inside.
 */
export const isInsideOpenCode = async (
  isOwner: (process: ProcessIdentity) => Promise<boolean>,
  env: Record<string, string | undefined> = process.env,
  pid: number = process.pid,
  look: Look = systemLook,
  startOf: (pid: number) => string | undefined = processStart,
): Promise<boolean> => {
  if (env[names.session] || isInsideAgent(env, pid, look)) return true
  for (const { pid: ancestor, environment } of ancestorsOf(pid, look)) {
    if (environment.some((entry) => entry.length > mark.length && entry.startsWith(mark)))
      return true
    const process_start = startOf(ancestor)
    if (process_start !== undefined && (await isOwner({ pid: ancestor, process_start })))
      return true
  }
  return false
}

/**
 * Whether a person can have started this process: it, or one it descends from, has a terminal, or is an
 * OpenCode that owns sessions of ours. The first process of all adopts what others leave behind, so its
 * terminal says nothing.
 */
export const isAttended = async (
  isOwner: (process: ProcessIdentity) => Promise<boolean>,
  pid: number = process.pid,
  look: Look = systemLook,
  startOf: (pid: number) => string | undefined = processStart,
): Promise<boolean> => {
  for (const { pid: ancestor, hasTerminal } of ancestorsOf(pid, look)) {
    if (ancestor === 1) return false
    if (hasTerminal) return true
    const process_start = startOf(ancestor)
    if (process_start !== undefined && (await isOwner({ pid: ancestor, process_start })))
      return true
  }
  return false
}

const mark = `${names.session}=`
