import { readFileSync } from "node:fs"

/** Undefined when there is no such file, or it cannot be read. */
export const readOptionalBytes = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

export const readOptional = (path: string) => readOptionalBytes(path)?.toString("utf8")
