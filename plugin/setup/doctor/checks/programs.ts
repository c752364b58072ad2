import { existsSync, realpathSync } from "node:fs"
import { dirname, isAbsolute, join } from "node:path"
import { readOptional } from "../../../system/optional-files.ts"
import { type Check, fault, ok, type Patient, warning } from "../finding.ts"

/** What Meshfleet is built for and tested with. */
const tested = { major: 1, minor: 18 }
/** bun:sqlite and the text imports that the bundle needs are in it. */
const leastBun = [1, 2] as const

export const openCode: Check = {
  name: "opencode",
  async look(patient) {
    const { opencode } = patient
    if (!isAbsolute(opencode) || !existsSync(opencode))
      return [
        fault(
          `OpenCode was not found (${opencode}).`,
          "Install it (npm install -g opencode-ai@1.18), or name it in the setting opencode.",
        ),
      ]
    const version = await versionOf(patient)
    if (version === undefined)
      return [
        fault(
          `${opencode} does not say its version.`,
          "Install OpenCode 1.18 again; run it once by hand.",
        ),
      ]
    const [major = 0, minor = 0] = version.split(".").map(Number)
    if (major >= 2)
      return [
        fault(
          `OpenCode ${version} is not supported yet: it has another plugin API, and Meshfleet stays off in it.`,
          "Use OpenCode 1.18 for fleets: npm install -g opencode-ai@1.18",
        ),
      ]
    if (major < tested.major || minor < tested.minor)
      return [
        fault(
          `OpenCode ${version} is older than 1.18, the first that Meshfleet works in.`,
          "Update it: opencode upgrade 1.18.33, or npm install -g opencode-ai@1.18",
        ),
      ]
    if (minor > tested.minor)
      return [
        warning(
          `OpenCode ${version} is newer than 1.18, which Meshfleet is tested with.`,
          "If something fails, use 1.18: npm install -g opencode-ai@1.18",
        ),
      ]
    return [ok(`OpenCode ${version} (${opencode})`)]
  },
}

/** OpenCode takes 0.7 s of a processor to say it: a machine that is busy with eight others is not ill. */
const versionMs = 10_000

/** A package of npm says it beside the binary; starting OpenCode takes a second. */
const versionOf = async ({ opencode, output }: Patient) => {
  for (let folder = dirname(realpathSync(opencode)); ; folder = dirname(folder)) {
    const manifest = readOptional(join(folder, "package.json"))
    const found = /"name":\s*"opencode-[\w-]+"[^]*?"version":\s*"([^"]+)"/.exec(manifest ?? "")?.[1]
    if (found) return found
    if (manifest !== undefined || dirname(folder) === folder) break
  }
  return /^v?(\d+\.\d+\.\d+\S*)/m.exec(
    (await output(opencode, ["--version"], versionMs)) ?? "",
  )?.[1]
}

export const runtime: Check = {
  name: "runtime",
  look({ runtime: { bun, node }, platform, version }) {
    const os =
      platform === "win32"
        ? [
            warning(
              "Windows: Meshfleet is built for Linux and macOS.",
              "Run OpenCode and Meshfleet in WSL.",
            ),
          ]
        : []
    if (!bun)
      return [ok(`meshfleet ${version} in Node ${node}; hosts run in the Bun of OpenCode`), ...os]
    const [major = 0, minor = 0] = bun.split(".").map(Number)
    if (major < leastBun[0] || (major === leastBun[0] && minor < leastBun[1]))
      return [fault(`Bun ${bun} is too old.`, "Update it to 1.2 or later: bun upgrade"), ...os]
    return [ok(`meshfleet ${version} in Bun ${bun}`), ...os]
  },
}
