export type Attributes = Record<string, string | number | boolean | string[]>

/** A stretch of time in a trace, as it is sent: all of it is known once it has ended. */
export interface SpanDraft {
  /** 16 hex digits, the same whoever makes the span and however often. */
  id: string
  parentId: string | undefined
  name: string
  kind: "internal" | "client" | "producer" | "consumer"
  /** In ms since 1970. */
  from: number
  to: number
  attributes: Attributes
  /** A code, where it ended badly. */
  error?: string
  /** Ids of other spans of the trace that led to it. */
  links?: readonly string[]
  /** What happened meanwhile. */
  marks?: readonly { name: string; at: number; attributes: Attributes }[]
  /** The number of the event that ended it. */
  seq: number
}

/** All values of one metric with these attributes since the fleet began. */
export interface MetricPoint {
  name: string
  unit: string
  description: string
  attributes: Attributes
  count: number
  sum: number
  min: number
  max: number
  /** Where the buckets of a histogram end, and how many values each holds; a sum has none. */
  buckets?: { boundaries: readonly number[]; counts: readonly number[] }
}

/** The trace of a fleet. */
export interface FleetTrace {
  fleetId: string
  traceId: string
  /** When the fleet was created. */
  startedAt: number
}

/**
 * Where spans and metrics go.
 *
 * Contract: resolves once they were accepted, and rejects otherwise; what is rejected is sent again
 * later, as is what was accepted by a process that died before it noted so. `metrics` are whole sums,
 * so the newest ones count.
 */
export interface TelemetrySink {
  spans(trace: FleetTrace, spans: readonly SpanDraft[]): Promise<void>
  metrics(trace: FleetTrace, points: readonly MetricPoint[]): Promise<void>
}

/** How far a fleet was told: the numbers of the newest events whose spans and sums were accepted. */
export interface Progress {
  spans: number
  metrics: number
}

/**
 * Remembers the progress of each fleet, for whichever process supervises it next.
 *
 * Contract: only who holds a fleet's lease writes; what was written survives the process. A progress
 * that cannot be read counts as none. `fleets` names those that have one.
 */
export interface ProgressStore {
  read(fleetId: string): Progress
  write(fleetId: string, progress: Progress): void
  fleets(): string[]
}
