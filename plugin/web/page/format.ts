/** "8 s", "4 min", "1 h 05", "3 d". */
export const duration = (ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 60) return `${s} s`
  const min = Math.floor(s / 60)
  if (min < 60) return `${min} min`
  const h = Math.floor(min / 60)
  if (h < 48) return `${h} h ${String(min % 60).padStart(2, "0")}`
  return `${Math.floor(h / 24)} d`
}

export const count = (n: number): string => {
  if (n < 1000) return String(Math.round(n))
  if (n < 999_500) return `${trim(n / 1000)}k`
  return `${trim(n / 1_000_000)}M`
}

const trim = (n: number) => (n < 9.95 ? n.toFixed(1).replace(/\.0$/, "") : String(Math.round(n)))

/** Null: the price is unknown. */
export const money = (usd: number | null): string => {
  if (usd === null) return "–"
  if (usd === 0) return "$0"
  return usd < 0.01 ? "<$0.01" : `$${usd.toFixed(2)}`
}

export const clock = (at: number): string => {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, "0")
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/**
 * What agents write, as a person may look at it: what would steer a terminal shows as a picture of
 * itself, what would turn the direction of the text around shows by its number.
 */
export const visible = (text: string): string =>
  text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (each) => {
      const code = each.codePointAt(0)!
      if (code === 0x0d) return ""
      if (code < 0x20) return String.fromCodePoint(0x2400 + code)
      if (code === 0x7f) return "\u2421"
      return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`
    },
  )

/** The same on one line. */
export const line = (text: string): string => visible(text.replace(/\s+/g, " ").trim())

/** The first part of a text, whole characters only. */
export const head = (text: string, length: number): string =>
  text.length > length ? text.slice(0, length).replace(/[\ud800-\udbff]$/, "") : text
