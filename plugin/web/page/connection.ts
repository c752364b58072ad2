import type { Overview } from "../../mesh/views/shown.ts"

export type Link = "connecting" | "live" | "lost" | "hidden"

/**
 * Follows the ledger while somebody looks: a hidden page reads nothing, and reads all of it anew when it
 * is shown again.
 */
export const follow = (
  chosen: () => { project: string | undefined; fleets: readonly string[] },
  onNews: (told: Overview, isFirst: boolean) => void,
  onLink: (link: Link) => void,
) => {
  let source: EventSource | undefined
  const close = () => {
    source?.close()
    source = undefined
  }
  const open = () => {
    close()
    if (document.hidden) return onLink("hidden")
    onLink("connecting")
    const { project, fleets } = chosen()
    const query = new URLSearchParams({
      ...(project !== undefined && { project }),
      ...(fleets.length > 0 && { fleets: fleets.join(",") }),
    })
    const stream = new EventSource(`/live?${query}`)
    source = stream
    let isFirst = true
    // Each connection begins with all there is.
    stream.addEventListener("ready", () => {
      isFirst = true
    })
    stream.addEventListener("message", ({ data }) => {
      onLink("live")
      onNews(JSON.parse(String(data)) as Overview, isFirst)
      isFirst = false
    })
    stream.addEventListener("error", () => {
      if (source === stream) onLink("lost")
    })
  }
  document.addEventListener("visibilitychange", open)
  // A page that is left may be kept by the browser as it was.
  addEventListener("pagehide", close)
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) open()
  })
  open()
  return { reopen: open }
}
