import type { Env } from "../config/config-places.ts"

/** What a check has seen. A fault keeps fleets from working; a warning may. */
export interface Finding {
  state: "ok" | "warning" | "fault"
  says: string
  fix?: string
  /** Mends it without a loss to anybody; answers what was done. */
  repair?: () => Promise<string> | string
}

/** The world as the checks see it. */
export interface Patient {
  directory: string
  env: Env
  home: string
  /** The binary that hosts run, or a bare name when none was found. */
  opencode: string
  /** Of this command line. */
  version: string
  /** What runs it. */
  runtime: { bun?: string | undefined; node?: string | undefined }
  platform: NodeJS.Platform
  /** The names of the specialists that come with the package. */
  roster: () => ReadonlySet<string>
  columns: number
  isInteractive: boolean
  now: () => number
  freeBytes: (folder: string) => number | undefined
  /** What a program prints; undefined when it cannot be run, or not in time. */
  output(program: string, args: readonly string[], ms: number): Promise<string | undefined>
  /** Whether something listens there. */
  canConnect(host: string, port: number): Promise<boolean>
}

export interface Check {
  name: string
  look(patient: Patient): Promise<Finding[]> | Finding[]
}

export const ok = (says: string): Finding => ({ state: "ok", says })
export const fault = (says: string, fix: string, repair?: Finding["repair"]): Finding => ({
  state: "fault",
  says,
  fix,
  ...(repair && { repair }),
})
export const warning = (says: string, fix: string, repair?: Finding["repair"]): Finding => ({
  ...fault(says, fix, repair),
  state: "warning",
})
