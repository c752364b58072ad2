import { basename } from "node:path"
import type { Hooks, Plugin, PluginInput } from "@opencode-ai/plugin"
import type { Config } from "../mesh/config.ts"
import { MeshError } from "../mesh/errors.ts"
import { hostById } from "../mesh/ledger/hosts.ts"
import { createCatalog } from "../mesh/specialists/catalog.ts"
import { hashNonce } from "../mesh/text.ts"
import { isToolName, toolsFor } from "../tools/registry.ts"
import { slimSchema } from "../tools/slim-schema.ts"
import { agentFolders } from "./agent-folders.ts"
import { bundledAgents, bundledQuestions } from "./bundled.ts"
import { meshHome, readConfig } from "./config-files.ts"
import { fleetCommand } from "./fleet-command.ts"
import { createHostStarter } from "./host-starter.ts"
import { createLead, type Lead } from "./lead.ts"
import { createLog } from "./log.ts"
import {
  childEnvironment,
  environmentNames as names,
  offlineInstall,
  offlineInstallBefore,
} from "./mesh-environment.ts"
import { createNode, type Node } from "./node.ts"
import { endProcesses, markedProcesses, ownProcess } from "./processes.ts"
import { projectOf } from "./project.ts"
import { createRanker } from "./ranker.ts"
import { createRoster } from "./roster.ts"
import { createRunner, type Runner } from "./runner.ts"
import { createSessions, type StoredMessage } from "./sessions.ts"

/** What the copies of this plugin in one process share, so that twice loaded is as good as once. */
interface Shared {
  directories: Set<string>
  node?: Node
  runner?: Runner
  starting?: Promise<Runner>
  instances: number
  noticed: boolean
}

const shared = (): Shared => {
  const globals = globalThis as unknown as Record<symbol, Shared | undefined>
  return (globals[Symbol.for("meshfleet")] ??= { directories: new Set(), instances: 0, noticed: false })
}

/** The plugin of one OpenCode instance: a lead, or a runner when this process is a host of ours. */
export const createPlugin =
  (pluginFile: string): Plugin =>
  async (input, options = {}) => {
    const state = shared()
    if (state.directories.has(input.directory)) return {}
    state.directories.add(input.directory)
    state.instances++
    const env = { ...process.env }
    const home = meshHome(env)
    const log = createLog(home, Date.now)
    try {
      return await assemble({ input, options, env, home, log, pluginFile, state })
    } catch (error) {
      log(error)
      notice(input, state, error)
      return {}
    }
  }

interface Assembly {
  input: PluginInput
  options: Record<string, unknown>
  env: Record<string, string | undefined>
  home: string
  log: (error: unknown) => void
  pluginFile: string
  state: Shared
}

