import { lastUserOf } from "./turn.ts"
import type { RecordedRequest } from "./types.ts"

// The newest say most about why a test waits; a bench may have seen thousands.
const shown = 20

const describe = (request: RecordedRequest) => {
  const what = request.isTitle ? "title" : `step ${request.step}`
  const end = request.error ? ` (threw: ${request.error})` : request.aborted ? " (aborted)" : ""
  const said = lastUserOf(request.body).replace(/\s+/g, " ").slice(0, 80)
  return `\n  ${request.agent} ${what}${end}: ${said}`
}

/** What the server saw, and whoever waits to see something. */
export const createRequests = () => {
  const requests: RecordedRequest[] = []
  const listeners = new Set<(request: RecordedRequest) => void>()
  const waiters = new Set<{ check: () => void; fail: (reason: string) => void }>()
  /** Call after changing a recorded request: somebody may wait for just that. */
  const changed = () => waiters.forEach((waiter) => waiter.check())

  return {
    requests,
    changed,
    record(request: RecordedRequest) {
      requests.push(request)
      listeners.forEach((listener) => listener(request))
      changed()
    },
    onRequest(listener: (request: RecordedRequest) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    waitFor(matches: (request: RecordedRequest) => boolean, { timeoutMs = 30_000 } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<RecordedRequest>()
      const waiter = {
        check() {
          try {
            const found = requests.find(matches)
            if (found) resolve(found)
          } catch (error) {
            reject(error)
          }
        },
        fail(reason: string) {
          const seen = requests.slice(-shown).map(describe).join("")
          reject(new Error(`${reason} ${requests.length} requests were seen${seen && `:${seen}`}`))
        },
      }
      const late = () => waiter.fail(`No request matched within ${timeoutMs} ms.`)
      const timer = setTimeout(late, timeoutMs)
      waiters.add(waiter)
      waiter.check()
      return promise.finally(() => {
        clearTimeout(timer)
        waiters.delete(waiter)
      })
    },
    giveUp: (reason: string) => waiters.forEach((waiter) => waiter.fail(reason)),
  }
}
