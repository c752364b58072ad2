/** The marks by which processes of ours, and what their agents start, are found. */
export const environmentNames = {
  home: "MESHFLEET_HOME",
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
): Record<string, string> => ({
  ...Object.fromEntries(hostOnly.map((name) => [name, ""])),
  [environmentNames.home]: home,
  [environmentNames.agent]: agent.id,
  [environmentNames.fleet]: agent.fleetId,
})

/** Makes OpenCode's install of plugin dependencies fail at once instead of waiting for a registry. */
export const offlineInstall = "npm_config_offline"
/** What that variable held before us, so that agents' own npm is not affected. */
export const offlineInstallBefore = "MESHFLEET_NPM_OFFLINE_BEFORE"
