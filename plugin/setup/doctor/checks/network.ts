import { existsSync } from "node:fs"
import { join } from "node:path"
import { globalConfigDirectory } from "../../../system/config-files.ts"
import { userHome } from "../../../system/mesh-home.ts"
import { readOptional } from "../../../system/optional-files.ts"
import { hasProxy, proxyExceptions } from "../../../system/proxies.ts"
import { configFolders, type Env, isSet } from "../../config/config-places.ts"
import { type Check, fault, type Finding, ok, warning } from "../finding.ts"

const dependency = "@opencode-ai/plugin"

/** Installs that OpenCode makes, and waits for, before a session's first answer. */
export const installs: Check = {
  name: "installs",
  async look({ directory, env, canConnect }) {
    const global = globalConfigDirectory(env)
    const due = configFolders(directory, env).filter(
      (folder) => (folder === global || existsSync(folder)) && !isInstalled(folder),
    )
    if (due.length === 0) return [ok("OpenCode has nothing to install at its next start")]
    if (isSet(env["npm_config_offline"]))
      return [ok("npm is offline by choice: installs of OpenCode fail at once")]
    const registry = registryOf(env)
    const proxy = proxyFor(registry, env)
    const { host, port } = portOf(proxy ?? registry)
    const where = due.join(", ")
    return (await canConnect(host, port))
      ? [
          ok(
            `OpenCode installs ${dependency} at its next start (${where}); ${registry.host} answers`,
          ),
        ]
      : [
          fault(
            `OpenCode is to install ${dependency} in ${where}, and ${proxy ? `the proxy ${proxy.host}` : registry.host} does not answer: its start waits up to 80 s for that.`,
            "Start it once with a network, correct the registry in ~/.npmrc, or set npm_config_offline=true.",
          ),
        ]
  },
}

/** As OpenCode 1.18.33 judges it: there is a folder, and the lock knows the dependency. */
const isInstalled = (folder: string) => {
  if (!existsSync(join(folder, "node_modules"))) return false
  return (readOptional(join(folder, "package-lock.json")) ?? "").includes(`"${dependency}"`)
}

const registryOf = (env: Env) => {
  const inFile = /^\s*registry\s*=\s*(\S+)/m.exec(
    readOptional(join(userHome(env), ".npmrc")) ?? "",
  )?.[1]
  const said = env["npm_config_registry"] || env["NPM_CONFIG_REGISTRY"] || inFile
  return said && URL.canParse(said) ? new URL(said) : new URL("https://registry.npmjs.org/")
}

const proxyFor = ({ protocol, hostname }: URL, env: Env) => {
  const exceptions = proxyExceptions.flatMap((name) => (env[name] ?? "").split(/[\s,]+/))
  if (exceptions.some((each) => each === "*" || (each && hostname.endsWith(each)))) return undefined
  const name = `${protocol.slice(0, -1)}_proxy`
  const value = env[name] || env[name.toUpperCase()]
  return value && URL.canParse(value) ? new URL(value) : undefined
}

const portOf = ({ hostname, port, protocol }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, ""),
  port: Number(port || (protocol === "http:" ? 80 : 443)),
})

export const proxies: Check = {
  name: "proxies",
  async look({ env, canConnect }) {
    if (!hasProxy(env)) return [ok("no proxy is set")]
    const set = Object.entries(env).filter(
      (entry): entry is [string, string] =>
        /^(https?|all)_proxy$/i.test(entry[0]) && Boolean(entry[1]),
    )
    const found: Finding[] = []
    for (const [name, value] of set) {
      if (!/^\w+:\/\//.test(value) || !URL.canParse(value)) {
        found.push(
          fault(`${name} is no address.`, `Write it as in ${name}=http://proxy.example:3128`),
        )
        continue
      }
      const url = new URL(value)
      const { host, port } = portOf(url)
      // A password may stand in it, so only its host is shown.
      if (!(await canConnect(host, port)))
        found.push(
          fault(
            `The proxy of ${name}, ${url.host}, does not answer.`,
            `Start it, or unset ${name}: models are reached through it.`,
          ),
        )
    }
    const exceptions = proxyExceptions.map((name) => env[name] ?? "").join(",")
    if (!/localhost|127\.0\.0\.1|^\*$|,\*,?/.test(exceptions))
      found.push(
        warning(
          "NO_PROXY does not name loopback, so programs that speak to OpenCode's server may go to the proxy. Hosts of fleets are safe from that.",
          "Set NO_PROXY=localhost,127.0.0.1",
        ),
      )
    return found.length > 0 ? found : [ok("proxies answer, and loopback is excepted")]
  },
}
