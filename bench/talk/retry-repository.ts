import { cpSync, existsSync } from "node:fs"
import { join } from "node:path"
import { root } from "../../demo/world.ts"
import type { Turn } from "../../scripted-model/types.ts"
import { call } from "../../demo/scripts/reading.ts"

/** A small library as it was published; our lock file fixes its version (0.12.0). */
export const fillWithRetry = (project: string) => {
  const source = join(root, "node_modules/retry")
  if (!existsSync(source)) throw new Error(`${source} is missing: npm ci`)
  cpSync(source, project, { recursive: true })
}

export const bash = (command: string, description: string): Turn =>
  call("bash", { command, description })

export const read = (filePath: string): Turn => call("read", { filePath })

export const grep = (pattern: string): Turn => call("grep", { pattern })