const assemble = async ({ input, options, env, home, log, pluginFile, state }: Assembly): Promise<Hooks> => {
  const { config, problems } = readConfig(input.directory, options, env)
  for (const { path, problem } of problems) log(`configuration: ${path}: ${problem}`)
  const sessions = createSessions(input.client)
  const roll = createCatalog({ bundled: bundledAgents(), folders: agentFolders(input.directory, config, env) })
  const node = (state.node ??= createNode({
    home,
    config,
    sessions,
    roster: createRoster({ sessions, roll, directory: input.directory }),
    roll,
    ranker: createRanker({ roll, questions: bundledQuestions(), config: config.routing, home, env }),
    hosts: createHostStarter({ home, pluginFile, options, startMs: config.host_start_ms, env }),
    opencode: config.opencode ?? opencodeBinary(env),
    isInsideAgent: Boolean(env[names.agent]),
    onError: log,
  }))

  const guard =
    <Args extends unknown[]>(hook: (...args: Args) => Promise<void>) =>
    async (...args: Args) => {
      try {
        await hook(...args)
      } catch (error) {
        log(error)
      }
    }

  const runner = await runnerOf({ state, node, config, sessions, env, home, log })
  const role = runner ? "member" : "lead"
  const lead = runner ? undefined : leadOf({ node, config, sessions, input, log, state })
  const registered = runner ? specialistsOf(node, env) : []

  return {
    tool: Object.fromEntries(
      toolsFor(role, config.tools).map((name) => [
        name,
        {
          description: node.tools[name].description,
          args: node.tools[name].args,
          async execute(args: unknown, context: ToolContext) {
            await node.late.ready()
            const caller = await node.callers.resolve(context.sessionID, context.directory || input.directory, context.agent)
            return node.tools[name].run(args, caller, {
              signal: context.abort,
              progress: (title, metadata) => context.metadata({ title, metadata }),
            })
          },
        },
      ]),
    ),

    "tool.definition": guard(async ({ toolID }, output) => {
      const definition = output as { jsonSchema?: unknown }
      if (isToolName(toolID) && definition.jsonSchema) definition.jsonSchema = slimSchema(definition.jsonSchema)
    }),

    config: guard(async (settings) => {
      if (runner) {
        settings.agent = { ...settings.agent }
        for (const name of registered) {
          const specialist = roll.find(name)
          if (specialist) settings.agent[name] = structuredClone(specialist.config) as never
        }
        return
      }
      settings.command = { fleet: fleetCommand, ...settings.command }
    }),

    event: guard(async ({ event }) => {
      const known = event as unknown as { type: string; properties: Record<string, unknown> }
      if (runner) await runner.onEvent(event)
      else if (node.late.isOpen()) await lead!.onEvent(known)
    }),

    "chat.message": guard(async ({ sessionID }) => {
      if (lead && node.late.isOpen()) await lead.onPrompt(sessionID)
    }),

    "chat.params": guard(async ({ sessionID, agent, model, message }) => {
      // Titles and summaries are asked for by agents of OpenCode's own.
      if (message.agent !== agent) return
      node.callers.remember(sessionID, { agent, model: `${model.providerID}/${model.id}` })
    }),

    "experimental.chat.system.transform": guard(async ({ sessionID }, output) => {
      if (!sessionID || !node.late.isOpen()) return
      const text = runner ? runner.systemText(sessionID) : lead!.systemText(sessionID)
      if (text) output.system.push(text)
    }),

    "experimental.chat.messages.transform": guard(async (_, { messages }) => {
      if (!node.late.isOpen()) return
      const sessionId = messages.at(-1)?.info.sessionID
      if (!sessionId) return
      const agentId = runner?.agentOfSession(sessionId)
      const recipients = runner ? (agentId ? [agentId] : []) : lead!.recipientsOf(sessionId)
      if (recipients.length > 0) node.courier.observe(messages as StoredMessage[], recipients)
    }),

    "experimental.session.compacting": guard(async ({ sessionID }, output) => {
      if (!node.late.isOpen()) return
      const text = lead?.systemText(sessionID)
      if (text) output.context.push(text)
    }),

    "shell.env": guard(async ({ sessionID }, output) => {
      if (!runner) return
      const agentId =
        (sessionID && (runner.agentOfSession(sessionID) ?? (await runner.ancestorAgent(sessionID)))) || undefined
      Object.assign(
        output.env,
        childEnvironment(home, { id: agentId ?? "", fleetId: env[names.fleet] ?? "" }, {
          ...env,
          // What the host got from us is not what its user had.
          OPENCODE_SERVER_PASSWORD: "",
          OPENCODE_SERVER_USERNAME: "",
          OPENCODE_CONFIG_CONTENT: "",
          [names.nonce]: "",
          [names.host]: "",
          [names.role]: "",
        }),
      )
    }),

    dispose: async () => {
      if (!state.directories.delete(input.directory)) return
      lead?.close()
      state.instances--
      if (state.instances > 0 || runner) return
      delete state.node
      await node.close().catch(log)
    },
  }
}

interface ToolContext {
  sessionID: string
  agent: string
  directory: string
  abort: AbortSignal
  metadata(input: { title?: string; metadata?: Record<string, unknown> }): void
}

/**
 * This process is a host only if the ledger says so: its nonce is that of the host's row, and the
 * row has no other pid. Anything else with those variables is an ordinary OpenCode.
 */
