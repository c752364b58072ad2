import { expect, test } from "bun:test"
import { cpSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { bundle, createWorld, type WorldOptions } from "../support/world.ts"

const root = join(import.meta.dir, "../../..")

const agents: NonNullable<WorldOptions["agents"]> = {
  lead: [
    {
      toolCalls: [
        {
          name: "spawn_fleet",
          args: {
            agents: [{ name: "worker", role: "Worker", prompt: "Work.", agent: "code-reviewer" }],
          },
        },
      ],
    },
    ({ lastToolResult: { fleet_id } }) => ({
      toolCalls: [{ name: "collect_results", args: { fleet_id, wait_seconds: 60 } }],
    }),
    ({ lastToolResult }) => ({ text: `The worker said: ${lastToolResult.results[0].output}` }),
  ],
  worker: [
    {
      toolCalls: [
        {
          name: "send_message",
          args: { to_agent_id: "lead", type: "result", payload: "FOUND-IT" },
        },
      ],
    },
    { text: "All good." },
  ],
}

const runStory = async (options: WorldOptions) => {
  const world = await createWorld({ agents, settings: { linger_ms: 500 }, ...options })
  try {
    const run = world.run("Run one agent.")
    expect(await run.ended).toBe(0)
    expect(run.output()).toContain("The worker said: All good.")
    const requests = world.model.requests.filter(({ isTitle }) => !isTitle)
    for (const { body } of requests) {
      const names = body.tools!.map((tool) => tool.function.name)
      expect(names).toEqual([...new Set(names)])
      expect(names).toContain("send_message")
      expect(
        JSON.stringify(body.messages).split("result from worker").length - 1,
      ).toBeLessThanOrEqual(1)
    }
    const types = (await world.events()).map(({ type }) => type)
    const count = (type: string) => types.filter((each) => each === type).length
    expect(
      ["fleet.created", "host.starting", "agent.running", "message.sent", "message.injected"].map(
        count,
      ),
    ).toEqual([1, 1, 1, 1, 1])
    expect(await world.untilGone(20_000)).toEqual([])
  } finally {
    await world.end()
  }
}

test("the plugin in the project, a copy beside it and the config's list behave as one", async () => {
  await runStory({
    install: (folder) => {
      cpSync(bundle, join(folder, "meshfleet.js"))
      cpSync(bundle, join(folder, "copy.js"))
    },
    config: { plugin: ["./.opencode/plugin/meshfleet.js"] },
  })
})

test("a link to a checkout's plugin works as the bundle does", async () => {
  await runStory({
    install: (folder) =>
      symlinkSync(join(root, "plugin/meshfleet.ts"), join(folder, "meshfleet.ts")),
  })
})
