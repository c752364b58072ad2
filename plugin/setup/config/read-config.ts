import { dirname } from "node:path"
import { readOptionalBytes } from "../../system/optional-files.ts"
import { type ConfigPlace, configPlaces, type Env } from "./config-places.ts"
import { isOwnSpec } from "./own-spec.ts"
import { readPluginList, UnusableConfig } from "./plugin-list.ts"

export interface ConfigFile extends ConfigPlace {
  text: string
  /** All plugins that it names; undefined where it has no list, or cannot be read. */
  plugins: string[] | undefined
  /** Of these, the entries that load Meshfleet. */
  own: string[]
  /** Why OpenCode does not take it. */
  problem: string | undefined
}

/** The text of a configuration; UnusableConfig where its bytes are none. */
export const decode = (bytes: Buffer): string => {
  const text = bytes.toString("utf8")
  if (!Buffer.from(text).equals(bytes)) throw new UnusableConfig("is not encoded as UTF-8")
  return text
}

/** Undefined when the file is not there, or closed to us. */
export const readConfigFile = (place: ConfigPlace): ConfigFile | undefined => {
  const bytes = readOptionalBytes(place.path)
  if (!bytes) return undefined
  const file = { ...place, text: bytes.toString("utf8"), plugins: undefined, own: [] }
  try {
    const text = decode(bytes)
    const list = text.trim() === "" ? undefined : readPluginList(text).entries
    const plugins = list?.map(({ spec }) => spec)
    return {
      ...file,
      plugins,
      own: (plugins ?? []).filter(isOwnSpec(dirname(place.path))),
      problem: undefined,
    }
  } catch (error) {
    if (!(error instanceof UnusableConfig)) throw error
    return { ...file, problem: error.message }
  }
}

/** Those that are there, in OpenCode's order. */
export const readConfigFiles = (directory: string, env: Env): ConfigFile[] =>
  configPlaces(directory, env).flatMap((place) => readConfigFile(place) ?? [])
