import { MeshError } from "../../mesh/model/errors.ts"

/** Deeper than anything that is sent on purpose, and no danger to the stack. */
const mostLevels = 64

/**
 * Refuses what would not be kept as it came: half a character of UTF-16, NUL, a `__proto__` key, and
 * numbers that JSON does not have.
 */
export const refuseUnkept = (value: unknown, path = "arguments", level = 0): void => {
  if (typeof value === "string") {
    if (!value.isWellFormed())
      throw unkept(`${path}: the text has half of a surrogate pair, which is no character`)
    if (value.includes("\0")) throw unkept(`${path}: the text has a NUL character`)
  } else if (typeof value === "number") {
    if (!Number.isFinite(value)) throw unkept(`${path}: ${value} is no number that JSON has`)
  } else if (typeof value === "object" && value !== null) {
    if (level >= mostLevels)
      throw unkept(`${shorten(path)}: nested more than ${mostLevels} levels deep`)
    for (const [key, each] of Object.entries(value)) {
      const below = level === 0 ? key : `${path}.${key}`
      if (key === "__proto__") throw unkept(`${below}: a key "__proto__" cannot be kept`)
      refuseUnkept(key, `a key of ${path}`)
      refuseUnkept(each, below, level + 1)
    }
  }
}

const shorten = (path: string) => (path.length > 80 ? `${path.slice(0, 80)}…` : path)

const unkept = (detail: string) =>
  new MeshError(
    "INVALID_ARGUMENT",
    `${detail}.`,
    "Leave it out, or write it in another way; nothing was changed.",
  )
