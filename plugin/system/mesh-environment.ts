import { shownAddress } from "../mesh/ledger/postgres/address.ts"
import { isPostgresAddress } from "../mesh/model/ledger-place.ts"
import { proxyExceptions } from "./proxies.ts"

type Env = Record<string, string | undefined>

/** The marks by which processes of ours, and what their agents start, are found. */
export const environmentNames = {
  home: "MESHFLEET_HOME",
  /** The setting `ledger`: a host may find another configuration than its lead's. */
  ledger: "MESHFLEET_LEDGER",
  role: "MESHFLEET_ROLE",
  host: "MESHFLEET_HOST",
  nonce: "MESHFLEET_NONCE",
  fleet: "MESHFLEET_FLEET",
  agent: "MESHFLEET_AGENT",
  /** In the shells of a lead's OpenCode: a model may be at work there. */
  session: "MESHFLEET_SESSION",
  /** In a host: what its user had in place of what it has of ours, as JSON; null for nothing. */
  before: "MESHFLEET_BEFORE",
} as const

/** Makes OpenCode's install of plugin dependencies fail at once instead of waiting for a registry. */
export const offlineInstall = "npm_config_offline"
/** A further folder of configuration; OpenCode looks for it whenever it opens a directory. */
export const configFolder = "OPENCODE_CONFIG_DIR"

/** What a host has its own values of, and gives back. */
const replaced = [offlineInstall, configFolder, ...proxyExceptions]

/** A host's environment: its user's, with ours over it. */
export const hostEnvironment = (env: Env, ours: Record<string, string>): Record<string, string> => {
  const users = userEnvironment(env)
  const before = Object.fromEntries(replaced.map((name) => [name, users[name] ?? null]))
  return { ...users, ...ours, [environmentNames.before]: JSON.stringify(before) }
}

/** The environment as the user set it, seen from a host or from anywhere else. */
export const userEnvironment = (env: Env): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...env, ...beforeUs(env) }).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && entry[1] !== null && !notInherited.includes(entry[0]),
    ),
  )

/** What the user had of that which a host replaces; nothing in a process that is none. */
export const beforeUs = (env: Env): Record<string, string | null> => {
  try {
    return JSON.parse(env[environmentNames.before] || "{}") as Record<string, string | null>
  } catch {
    return {}
  }
}

const notInherited: string[] = [
  environmentNames.agent,
  environmentNames.session,
  environmentNames.before,
  "OPENCODE_PID",
  "OPENCODE_CLIENT",
]

/**
 * What a child of an agent must not inherit from its host: with the password it could answer its
 * own permission questions, and with the rest a nested OpenCode would take itself for the host.
 */
const hostOnly = [
  "OPENCODE_SERVER_PASSWORD",
  "OPENCODE_SERVER_USERNAME",
  "OPENCODE_CONFIG_CONTENT",
  environmentNames.nonce,
  environmentNames.host,
  environmentNames.role,
  environmentNames.before,
]

/**
 * Once a host is up nobody needs them: OpenCode has read its password (1.18.33 does so once), and this
 * process is known. MCP servers and other plugins find nothing in the environment they inherit.
 */
export const forgetSecrets = (env: Env = process.env) => {
  for (const name of ["OPENCODE_SERVER_PASSWORD", environmentNames.nonce]) delete env[name]
}

/**
 * Set for every child of an agent's tools, over the environment of the process they run in; an empty
 * value is as good as none.
 */
export const childEnvironment = (
  home: string,
  agent: { id: string; fleetId: string },
  env: Env,
): Record<string, string> => ({
  ...Object.fromEntries(hostOnly.map((name) => [name, ""])),
  ...Object.fromEntries(
    Object.entries(beforeUs(env))
      .filter(([name, value]) => (env[name] ?? "") !== (value ?? ""))
      .map(([name, value]) => [name, value ?? ""]),
  ),
  [environmentNames.home]: home,
  ...ledgerWithoutPassword(env[environmentNames.ledger]),
  [environmentNames.agent]: agent.id,
  [environmentNames.fleet]: agent.fleetId,
})

/** Whoever has the password can answer questions, and more; without it a command says what it lacks. */
const ledgerWithoutPassword = (place: string | undefined) =>
  place && isPostgresAddress(place) ? { [environmentNames.ledger]: shownAddress(place) } : {}
