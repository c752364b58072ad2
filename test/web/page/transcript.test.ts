import { describe, expect, test } from "bun:test"
import type { AgentDetail, TranscriptEntry } from "../../../plugin/mesh/views/shown.ts"
import { added, transcriptOf } from "../../../plugin/web/page/transcript.ts"
import { sessionEntry } from "../support/session-entry.ts"

const entry = (at: number, kind: TranscriptEntry["kind"], text = ""): TranscriptEntry => ({
  at,
  kind,
  title: kind,
  text,
  chars: text.length,
})
const detail = {
  transcript: [entry(1, "task"), entry(2, "attempt"), entry(4, "mail-in"), entry(6, "answer")],
} as AgentDetail

describe("a transcript", () => {
  test("is what the ledger knows while the session cannot be read", () => {
    expect(transcriptOf(detail, undefined)).toEqual(detail.transcript)
    const unread = added(undefined, { from: null, missing: "it is gone", entries: [] })
    expect(transcriptOf(detail, unread)).toEqual(detail.transcript)
  })

  test("has the session's own texts in the place of the ledger's, in the order of time", () => {
    const session = added(undefined, {
      from: "host",
      missing: null,
      entries: [sessionEntry("a", { at: 3, kind: "prompt" }), sessionEntry("b", { at: 5 })],
    })
    expect(transcriptOf(detail, session).map(({ kind }) => kind)).toEqual([
      "attempt",
      "prompt",
      "mail-in",
      "text",
    ])
  })

  test("takes the newest of each piece, and keeps what was read when its host has ended", () => {
    const read = (...entries: ReturnType<typeof sessionEntry>[]) => ({
      from: "host" as const,
      missing: null,
      entries,
    })
    const first = added(undefined, read(sessionEntry("a"), sessionEntry("b", { state: "running" })))
    const next = added(first, read(sessionEntry("b", { state: "completed" }), sessionEntry("c")))
    expect([...next.entries.values()].map(({ id, state }) => `${id} ${state}`)).toEqual([
      "a null",
      "b completed",
      "c null",
    ])
    expect(added(next, { from: null, missing: "it is gone", entries: [] })).toBe(next)
  })
})
