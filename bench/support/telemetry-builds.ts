import { copyFileSync } from "node:fs"
import { join } from "node:path"
import { createSolidTransformPlugin } from "@opentui/solid/bun-plugin"
import { packModules } from "../../scripts/packed-modules.ts"

const root = join(import.meta.dir, "../..")

/** Telemetry's modules, as they would be had nobody written them. */
const nothing: Readonly<Record<string, string>> = {
  "plugin/mesh/telemetry/telemetry.ts":
    "export const createTelemetry = undefined, unfinishedFleets = undefined",
  "plugin/system/telemetry/otlp-sink.ts": "export const createOtlpSink = undefined",
  "plugin/system/telemetry/progress-files.ts": "export const createProgressFiles = undefined",
  "plugin/system/telemetry/telemetry-settings.ts": "export const telemetryOf = () => undefined",
  "plugin/opencode/process/step-watch.ts": "export const createStepWatch = undefined",
  "plugin/opencode/process/lead-trace.ts": "export const leadTrace = undefined",
}

/** What a supervisor says to telemetry, and nobody else. */
const calls = /deps\.watch\?\.\w+\(fleetId\)/g
const supervisor = "plugin/mesh/supervision/supervisor.ts"

const withoutTelemetry: Bun.BunPlugin = {
  name: "no telemetry",
  setup(build) {
    for (const [path, contents] of Object.entries(nothing))
      build.onLoad({ filter: endingWith(path) }, () => ({ contents, loader: "ts" }))
    build.onLoad({ filter: endingWith(supervisor) }, async ({ path }) => {
      const text = await Bun.file(path).text()
      const found = text.match(calls)?.length ?? 0
      if (found !== 4) throw new Error(`${path} calls telemetry ${found} times, not 4`)
      return { contents: text.replace(calls, "undefined"), loader: "ts" }
    })
  },
}

const endingWith = (path: string) => new RegExp(`/${path.replaceAll(".", "\\.")}$`)

/**
 * One entry as scripts/build.ts bundles it, but for the data it has inside: as it is, and without
 * telemetry, and a copy of the first. Returns the files, and how large they are.
 */
export const buildVariants = async (entry: string, folder: string) => {
  const packed = await packModules(["execa", "pg", "proper-lockfile", "yaml"], {
    "./otel.ts": join(root, "plugin/system/telemetry/otel.ts"),
  })
  const build = async (name: string, more: readonly Bun.BunPlugin[]) => {
    const result = await Bun.build({
      entrypoints: [join(root, entry)],
      outdir: folder,
      naming: name,
      target: "bun",
      minify: { syntax: true, whitespace: true, identifiers: true, keepNames: true },
      plugins: [...more, packed, createSolidTransformPlugin()],
    })
    if (!result.success) throw new Error(`${entry} cannot be built: ${result.logs.join("\n")}`)
    return { file: join(folder, name), bytes: result.outputs[0]!.size }
  }
  const off = await build("off.js", [])
  const again = join(folder, "again.js")
  copyFileSync(off.file, again)
  return {
    off,
    without: await build("without.js", [withoutTelemetry]),
    again: { ...off, file: again },
  }
}
