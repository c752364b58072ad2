import { shownAddress } from "../mesh/ledger/postgres/address.ts"
import { isPostgresAddress } from "../mesh/model/ledger-place.ts"

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
} as const

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
]

/** Set for every child of an agent's tools; an empty value is as good as none. */
export const childEnvironment = (
  home: string,
  agent: { id: string; fleetId: string },
  /** What the variable held so far. */
  ledger: string | undefined,
): Record<string, string> => ({
  ...Object.fromEntries(hostOnly.map((name) => [name, ""])),
  [environmentNames.home]: home,
  ...ledgerWithoutPassword(ledger),
  [environmentNames.agent]: agent.id,
  [environmentNames.fleet]: agent.fleetId,
})

/** Whoever has the password can answer questions, and more; without it a command says what it lacks. */
const ledgerWithoutPassword = (place: string | undefined) =>
  place && isPostgresAddress(place) ? { [environmentNames.ledger]: shownAddress(place) } : {}

/** Makes OpenCode's install of plugin dependencies fail at once instead of waiting for a registry. */
export const offlineInstall = "npm_config_offline"
/** What that variable held before us, so that agents' own npm is not affected. */
export const offlineInstallBefore = "MESHFLEET_NPM_OFFLINE_BEFORE"
