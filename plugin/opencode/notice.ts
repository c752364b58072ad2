import { errorText, MeshError } from "../mesh/model/errors.ts"
import type { Sessions } from "./runtime/sessions.ts"
import type { Shared } from "./shared.ts"

/** One clear notice per process, in the place where the user looks. */
export const notice = (sessions: Pick<Sessions, "toast">, state: Shared, error: unknown) => {
  if (state.noticed) return
  state.noticed = true
  const text =
    error instanceof MeshError
      ? `${error.detail} ${error.next}`
      : `Meshfleet is off: ${errorText(error)}`
  setTimeout(() => {
    sessions.toast(text.slice(0, 400), "warning").catch(() => undefined)
  }, 500).unref?.()
}
