import { rmSync } from "node:fs"
import { join } from "node:path"
import { MeshError } from "../mesh/model/errors.ts"
import type { Env } from "./config/config-places.ts"
import { isNpmSpec, packageName, versionAt, versionIn } from "./config/own-spec.ts"
import { readConfigFiles } from "./config/read-config.ts"
import type { InstallRecords } from "./files/install-records.ts"
import type { PackageCache } from "./package-cache.ts"
import { planEntry, type Step } from "./plan.ts"

export interface UpdateDeps {
  directory: string
  env: Env
  records: InstallRecords
  cache: PackageCache
  /** Installs a version, or a tag of one, into an empty folder. */
  fetch(version: string, folder: string): Promise<void>
}

export interface Update {
  steps: Step[]
  entries: { spec: string; from: string | null; to: string; folder: string }[]
  /** Puts what was fetched where OpenCode looks for it. */
  place(): void
  /** Takes back what was fetched; to be called in any case. */
  close(): void
}

/** An exact version; anything else is a tag or a range, which stays as somebody has written it. */
const exact = /^\d+\.\d+\.\d+/

/**
 * Fetches a version, the newest by default, and says what is to change: an entry that names an exact
 * version is to name the new one, and all others keep their words.
 */
export const planUpdate = async (
  { directory, env, records, cache, fetch }: UpdateDeps,
  version: string | undefined,
): Promise<Update> => {
  const files = readConfigFiles(directory, env).filter(({ own }) => own.length > 0)
  const entries = files.flatMap((file) => file.own.map((spec) => ({ file, spec })))
  const published = entries.filter(({ spec }) => isNpmSpec(spec) && !spec.includes("@file:"))
  const local = entries.find((entry) => !published.includes(entry))
  if (published.length === 0)
    throw new MeshError(
      "CONFIG_UNUSABLE",
      local
        ? `${local.file.path} names a local build, ${local.spec}: there is nothing to fetch.`
        : `No configuration that OpenCode reads here names ${packageName}.`,
      local ? "Build it again, or install what is published." : "Run meshfleet install first.",
    )
  const made = cache.makeBeside()
  const close = () => rmSync(made, { recursive: true, force: true })
  try {
    await fetch(version ?? "latest", made)
    const to = versionAt(join(made, "node_modules", packageName))
    if (to === undefined) throw new Error(`${made} holds no ${packageName}`)
    const isPinned = (spec: string) => version !== undefined || exact.test(versionIn(spec) ?? "")
    const steps = published
      .filter(({ spec }) => isPinned(spec))
      .flatMap(({ file }) => planEntry(file, `${packageName}@${to}`, records) ?? [])
    const specs = [...new Set(published.map(({ spec }) => spec))]
    const changes = specs.map((spec) => {
      const wanted = isPinned(spec) ? `${packageName}@${to}` : spec
      return { spec, wanted, from: cache.find(spec)?.version, found: cache.find(wanted) }
    })
    return {
      steps,
      entries: changes.map(({ spec, from, wanted }) => ({
        spec,
        from: from ?? null,
        to,
        folder: cache.placeOf(wanted),
      })),
      place() {
        const stale = changes.filter(({ found }) => found?.version !== to)
        const wanted = new Set(stale.map((change) => change.wanted))
        // One package was fetched, and nearly everybody has one entry.
        for (const [at, spec] of [...wanted].entries())
          cache.replace(spec, at === wanted.size - 1 ? made : cache.copy(made))
      },
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}
