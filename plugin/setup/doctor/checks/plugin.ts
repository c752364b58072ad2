import { existsSync } from "node:fs"
import { dirname } from "node:path"
import { loadedCopies } from "../../../system/upkeep/loaded-copies.ts"
import { pluginFiles } from "../../config/config-places.ts"
import { isNpmSpec, isOwnPath, pathIn, versionAt } from "../../config/own-spec.ts"
import { type ConfigFile, readConfigFiles } from "../../config/read-config.ts"
import { createPackageCache } from "../../package-cache.ts"
import { type Check, fault, type Finding, ok, type Patient, warning } from "../finding.ts"

/** What the configuration makes OpenCode load, and from where. */
export const plugin: Check = {
  name: "plugin",
  look(patient) {
    const { directory, env } = patient
    const files = readConfigFiles(directory, env)
    const globals = files.filter(
      ({ scope, part, plugins }) => scope === "global" && part === "server" && plugins,
    )
    const hidden = globals.slice(0, -1).filter(({ own }) => own.length > 0)
    const entries = files
      .filter((file) => !hidden.includes(file))
      .flatMap((file) => file.own.map((spec) => ({ file, spec })))
    const servers = entries.filter(({ file }) => file.part === "server")
    const copies = pluginFiles(directory, env).filter(isOwnPath)
    const found: Finding[] = hidden.map(({ path }) =>
      fault(
        `${path} names Meshfleet, but OpenCode takes the list of ${globals.at(-1)!.path} in its place.`,
        "Run meshfleet install --global: it writes into the list that counts.",
      ),
    )
    if (servers.length + copies.length === 0 && hidden.length === 0)
      found.push(
        fault(
          "OpenCode is not told to load Meshfleet.",
          "Run meshfleet install, or with --global.",
        ),
      )
    found.push(...entries.flatMap((entry) => judgeEntry(patient, entry)))
    found.push(
      ...judgePlaces([...servers.map(({ file, spec }) => `${spec} (${file.path})`), ...copies]),
    )
    if (entries.length > servers.length) found.push(ok("OpenCode's screen shows fleets (tui.json)"))
    return found
  },
}

const judgeEntry = (
  { env, version }: Patient,
  { file, spec }: { file: ConfigFile; spec: string },
): Finding[] => {
  if (!isNpmSpec(spec)) {
    const path = pathIn(spec, dirname(file.path))!
    return existsSync(path)
      ? [ok(`${file.part}: ${path}, named in ${file.path}`)]
      : [
          fault(
            `${file.path} names ${path}, which is not there.`,
            "Build it, or run meshfleet install.",
          ),
        ]
  }
  const cache = createPackageCache(env)
  const cached = cache.find(spec)
  if (!cached) return [ok(`${file.part}: ${spec}, which OpenCode installs at its next start`)]
  if (cached.version === undefined)
    return [
      fault(
        `OpenCode's copy of ${spec} is not whole, and it will not try again: ${cached.folder}`,
        "Remove that folder (--fix does), and start OpenCode.",
        () => {
          cache.remove(cached.spec)
          return `removed ${cached.folder}`
        },
      ),
    ]
  return cached.version === version || spec.includes("@file:") || file.part === "tui"
    ? [ok(`${file.part}: ${spec} ${cached.version}, named in ${file.path}`)]
    : [
        warning(
          `OpenCode has ${spec} in version ${cached.version}; this command line is ${version}.`,
          "Run meshfleet update.",
        ),
      ]
}

const judgePlaces = (places: readonly string[]): Finding[] =>
  places.length < 2
    ? []
    : [
        warning(
          `OpenCode finds Meshfleet in ${places.length} places, and which one it takes is not said: ${places.join(", ")}`,
          "Keep one of them. Loaded twice it behaves as once.",
        ),
      ]

/** What OpenCode has really loaded. */
export const loaded: Check = {
  name: "loaded",
  look({ home, directory }) {
    const all = loadedCopies(home)
    const open = all.filter(({ isOpen }) => isOpen)
    const twice = Map.groupBy(open, ({ pid }) => pid)
    for (const [pid, copies] of twice)
      if (new Set(copies.map(({ file }) => file)).size > 1)
        return [
          warning(
            `OpenCode (process ${pid}) has loaded Meshfleet twice: ${copies.map(({ file }) => file).join(", ")}`,
            "Keep one of them. The second does nothing.",
          ),
        ]
    const last = open[0] ?? all.find((copy) => copy.directory === directory) ?? all[0]
    if (!last) return [ok("no OpenCode has loaded it yet")]
    const when = last.isOpen ? `now, in process ${last.pid}` : new Date(last.at).toISOString()
    const version = versionAt(last.file)
    return [ok(`loaded from ${last.file}${version ? ` ${version}` : ""} (${when})`)]
  },
}
