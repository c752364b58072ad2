import type { PluginInput } from "@opencode-ai/plugin"
import { MeshError } from "../mesh/model/errors.ts"
import { createSessions } from "./api/sessions.ts"
import type { Shared } from "./shared.ts"

/** One clear notice per process, in the place where the user looks. */
export const notice = (input: PluginInput, state: Shared, error: unknown) => {
  if (state.noticed) return
  state.noticed = true
  const text =
    error instanceof MeshError
      ? `${error.detail} ${error.next}`
      : `Meshfleet is off: ${error instanceof Error ? error.message : String(error)}`
  setTimeout(() => {
    createSessions(input.client)
      .toast(text.slice(0, 400), "warning")
      .catch(() => undefined)
  }, 500).unref?.()
}
