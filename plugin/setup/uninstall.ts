import type { ConfigFile } from "./config/read-config.ts"
import { readConfigFiles } from "./config/read-config.ts"
import { type Env, type Part, pluginFiles } from "./config/config-places.ts"
import { isOwnPath } from "./config/own-spec.ts"
import { UnusableConfig } from "./config/plugin-list.ts"
import { removeEmpty } from "./files/change.ts"
import type { InstallRecords } from "./files/install-records.ts"
import { carryOutSteps } from "./install.ts"
import { planRemoval, type Step, usable } from "./plan.ts"

export interface UninstallPlan {
  steps: Step[]
  /** Copies in OpenCode's folders of plugins, which somebody has put there. */
  copies: string[]
}

/**
 * What is to be changed so that OpenCode no longer loads Meshfleet: in every file that `install` has
 * changed, and in those that OpenCode reads here.
 */
export const planUninstall = (
  directory: string,
  env: Env,
  records: InstallRecords,
): UninstallPlan => {
  const files = readConfigFiles(directory, env)
  // A file that OpenCode does not take may hold our entry all the same.
  for (const file of files)
    if (file.problem && file.text.includes("meshfleet")) usable(file.path, () => refuseBroken(file))
  const own = files.filter(({ own: entries }) => entries.length > 0)
  const recorded = records.all().map(({ path, part }) => ({ path, part }))
  const places = new Map<string, { path: string; part: Part }>()
  for (const place of [...recorded, ...own]) places.set(place.path, place)
  const steps = [...places.values()].flatMap((place) => planRemoval(place, records) ?? [])
  return {
    steps: [...new Map(steps.map((step) => [step.realPath, step])).values()],
    copies: pluginFiles(directory, env).filter(isOwnPath),
  }
}

const refuseBroken = ({ problem }: ConfigFile): never => {
  throw new UnusableConfig(problem!)
}

/** Carries it out, takes the folders away that were made for it, and forgets what was recorded. */
export const uninstall = (steps: readonly Step[], records: InstallRecords) => {
  carryOutSteps(steps, records)
  for (const { realPath, folders } of records.all()) {
    removeEmpty(folders)
    records.forget(realPath)
  }
}
