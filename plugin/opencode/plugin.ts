import type { Hooks, Plugin } from "@opencode-ai/plugin"
import {
  approvalToolsFor,
  boardToolsFor,
  isToolName,
  isWork,
  reservationToolsFor,
  toolsFor,
  treeToolsFor,
} from "../tools/registry.ts"
import { slimForMember, slimSchema } from "../tools/define/slim-schema.ts"
import type { Rights } from "../mesh/model/caller.ts"
import { onceNewer } from "../mesh/ledger/newer-schema.ts"
import { MeshError } from "../mesh/model/errors.ts"
import { withRights } from "./process/rights.ts"
import { recordLoaded } from "../system/upkeep/loaded-copies.ts"
import { meshHome } from "../system/mesh-home.ts"
import { commitAuthorIn } from "../system/worktrees/commit-author.ts"
import { whyOff } from "../system/machine.ts"
import { endsWithTurn } from "./ends-with-turn.ts"
import { fleetCommand } from "./fleet-command.ts"
import { type HostExtras, extrasBytes } from "./host-extras.ts"
import { configureHost, type HostSettings } from "./host-runner.ts"
import { createLog } from "../system/log.ts"
import { childEnvironment, environmentNames as names } from "../system/mesh-environment.ts"
import { type InstanceDeps, openInstance } from "./instance.ts"
import { notice } from "./notice.ts"
import { offHere } from "./off-here.ts"
import { eventOf } from "./api/events.ts"
import { appendText, isPersons, messageOf, replaceTexts, showTools } from "./api/messages.ts"
import { createSessions } from "./api/sessions.ts"
import { filesOf, shellTool } from "./api/tool-files.ts"
import { shared } from "./shared.ts"

/** The plugin of one OpenCode instance: a lead, or a runner when this process is a host of ours. */
export const createPlugin =
  (pluginFile: string, platform = process.platform): Plugin =>
  async (input, options = {}) => {
    const state = shared()
    state.served = true
    tellLoaded(pluginFile, input.directory)
    // Another copy of this plugin: OpenCode gives all plugins of one instance the same client.
    if (state.loaded.has(input.client)) return {}
    state.loaded.add(input.client)
    const { directory } = input
    const sessions = createSessions(input.client)
    const off = whyOff(platform)
    if (off !== undefined) {
      notice(sessions, off)
      return offHere(off)
    }
    const env = { ...process.env }
    const home = meshHome(env)
    const log = onceNewer(createLog(home, Date.now), (error) => notice(sessions, error))
    try {
      return await bindHooks({ directory, sessions, options, env, home, log, pluginFile, state })
    } catch (error) {
      log(error)
      notice(sessions, error)
      return {}
    }
  }

/** For `meshfleet doctor`: which copy it was that OpenCode has loaded. */
const tellLoaded = (file: string, directory: string) => {
  const env = { ...process.env }
  if (env[names.host]) return
  try {
    recordLoaded(meshHome(env), { file, directory })
  } catch {
    // Whoever cannot write there is told so by the ledger.
  }
}

