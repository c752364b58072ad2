import { hostById } from "../../plugin/mesh/ledger/tables/hosts.ts"
import { limitExtras } from "../../plugin/opencode/host-extras.ts"
import { parseConfig } from "../../plugin/mesh/model/config.ts"
import { createHostWorld, type HostWorld } from "../opencode/support/host-world.ts"
import type { Case } from "./case.ts"

/** A host with one agent at work. */
const inHost = async <T>(
  settings: Record<string, unknown>,
  act: (world: HostWorld) => Promise<T>,
) => {
  const world = await createHostWorld(["a1"], settings)
  try {
    await world.give("a1")
    await world.sessions.prompted(1)
    return await act(world)
  } finally {
    await world.end()
  }
}

const sameCalls = async (world: HostWorld, count: number) => {
  for (let time = 1; time <= count; time++)
    await world.event("message.part.updated", {
      part: {
        sessionID: "ses_1",
        type: "tool",
        callID: String(time),
        tool: "bash",
        state: { status: "running", input: { command: "ls" } },
      },
    })
}

const rest = (settings: Record<string, unknown>, retryAfterMs?: number) =>
  inHost(settings, async (world) => {
    const error = {
      name: "APIError",
      message: "slow down (HTTP 429)",
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    }
    await world.answer("ses_1", "", { error })
    return (await world.events("provider.limited"))[0]?.["rest_ms"]
  })

const extras = (settings: Record<string, unknown>) => {
  const { config } = parseConfig([{ from: "test", values: settings }])
  const opencode = { mcp: { files: { type: "local" as const, enabled: true } }, lsp: true }
  limitExtras(opencode, config)
  return opencode
}

export const hostCases = {
  loop_calls: {
    values: [2, 4],
    becomes: [1, 0],
    seen: (settings) =>
      inHost(settings, async (world) => {
        await sameCalls(world, 3)
        return (await world.events("agent.looping")).length
      }),
  },
  on_loop: {
    values: ["cancel", "report"],
    becomes: ["LOOPING", null],
    seen: (settings) =>
      inHost({ ...settings, loop_calls: 2 }, async (world) => {
        await sameCalls(world, 2)
        return (await world.agent("a1")).stop_code
      }),
  },
  cool_down_ms: { values: [1000, 5000], becomes: [1000, 5000], seen: (settings) => rest(settings) },
  longest_rest_ms: {
    values: [2000, 60_000],
    becomes: [2000, 60_000],
    seen: (settings) => rest(settings, 3_600_000),
  },
  linger_ms: {
    values: [500, 5000],
    becomes: ["ended", "ready"],
    seen: (settings) =>
      inHost(settings, async (world) => {
        await world.answer("ses_1", "done")
        await world.runner.look()
        world.clock.advance(1000)
        await world.runner.look()
        // Without an end under way this is at once.
        const row = () => world.ledger.read((db) => hostById(db, "hst_1"))
        if (settings["linger_ms"] === 500) await world.hostEnded
        return (await row())!.status
      }),
  },
  batch_ms: {
    values: [0, 60_000],
    becomes: [3, 2],
    // The first of two messages enters at once, the second within the window.
    seen: (settings) =>
      inHost(settings, async (world) => {
        await world.send("a1", "first")
        await world.sessions.prompted(2)
        const { message_id } = await world.send("a1", "second")
        await world.runner.look()
        if (settings["batch_ms"] === 0) await world.sessions.prompted(3)
        else if ((await world.deliveries(message_id))[0]?.state !== "accepted") return "too early"
        return world.sessions.prompts.length
      }),
  },
  seen_deadline_ms: {
    values: [500, 600_000],
    becomes: [3, 2],
    // A message that no model has seen for two seconds, at the next heartbeat.
    seen: (settings) =>
      inHost({ ...settings, heartbeat_ms: 100 }, async (world) => {
        const { message_id } = await world.send("a1", "?")
        await world.sessions.prompted(2)
        await world.until(
          "injected",
          async () => (await world.deliveries(message_id))[0]?.state === "injected",
        )
        world.sessions.busy.clear()
        world.clock.advance(2000)
        if (settings["seen_deadline_ms"] === 500) await world.sessions.prompted(3)
        const beat = async () => (await world.ledger.read((db) => hostById(db, "hst_1")))!.beat_at
        for (let times = 0; times < 2; times++) {
          world.clock.advance(10)
          const now = world.now()
          await world.until("a beat", async () => (await beat()) === now)
        }
        return world.sessions.prompts.length
      }),
  },
  question_deadline_ms: {
    values: [1000, 90_000],
    becomes: [1000, 90_000],
    seen: (settings) =>
      inHost(settings, async (world) => {
        await world.event("permission.asked", {
          id: "per_1",
          sessionID: "ses_1",
          permission: "bash",
          patterns: ["git push"],
          always: ["git push *"],
        })
        await world.until("asked", async () => (await world.events("question.asked")).length > 0)
        return (await world.events("question.asked"))[0]?.["deadline_ms"]
      }),
  },
  host_mcp: {
    values: ["inherit", "none"],
    becomes: [true, false],
    seen: (settings) => extras(settings).mcp.files.enabled,
  },
  host_lsp: { values: ["inherit", "none"], becomes: [true, false], seen: (s) => extras(s).lsp },
} satisfies Record<string, Case>