const runnerOf = async ({
  state,
  node,
  config,
  sessions,
  env,
  home,
  log,
}: Omit<Assembly, "input" | "options" | "pluginFile"> & {
  node: Node
  config: Config
  sessions: ReturnType<typeof createSessions>
}): Promise<Runner | undefined> => {
  if (state.runner || state.starting) return state.runner ?? state.starting
  const hostId = env[names.host]
  const nonce = env[names.nonce]
  if (!hostId || !nonce) return undefined
  await node.late.ready()
  const self = ownProcess()
  const host = await node.ledger.transact((db) => {
    db.run(
      `UPDATE hosts SET pid = ?, process_start = ?
       WHERE id = ? AND nonce_hash = ? AND (pid IS NULL OR pid = ?) AND status = 'starting'`,
      self.pid,
      self.process_start,
      hostId,
      hashNonce(nonce),
      self.pid,
    )
    return hostById(db, hostId)
  })
  if (!host || host.nonce_hash !== hashNonce(nonce) || host.pid !== self.pid) return undefined
  restoreEnvironment(env)
  const runner = createRunner({
    host,
    self,
    ledger: node.ledger,
    changes: node.changes,
    sessions,
    courier: node.courier,
    now: node.now,
    newId: node.newId,
    random: Math.random,
    config,
    endChildren: (agentId) => endProcesses(() => markedProcesses([`${names.agent}=${agentId}`]), 1000),
    async endProcess(agentIds) {
      await node.supervisor.close()
      const marks = [`${names.host}=${host.id}`, ...agentIds.map((id) => `${names.agent}=${id}`)]
      await endProcesses(() => markedProcesses(marks), 1000)
      process.exit(0)
    },
    onError: log,
  })
  state.runner = runner
  const supervise = () => void node.supervisor.supervise(host.fleet_id)
  setInterval(supervise, 2000).unref?.()
  // The instance has to be complete before its own client can be called.
  setTimeout(() => void runner.ready().catch(log), 0)
  void home
  return runner
}

/** npm was told to stay offline for OpenCode's own start; what agents run must not inherit that. */
const restoreEnvironment = (env: Record<string, string | undefined>) => {
  const before = env[offlineInstallBefore]
  if (before) process.env[offlineInstall] = before
  else delete process.env[offlineInstall]
  delete process.env[offlineInstallBefore]
}

const leadOf = ({
  node,
  config,
  sessions,
  input,
  log,
  state,
}: {
  node: Node
  config: Config
  sessions: ReturnType<typeof createSessions>
  input: PluginInput
  log: (error: unknown) => void
  state: Shared
}): Lead => {
  const lead = createLead({
    ledger: node.ledger,
    changes: node.changes,
    sessions,
    callers: node.callers,
    courier: node.courier,
    results: node.results,
    supervisor: node.supervisor,
    now: node.now,
    newId: node.newId,
    config,
    directory: input.directory,
    project: projectOf(input.directory),
    onError: log,
  })
  // OpenCode's start does not wait for the ledger.
  setTimeout(() => {
    node.late.ready().then(lead.superviseAll, (error: unknown) => {
      log(error)
      notice(input, state, error)
    })
  }, 50).unref?.()
  return lead
}

const specialistsOf = (node: Node, env: Record<string, string | undefined>): string[] => {
  const host = node.ledger.read((db) => hostById(db, env[names.host] ?? ""))
  return host ? (JSON.parse(host.specialists) as string[]) : []
}

/** OpenCode itself, when we run inside it; a plain Bun or Node is not what a host is made of. */
const opencodeBinary = (env: Record<string, string | undefined>) =>
  /^(bun|node)/.test(basename(process.execPath)) ? (env["MESHFLEET_OPENCODE"] ?? "opencode") : process.execPath

/** One clear notice per process, in the place where the user looks. */
const notice = (input: PluginInput, state: Shared, error: unknown) => {
  if (state.noticed) return
  state.noticed = true
  const text = error instanceof MeshError ? `${error.detail} ${error.next}` : `Meshfleet is off: ${error instanceof Error ? error.message : String(error)}`
  setTimeout(() => {
    createSessions(input.client)
      .toast(text.slice(0, 400), "warning")
      .catch(() => undefined)
  }, 500).unref?.()
}
