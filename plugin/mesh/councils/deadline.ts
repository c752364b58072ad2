import { MeshError } from "../model/errors.ts"
import { longestDeadlineMs } from "../model/limits/numbers.ts"

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/
const duration =
  /^P(?=\d|T\d)(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/

/** An instant or a duration from `at`, both as ISO 8601 writes them, in ms since 1970. */
export const parseDeadline = (text: string, at: number): number => {
  const deadline = instant.test(text) ? instantOf(text) : at + durationOf(text)
  if (Number.isNaN(deadline))
    throw wrong(`"${text.slice(0, 40)}" is neither an ISO 8601 instant nor a duration`)
  if (deadline <= at) throw wrong(`"${text.slice(0, 40)}" is not in the future`)
  if (deadline > at + longestDeadlineMs)
    throw wrong(`"${text.slice(0, 40)}" is more than ${longestDeadlineMs} ms away`)
  return deadline
}

/** NaN for a day that its month does not have, which Date takes for one of the next. */
const instantOf = (text: string) => {
  const [year, month, day] = text.slice(0, 10).split("-").map(Number)
  const last = new Date(Date.UTC(year!, month!, 0)).getUTCDate()
  return day! > last ? NaN : Date.parse(text)
}

const durationOf = (text: string) => {
  const [whole, ...parts] = duration.exec(text) ?? []
  if (whole === undefined) return NaN
  const [days, hours, minutes, seconds] = parts.map((part) => Number(part ?? 0))
  return (((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1000
}

const wrong = (detail: string) =>
  new MeshError(
    "INVALID_ARGUMENT",
    `deadline: ${detail}.`,
    "Write it as 2026-12-31T18:00:00Z, or as PT10M for ten minutes from now.",
  )
