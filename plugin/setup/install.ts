import { MeshError } from "../mesh/model/errors.ts"
import {
  type Env,
  globalFiles,
  newSharedFile,
  type Part,
  projectIsIgnored,
  sharedFiles,
} from "./config/config-places.ts"
import { isNpmSpec, packageName } from "./config/own-spec.ts"
import { type ConfigFile, readConfigFile, readConfigFiles } from "./config/read-config.ts"
import { applyChanges, refuse } from "./files/change.ts"
import type { InstallRecords } from "./files/install-records.ts"
import { planEntry, type Step } from "./plan.ts"
import type { Source } from "./source.ts"

export interface InstallOptions {
  directory: string
  env: Env
  global: boolean
  parts: readonly Part[]
  source: Source
  records: InstallRecords
}

export interface InstallPlan {
  steps: Step[]
  /** What is right as it is. */
  already: { path: string; part: Part; spec: string }[]
}

/** What is to be changed so that OpenCode loads Meshfleet. Changes nothing, or throws CONFIG_UNUSABLE. */
export const planInstall = (options: InstallOptions): InstallPlan => {
  const { directory, env, global, parts, source, records } = options
  if (!global && projectIsIgnored(env))
    throw new MeshError(
      "CONFIG_UNUSABLE",
      "OPENCODE_DISABLE_PROJECT_CONFIG is set: OpenCode reads no configuration of projects. Nothing was changed.",
      "Unset it, or install for all projects: meshfleet install --global",
    )
  const plan: InstallPlan = { steps: [], already: [] }
  for (const part of parts) {
    const paths = global ? globalFiles(env, part) : sharedFiles(directory, part)
    const scope = global ? ("global" as const) : ("project" as const)
    const files = paths.flatMap((path) => readConfigFile({ path, part, scope }) ?? [])
    for (const { path, problem } of files)
      if (problem) throw refuse(path, problem, "Mend it first: OpenCode would not take it either.")
    const spec = source[part]
    const elsewhere = global ? undefined : globalEntry(directory, env, part)
    if (elsewhere && spec === packageName) {
      plan.already.push({ part, ...elsewhere })
      continue
    }
    const path = targetOf(files, part, global) ?? newFile(options, part)
    const there = files.find((file) => file.path === path)?.own[0]
    // A version that somebody chose stays chosen; `update` changes it.
    const wanted = there && spec === packageName && isNpmSpec(there) ? there : spec
    const step = planEntry({ path, part }, wanted, records)
    if (step) plan.steps.push(step)
    else plan.already.push({ path, part, spec: wanted })
  }
  return plan
}

/** The file that has us, else that has a list which counts, else the one that outranks the others. */
const targetOf = (files: readonly ConfigFile[], part: Part, global: boolean) => {
  const lists = files.filter(({ plugins }) => plugins)
  // Of the global files for the server only the last list counts.
  const counting = global && part === "server" ? lists.slice(-1) : lists
  const chosen =
    counting.find(({ own }) => own.length > 0) ?? counting[0] ?? (global ? files.at(-1) : files[0])
  return chosen?.path
}

/** OpenCode makes `opencode.jsonc` where there is none; the plainer name is what its pages speak of. */
const newFile = ({ directory, env, global }: InstallOptions, part: Part) =>
  global
    ? globalFiles(env, part).find((path) => !/config\.json$|jsonc$/.test(path))!
    : newSharedFile(directory, part)

const globalEntry = (directory: string, env: Env, part: Part) => {
  const files = readConfigFiles(directory, env).filter(
    (file) => file.part === part && file.scope === "global" && file.plugins,
  )
  const counting = part === "server" ? files.slice(-1) : files
  const found = counting.find(({ own }) => own.length > 0)
  return found && { path: found.path, spec: found.own[0]! }
}

/** Carries out a plan: all of it, or nothing. */
export const carryOutSteps = (steps: readonly Step[], records: InstallRecords) => {
  const known = steps.map(({ realPath }) => records.find(realPath))
  for (const { record } of steps) if (record) records.keep(record)
  try {
    applyChanges(steps)
  } catch (error) {
    for (const [at, { realPath }] of steps.entries()) {
      records.forget(realPath)
      if (known[at]) records.keep(known[at])
    }
    throw error
  }
}
