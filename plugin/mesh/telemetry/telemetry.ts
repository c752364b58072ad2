import type { Ledger } from "../ledger/port.ts"
import { eventsSince } from "../ledger/tables/events.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { oneAtATime } from "../model/one-at-a-time.ts"
import { createMeasures } from "./measures.ts"
import type { Progress, ProgressStore, SpanDraft, TelemetrySink } from "./span.ts"
import { createSpanFold } from "./spans.ts"

export interface TelemetryDeps {
  ledger: Pick<Ledger, "read">
  sink: TelemetrySink
  progress: ProgressStore
  /** How long spans are gathered before they are sent. */
  delayMs: number
  onError: (error: unknown) => void
  leaveMs?: number
}

/** What a supervisor tells of the fleets that it holds. */
export interface FleetWatch {
  /** Something may have happened. Returns at once. */
  note(fleetId: string): void
  /** The fleet is about to be given back: what there is of it is sent first. Never throws, never long. */
  leave(fleetId: string): Promise<void>
  /** It is another process's now. */
  drop(fleetId: string): void
}

const pageSize = 500
/** As many as OpenTelemetry's own processors send at once. */
const mostSpans = 512
/** A collector on this machine answers within milliseconds; nobody waits for one that does not. */
const usualLeaveMs = 1500
/** A collector that is down is tried less often, up to once a minute. */
const longestDelayMs = 60_000

/**
 * Sends what happens in fleets as spans and metrics. Exactly one process does so for a fleet: the one
 * that holds its lease. It reads the fleet's events from the first, so it knows what began before it
 * came; how far others got is in the progress, so nothing that was accepted is sent again. Who dies
 * between the two sends one batch again, with the same ids.
 */
export const createTelemetry = (deps: TelemetryDeps): FleetWatch & { close(): void } => {
  const { ledger, sink, progress, delayMs, onError, leaveMs = usualLeaveMs } = deps
  const fleets = new Map<string, ReturnType<typeof createExport>>()
  let isClosed = false

  const createExport = (fleetId: string) => {
    const fold = createSpanFold(fleetId)
    const measures = createMeasures()
    const told: Progress = progress.read(fleetId)
    // So that it is found again should this process die before anything is sent.
    progress.write(fleetId, told)
    let readThrough = 0
    let unsent: SpanDraft[] = []
    let failures = 0
    /** Others may send from here on. */
    const left = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined

    const read = async () => {
      for (;;) {
        const rows = await ledger.read((db) => eventsSince(db, readThrough, fleetId, pageSize))
        for (const row of rows)
          for (const span of fold.feed(row)) {
            measures.add(span)
            if (span.seq > told.spans && !fold.isLeftOut()) unsent.push(span)
          }
        readThrough = rows.at(-1)?.seq ?? readThrough
        if (rows.length < pageSize) return
      }
    }

    const send = async () => {
      const trace = fold.trace()
      if (!trace) return
      while (unsent.length > 0 && !left.signal.aborted) {
        const batch = wholeEvents(unsent)
        await sink.spans(trace, batch)
        unsent = unsent.slice(batch.length)
        told.spans = batch.at(-1)!.seq
        progress.write(fleetId, told)
      }
      const points = measures.points()
      if (told.metrics < readThrough && points.length > 0) await sink.metrics(trace, points)
      if (told.spans === readThrough && told.metrics === readThrough) return
      told.spans = told.metrics = readThrough
      progress.write(fleetId, told)
    }

    const run = oneAtATime(async () => {
      clearTimeout(timer)
      timer = undefined
      try {
        await read()
        await send()
        failures = 0
      } catch (error) {
        // Said once: it is tried again until it works.
        if (failures++ === 0 && !left.signal.aborted) onError(error)
        note()
      }
    })

    const note = () => {
      if (timer || left.signal.aborted) return
      const waitMs = Math.min(delayMs * 2 ** Math.min(failures, 10), longestDelayMs)
      timer = setTimeout(() => void run(), waitMs)
      timer.unref?.()
    }
    const stop = () => {
      left.abort()
      clearTimeout(timer)
    }
    return { note, run, stop }
  }

  const of = (fleetId: string) => {
    let found = fleets.get(fleetId)
    if (!found) fleets.set(fleetId, (found = createExport(fleetId)))
    return found
  }

  const drop = (fleetId: string) => {
    fleets.get(fleetId)?.stop()
    fleets.delete(fleetId)
  }

  return {
    note: (fleetId) => {
      if (!isClosed) of(fleetId).note()
    },
    async leave(fleetId) {
      if (isClosed) return
      await Promise.race([of(fleetId).run().catch(onError), after(leaveMs)])
      drop(fleetId)
    },
    drop,
    close() {
      isClosed = true
      for (const each of fleets.values()) each.stop()
      fleets.clear()
    },
  }
}

/** All spans of an event go together, since progress counts events. */
const wholeEvents = (spans: readonly SpanDraft[]) => {
  let count = Math.min(mostSpans, spans.length)
  while (count < spans.length && spans[count]!.seq === spans[count - 1]!.seq) count++
  return spans.slice(0, count)
}

const after = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref?.()
  })

/**
 * Fleets of a project that ended without all of it being accepted: a collector was down, or the last
 * process was killed. Whoever takes such a fleet over sends the rest as it gives it back.
 */
export const unfinishedFleets = (
  { ledger, progress }: Pick<TelemetryDeps, "ledger" | "progress">,
  project: string,
): Promise<string[]> =>
  ledger.read(async (db) => {
    const unfinished: string[] = []
    for (const fleetId of progress.fleets()) {
      const fleet = await fleetById(db, fleetId)
      if (!fleet || fleet.project !== project || fleet.status === "running") continue
      const { spans, metrics } = progress.read(fleetId)
      const [next] = await eventsSince(db, Math.min(spans, metrics), fleetId, 1)
      if (next && next.type !== "fleet.supervised") unfinished.push(fleetId)
    }
    return unfinished
  })
