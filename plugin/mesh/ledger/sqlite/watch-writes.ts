import { watch } from "node:fs"

/**
 * Calls back when anybody writes to the file, until the returned function is called. Undefined where
 * the system cannot tell; a watch that breaks later just falls silent.
 */
export const watchWrites = (path: string, onWrite: () => void): (() => void) | undefined => {
  try {
    const watcher = watch(path, { persistent: false }, onWrite)
    watcher.on("error", () => watcher.close())
    return () => watcher.close()
  } catch {
    return undefined
  }
}