const bindHooks = async (deps: InstanceDeps): Promise<Hooks> => {
  const { directory, sessions, env, home, log } = deps
  const instance = await openInstance(deps)
  const { config, specialists, extras, meshProcess, runner, lead, edits, registered } = instance
  const { shellRuns } = instance
  const role = runner ? "member" : "lead"
  const slim = runner ? slimForMember : slimSchema
  const boardTools = boardToolsFor(role)
  const treeTools = treeToolsFor(role, config.tools)
  const approvalTools = approvalToolsFor(role, config.tools)
  const occasional = [...boardTools, ...treeTools, ...approvalTools]

  const commitAuthor = commitAuthorIn(home)

  const guard =
    <Args extends unknown[]>(hook: (...args: Args) => Promise<void>) =>
    async (...args: Args) => {
      try {
        await hook(...args)
      } catch (error) {
        log(error)
      }
    }

  const onPrompt = guard<Parameters<NonNullable<Hooks["chat.message"]>>>(
    async ({ sessionID }, { message, parts }) => {
      instance.tellProblems()
      if (!lead || !(await meshProcess.lazyLedger.isOpenSoon())) return
      // News of a fleet must not change back what the person has just chosen.
      meshProcess.callers.remember(sessionID, profileOf(message.agent, message.model))
      await lead.onPrompt(sessionID, isPersons(parts))
      // An OpenCode that an agent starts has its task; what was left behind is for people.
      const text = meshProcess.callers.isInsideAgent() ? undefined : await lead.brief(sessionID)
      if (text) appendText(parts, { sessionID, messageID: message.id }, text)
    },
  )

  /** What is refused here is not stored either: OpenCode fails the prompt with these words. */
  const refusePrompt = async (sessionId: string) => {
    const { callers, lazyLedger } = meshProcess
    try {
      if (runner) return
      if (callers.isInsideAgent()) await lazyLedger.ready()
      else if (!(await lazyLedger.isOpenSoon())) return
      await callers.refusePrompt(sessionId)
    } catch (error) {
      log(error)
      if (error instanceof MeshError && error.code === "NOT_ALLOWED") throw error
    }
  }

  const agentOf = async (sessionId: string) =>
    runner?.agentOfSession(sessionId) ?? (await runner?.ancestorAgent(sessionId))

  const onCall = guard(async (call: ToolCall, args: unknown) => {
    await runner?.stopIfLost()
    if (isWork(call.tool)) meshProcess.exchanges.acted(call.sessionID)
    const agentId = call.tool === shellTool ? await agentOf(call.sessionID) : undefined
    if (agentId) {
      shellRuns?.begin(call.callID, agentId)
      edits?.beforeShell(call)
    }
    await edits?.before(call, filesOf(call.tool, args))
  })

  return {
    tool: Object.fromEntries(
      [
        ...toolsFor(role, config.tools),
        ...occasional,
        ...reservationToolsFor(role, config.file_reservations),
      ].map((name) => [
        name,
        {
          description: meshProcess.tools[name].description,
          args: meshProcess.tools[name].args,
          async execute(args: unknown, context: ToolContext) {
            await meshProcess.lazyLedger.ready()
            // What the request that led to this call showed counts as seen.
            await meshProcess.courier.settle()
            const caller = await meshProcess.callers.resolve(
              context.sessionID,
              context.directory || directory,
              context.agent,
            )
            const ask: Rights["ask"] = async (permission, patterns, metadata) =>
              context.ask({
                permission,
                patterns: [...patterns],
                always: [...patterns],
                metadata: { ...metadata },
              })
            const bounded = await withRights(sessions, name, caller, ask)
            return meshProcess.tools[name].run(args, bounded, {
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
        definition.jsonSchema = slim(definition.jsonSchema)
    }),

    config: guard(async (settings) => {
      if (runner) return configureHost(settings as HostSettings, config, specialists, registered)
      extras.bytes = extrasBytes(settings as HostExtras, config)
      settings.command = { fleet: fleetCommand(endsWithTurn()), ...settings.command }
    }),

    event: guard(async ({ event }) => {
      const told = eventOf(event)
      if (!told) return
      if (runner) await runner.onEvent(told)
      else if (meshProcess.lazyLedger.isOpen()) await lead!.onEvent(told)
    }),

    "chat.message": async (prompt, output) => {
      await refusePrompt(prompt.sessionID)
      await onPrompt(prompt, output)
    },

    "chat.params": guard(async ({ sessionID, agent, model, message }) => {
      // Titles and summaries are asked for by agents of OpenCode's own.
      if (message.agent !== agent) return
      const { providerID, id: modelID } = model
      meshProcess.callers.remember(sessionID, profileOf(agent, { providerID, modelID }))
      if (meshProcess.lazyLedger.isOpen()) await lead?.onRequest(sessionID, agent)
    }),

    "experimental.chat.system.transform": guard(async ({ sessionID }, output) => {
      if (!sessionID || !meshProcess.lazyLedger.isOpen()) return
      const text = runner ? runner.systemText(sessionID) : await lead!.systemText(sessionID)
      if (text) output.system.push(text)
    }),

    "experimental.chat.messages.transform": guard(async (_, { messages }) => {
      // Whatever fails below, nobody pays for a board or for worktrees that are not there.
      showTools(messages, occasional, false)
      if (!meshProcess.lazyLedger.isOpen()) return
      await runner?.stopIfLost()
      const sessionId = messages.at(-1)?.info.sessionID
      if (!sessionId) return
      const agentId = runner?.agentOfSession(sessionId)
      if (runner && agentId) {
        if (await runner.hasBoard()) showTools(messages, boardTools, true)
        if (await runner.mayApprove(agentId)) showTools(messages, approvalTools, true)
      }
      if (lead) {
        const { hasBoard, hasTrees } = await lead.leads(sessionId)
        if (hasBoard) showTools(messages, boardTools, true)
        if (hasTrees) showTools(messages, treeTools, true)
      }
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

    "tool.execute.before": async (call, { args }) => {
      await onCall(call, args)
      await edits?.refuse(call, filesOf(call.tool, args))
    },

    "tool.execute.after": guard(async (call, output) => {
      shellRuns?.end(call.callID)
      await edits?.after(call, output)
    }),

    "shell.env": guard(async ({ sessionID, cwd }, output) => {
      if (!runner) {
        if (sessionID) output.env[names.session] = sessionID
        return
      }
      const agentId = sessionID ? await agentOf(sessionID) : undefined
      Object.assign(
        output.env,
        childEnvironment(home, { id: agentId ?? "", fleetId: env[names.fleet] ?? "" }, process.env),
        agentId && (await commitAuthor(agentId, cwd)),
      )
    }),

    dispose: guard(() => instance.close()),
  }
}

const profileOf = (agent: string, model: { providerID: string; modelID: string }) => ({
  agent,
  model: `${model.providerID}/${model.modelID}`,
})

interface ToolCall {
  tool: string
  sessionID: string
  callID: string
}

interface ToolContext {
  sessionID: string
  agent: string
  directory: string
  abort: AbortSignal
  metadata(input: { title?: string; metadata?: Record<string, unknown> }): void
  ask(input: {
    permission: string
    patterns: string[]
    always: string[]
    metadata: Record<string, unknown>
  }): Promise<void>
}
