import { errorText } from "../../mesh/model/errors.ts"
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs"
import { randomBytes } from "node:crypto"
import { createPatience } from "../../mesh/ledger/patience.ts"
import type { Config } from "../../mesh/model/config.ts"
import type { Hosts } from "../../mesh/supervision/hosts.ts"
import { fetchDirectly } from "../../system/fetch-directly.ts"
import { ledgerPlace } from "../../system/ledger-store.ts"
import {
  configFolder,
  environmentNames as names,
  hostEnvironment,
  offlineInstall,
  userEnvironment,
} from "../../system/mesh-environment.ts"
import { pathsIn } from "../../system/mesh-home.ts"
import { readOptional } from "../../system/optional-files.ts"
import { lineageOf } from "../../system/offspring/lineage.ts"
import { processesOf } from "../../system/offspring/offspring.ts"
import { endProcesses, isAlive, killNow, processStart } from "../../system/processes.ts"
import { withoutProxyFor } from "../../system/proxies.ts"
import { treeConfigFor } from "../../system/worktree-config.ts"
import { clearStartMark, guarded, setStartMark } from "./start-guard.ts"
import { freePort } from "./free-port.ts"

export interface HostStarterDeps {
  home: string
  /** This plugin's own file, which the host loads as runner. */
  pluginFile: string
  /** The plugin options of the lead, which its hosts share. */
  options: Record<string, unknown>
  config: Pick<Config, "host_start_ms" | "ledger">
  /** What a process has to end by itself once it was asked to. */
  endGraceMs?: number
  env: Record<string, string | undefined>
}

const probeMs = 1000

/**
 * Hosts are detached `opencode serve` processes on loopback, with our plugin inside.
 *
 * They use the user's own config folders as they are. OpenCode would wait for an install of
 * `@opencode-ai/plugin` in every folder that lacks it (25 s online, 80 s and more offline); with npm
 * told to stay offline that install ends at once, and nothing is written into the user's folders.
 */
export const createHostStarter = ({
  home,
  pluginFile,
  options,
  config,
  endGraceMs = 2000,
  env,
}: HostStarterDeps): Hosts => ({
  async start(host, fleet, onPid) {
    // Loaded when a host is started: most sessions never start one.
    const { execa } = await import("execa")
    const password = randomBytes(24).toString("base64url")
    const port = await freePort()
    const log = openLog(home, host.id)
    const treeConfig = treeConfigFor(home, host.directory)
    const mark = pathsIn(home).startMark(host.id)
    setStartMark(mark)
    const serve = ["serve", "--hostname", "127.0.0.1", "--port", String(port)]
    const { file, args } = guarded(
      { file: fleet.opencode, args: serve },
      { starter: process.pid, mark, lineage: lineageOf(host.id) },
    )
    const child = execa(file, args, {
      cwd: host.directory,
      detached: true,
      cleanup: false,
      reject: false,
      buffer: false,
      extendEnv: false,
      // A file rather than a pipe: the host outlives us. execa takes descriptors, its types do not.
      stdio: ["ignore", log.fd, log.fd] as never,
      env: hostEnvironment(env, {
        ...withoutProxyFor(port, userEnvironment(env)),
        ...(env["BUN_BE_BUN"] !== undefined && { BUN_BE_BUN: "" }),
        PWD: host.directory,
        OPENCODE_SERVER_PASSWORD: password,
        OPENCODE_SERVER_USERNAME: "opencode",
        OPENCODE_CONFIG_CONTENT: hostConfig(env["OPENCODE_CONFIG_CONTENT"], pluginFile, options),
        OPENCODE_DISABLE_AUTOUPDATE: "1",
        [offlineInstall]: "true",
        ...(treeConfig !== undefined && { [configFolder]: treeConfig }),
        [names.home]: home,
        // Its password, if it has one, must be in no argument and no log.
        [names.ledger]: ledgerPlace(home, config.ledger),
        [names.role]: "host",
        [names.fleet]: fleet.id,
        [names.host]: host.id,
        [names.nonce]: host.nonce,
      }),
    })
    closeSync(log.fd)
    let ended: string | undefined
    void child.then(
      (result) => void (ended = result.shortMessage ?? `it ended with code ${result.exitCode}`),
      (error: unknown) => void (ended = errorText(error)),
    )
    child.unref()
    if (child.pid === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error(`cannot start ${fleet.opencode}: ${ended ?? "no such program"}`)
    }
    await onPid({ pid: child.pid, process_start: processStart(child.pid) ?? "gone" })
    const patience = createPatience(config.host_start_ms)
    const url = `http://127.0.0.1:${port}/session?directory=${encodeURIComponent(host.directory)}&limit=1`
    const authorization = `Basic ${Buffer.from(`opencode:${password}`).toString("base64")}`
    // The first request that arrives before the server is quite up is never answered, hence the
    // short probes; the one that is answered has loaded the plugin.
    while (!patience.isOver()) {
      if (ended !== undefined) throw new Error(`${ended}${tail(log.path)}`)
      if (await answers(url, authorization)) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`no answer within ${config.host_start_ms} ms${tail(log.path)}`)
  },

  async end(host, agentIds, how) {
    clearStartMark(pathsIn(home).startMark(host.id))
    const known =
      host.pid !== null && host.process_start !== null
        ? { pid: host.pid, process_start: host.process_start }
        : undefined
    if (how === "lost" && known && isAlive(known)) killNow(known.pid)
    await endProcesses(
      () => [
        ...new Set([
          ...(known && isAlive(known) ? [known.pid] : []),
          ...processesOf({ hostId: host.id, agentIds }),
        ]),
      ],
      how === "firmly" ? 0 : endGraceMs,
    )
  },
})

/** The config content the lead was started with, and our plugin. */
const hostConfig = (
  inherited: string | undefined,
  pluginFile: string,
  options: Record<string, unknown>,
) => {
  const config = parseObject(inherited)
  const plugins = Array.isArray(config["plugin"]) ? (config["plugin"] as unknown[]) : []
  const others = plugins.filter((each) => (Array.isArray(each) ? each[0] : each) !== pluginFile)
  return JSON.stringify({ ...config, plugin: [...others, [pluginFile, options]] })
}

const parseObject = (text: string | undefined): Record<string, unknown> => {
  try {
    return text ? (JSON.parse(text) as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const answers = async (url: string, authorization: string) => {
  try {
    const signal = AbortSignal.timeout(probeMs)
    // Each request has the host's password: none may go to a proxy.
    return (await fetchDirectly(new Request(url, { headers: { authorization }, signal }))).ok
  } catch {
    return false
  }
}

const openLog = (home: string, hostId: string) => {
  const { logs, hostLog } = pathsIn(home)
  mkdirSync(logs, { recursive: true, mode: 0o700 })
  const path = hostLog(hostId)
  const fd = openSync(path, "a", 0o600)
  chmodSync(path, 0o600)
  return { path, fd }
}

const tail = (path: string) => {
  const text = readOptional(path)?.trim().slice(-800)
  return text ? `; it said: ${text}` : ""
}
