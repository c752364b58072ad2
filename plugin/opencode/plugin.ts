import { basename } from "node:path"
import type { Hooks, Plugin, PluginInput } from "@opencode-ai/plugin"
import { isToolName, toolsFor } from "../tools/registry.ts"
import { slimSchema } from "../tools/define/slim-schema.ts"
import { readConfig } from "../system/config-files.ts"
import { meshHome } from "../system/mesh-home.ts"
import { fleetCommand } from "./fleet-command.ts"
import { type HostExtras, extrasBytes } from "./host-extras.ts"
import {
  configureHost,
  editWatchOf,
  type HostSettings,
  runnerOf,
  specialistsOf,
} from "./host-runner.ts"
import { createLog } from "../system/log.ts"
import { childEnvironment, environmentNames as names } from "../system/mesh-environment.ts"
import { createSessionProcess } from "./process/session-process.ts"
import { leadOf } from "./lead-runner.ts"
import { processParts } from "./process-parts.ts"
import { notice } from "./notice.ts"
import { createDraftChecks } from "./process/draft-checks.ts"
import { eventOf } from "./api/events.ts"
import { appendText, messageOf, replaceTexts } from "./api/messages.ts"
import { createSessions } from "./api/sessions.ts"
import { filesOf } from "./api/tool-files.ts"
import { type Shared, shared } from "./shared.ts"

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
      notice(createSessions(input.client), state, error)
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

const assemble = async ({
  input,
  options,
  env,
  home,
  log,
  pluginFile,
  state,
}: Assembly): Promise<Hooks> => {
  const { config, problems } = readConfig(input.directory, options, env)
  for (const { path, problem } of problems) log(`configuration: ${path}: ${problem}`)
  const sessions = createSessions(input.client)
  const { directory } = input
  const parts = processParts({ directory, home, config, env, pluginFile, options })
  const { specialists } = parts
  let extras = 0
  const meshProcess = (state.meshProcess ??= createSessionProcess({
    ...parts,
    sessions,
    draftChecks: createDraftChecks({ sessions, specialists, directory }),
    opencode: config.opencode ?? opencodeBinary(env),
    isInsideAgent: Boolean(env[names.agent]),
    extrasBytes: () => extras,
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

  const runner = await runnerOf({ state, meshProcess, config, sessions, env, home, log })
  const role = runner ? "member" : "lead"
  const lead = runner ? undefined : leadOf({ meshProcess, config, sessions, directory, log, state })
  const edits = runner && editWatchOf({ meshProcess, runner, directory, log })
  const registered = runner ? await specialistsOf(meshProcess, env) : []

  return {
    tool: Object.fromEntries(
      toolsFor(role, config.tools).map((name) => [
        name,
        {
          description: meshProcess.tools[name].description,
          args: meshProcess.tools[name].args,
          async execute(args: unknown, context: ToolContext) {
            await meshProcess.lazyLedger.ready()
            const caller = await meshProcess.callers.resolve(
              context.sessionID,
              context.directory || directory,
              context.agent,
            )
            return meshProcess.tools[name].run(args, caller, {
              signal: context.abort,
              progress: (title, metadata) => context.metadata({ title, metadata }),
            })
          },
        },
      ]),
    ),

    "tool.definition": guard(async ({ toolID }, output) => {
      const definition = output as { jsonSchema?: unknown }
      if (isToolName(toolID) && definition.jsonSchema)
        definition.jsonSchema = slimSchema(definition.jsonSchema)
    }),

    config: guard(async (settings) => {
      if (runner) return configureHost(settings as HostSettings, config, specialists, registered)
      extras = extrasBytes(settings as HostExtras, config)
      settings.command = { fleet: fleetCommand, ...settings.command }
    }),

    event: guard(async ({ event }) => {
      const told = eventOf(event)
      if (!told) return
      if (runner) await runner.onEvent(told)
      else if (meshProcess.lazyLedger.isOpen()) await lead!.onEvent(told)
    }),

    "chat.message": guard(async ({ sessionID }, { message, parts }) => {
      if (!lead || !(await meshProcess.lazyLedger.isOpenSoon())) return
      await lead.onPrompt(sessionID)
      // An OpenCode that an agent starts has its task; what was left behind is for people.
      const text = env[names.agent] ? undefined : await lead.brief(sessionID)
      if (text) appendText(parts, { sessionID, messageID: message.id }, text)
    }),

    "chat.params": guard(async ({ sessionID, agent, model, message }) => {
      // Titles and summaries are asked for by agents of OpenCode's own.
      if (message.agent !== agent) return
      meshProcess.callers.remember(sessionID, { agent, model: `${model.providerID}/${model.id}` })
    }),

    "experimental.chat.system.transform": guard(async ({ sessionID }, output) => {
      if (!sessionID || !meshProcess.lazyLedger.isOpen()) return
      const text = runner ? runner.systemText(sessionID) : await lead!.systemText(sessionID)
      if (text) output.system.push(text)
    }),

    "experimental.chat.messages.transform": guard(async (_, { messages }) => {
      if (!meshProcess.lazyLedger.isOpen()) return
      await runner?.stopIfLost()
      const sessionId = messages.at(-1)?.info.sessionID
      if (!sessionId) return
      const agentId = runner?.agentOfSession(sessionId)
      const recipients = runner ? (agentId ? [agentId] : []) : await lead!.recipientsOf(sessionId)
      if (recipients.length > 0)
        replaceTexts(
          messages,
          await meshProcess.courier.observe(messages.map(messageOf), recipients),
        )
    }),

    "experimental.session.compacting": guard(async ({ sessionID }, output) => {
      if (!meshProcess.lazyLedger.isOpen()) return
      const text = await lead?.systemText(sessionID)
      if (text) output.context.push(text)
    }),

    "tool.execute.before": guard(async (call, { args }) => {
      await runner?.stopIfLost()
      await edits?.before(call, filesOf(call.tool, args))
    }),

    "tool.execute.after": guard(async (call, output) => edits?.after(call, output)),

    "shell.env": guard(async ({ sessionID }, output) => {
      if (!runner) {
        if (sessionID) output.env[names.session] = sessionID
        return
      }
      const agentId =
        (sessionID &&
          (runner.agentOfSession(sessionID) ?? (await runner.ancestorAgent(sessionID)))) ||
        undefined
      Object.assign(
        output.env,
        childEnvironment(
          home,
          { id: agentId ?? "", fleetId: env[names.fleet] ?? "" },
          env[names.ledger],
        ),
      )
    }),

    dispose: async () => {
      if (!state.directories.delete(directory)) return
      lead?.close()
      state.instances--
      if (state.instances > 0 || runner) return
      delete state.meshProcess
      await meshProcess.close().catch(log)
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

/** OpenCode itself, when we run inside it; a plain Bun or Node is not what a host is made of. */
const opencodeBinary = (env: Record<string, string | undefined>) =>
  /^(bun|node)/.test(basename(process.execPath))
    ? (env["MESHFLEET_OPENCODE"] ?? "opencode")
    : process.execPath
