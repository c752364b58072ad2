import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliDecompressSync } from "node:zlib"

/** What the build puts into the plugin: the roster, what the router counted of it, the templates. */
export type DataName = "agents" | "routing" | "templates"

// The build replaces these names by that data, compressed: OpenCode reads the whole bundle at every
// start, but hardly any start needs them.
declare const MESHFLEET_AGENTS: string | undefined
declare const MESHFLEET_ROUTING: string | undefined
declare const MESHFLEET_TEMPLATES: string | undefined
// In the command line's bundle, by the name of the bundle beside it: a package has the data once.
declare const MESHFLEET_DATA_IN: string | undefined

/** How to read data of this build; undefined in a checkout's sources, which have folders instead. */
export const packedData = (name: DataName): (() => Uint8Array) | undefined => {
  const inside = insideThis()[name]
  if (inside !== undefined) return () => unpackData(inside)
  if (typeof MESHFLEET_DATA_IN !== "string") return undefined
  const file = join(dirname(fileURLToPath(import.meta.url)), MESHFLEET_DATA_IN as string)
  return () => unpackData(findData(readBundle(file), name, file))
}

const insideThis = (): Record<DataName, string | undefined> => ({
  agents: typeof MESHFLEET_AGENTS === "string" ? MESHFLEET_AGENTS : undefined,
  routing: typeof MESHFLEET_ROUTING === "string" ? MESHFLEET_ROUTING : undefined,
  templates: typeof MESHFLEET_TEMPLATES === "string" ? MESHFLEET_TEMPLATES : undefined,
})

/** With its name in front, by which another bundle finds it. */
export const tagData = (name: DataName, packed: string) => `${tagOf(name)}${packed}`

/** The data of that name in the text of a bundle. */
export const findData = (bundle: string, name: DataName, file: string): string => {
  // The code that looks for it has the name too, but no data after it.
  const found = bundle.match(new RegExp(`${tagOf(name)}[A-Za-z0-9+/]{100,}=*`))?.[0]
  if (found === undefined)
    throw new Error(
      `${file} has no ${name}, so it is of another version or was changed. Next: Install opencode-meshfleet anew.`,
    )
  return found
}

const unpackData = (tagged: string) =>
  brotliDecompressSync(Buffer.from(tagged.slice(tagged.lastIndexOf(":") + 1), "base64"))

const tagOf = (name: DataName) => `meshfleet:${name}:`

const readBundle = (file: string) => {
  try {
    return readFileSync(file, "latin1")
  } catch (error) {
    throw new Error(
      `${file} cannot be read, and it holds the specialists. Next: Install opencode-meshfleet anew.`,
      { cause: error },
    )
  }
}
