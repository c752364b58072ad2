import { rmSync } from "node:fs"
import { join } from "node:path"
import { isToolName } from "../plugin/tools/registry.ts"
import { textOf } from "../scripted-model/turn.ts"
import type { RecordedRequest } from "../scripted-model/types.ts"
import { createWorld, type World } from "../test/e2e/support/world.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"

/** What every request of a session pays for us, in bytes. */
export const promptBytes: Measurement = {
  name: "prompt",
  title: "Added prompt bytes",
  async run(): Promise<Findings> {
    const world = await createWorld({
      agents: {
        lead: [
          {
            toolCalls: [
              {
                name: "spawn_fleet",
                args: { agents: [{ name: "member", role: "Member", prompt: "Say hello." }] },
              },
            ],
          },
          ({ lastToolResult }) => ({
            toolCalls: [
              {
                name: "collect_results",
                args: { fleet_id: lastToolResult.fleet_id, wait_seconds: 120 },
              },
            ],
          }),
          { text: "Collected." },
        ],
        member: [{ text: "Hello." }],
        everything: [{ text: "Hello." }],
        bare: [{ text: "Hello." }],
      },
    })
    try {
      return await measure(world)
    } finally {
      await world.end()
    }
  },
}

const measure = async (world: World): Promise<Findings> => {
  await world.run("Spawn one agent.").ended
  await world.run("Say hello.", "everything", { MESHFLEET_TOOLS: "all" }).ended
  rmSync(join(world.project, ".opencode/plugin"), { recursive: true })
  await world.run("Say hello.", "bare").ended

  const request = (agent: string, step = 0) => {
    const found = world.model.requests.find(
      (each) => each.agent === agent && each.step === step && !each.isTitle,
    )
    if (!found) throw new Error(`no request of "${agent}", step ${step}\n${world.logs()}`)
    return found
  }
  const bare = request("bare")
  const lead = request("lead")
  const leading = request("lead", 2)
  const member = request("member")
  const everything = request("everything")
  if (toolBytes(bare) !== 0) throw new Error("a run without the plugin has our tools")
  const alone = systemBytes(lead) - systemBytes(bare)
  const withFleet = systemBytes(leading) - systemBytes(lead)
  return {
    method:
      "Bytes in the requests that reach the model: the JSON of our tools' definitions, and the growth of the system text against the same request without us. A fleet's share is that of one fleet.",
    tables: [
      {
        head: ["request of", "our tools", "tool bytes", "system text bytes"],
        rows: [
          ["lead without a fleet", toolCount(lead), toolBytes(lead), alone],
          ["lead with a fleet", toolCount(leading), toolBytes(leading), alone + withFleet],
          [
            "lead, tools: all",
            toolCount(everything),
            toolBytes(everything),
            systemBytes(everything) - systemBytes(bare),
          ],
          ["member", toolCount(member), toolBytes(member), systemBytes(member) - systemBytes(bare)],
        ],
      },
    ],
    targets: [
      atMost("tools of a lead (core)", toolBytes(lead), 6500, "bytes"),
      atMost("tools of a lead (all)", toolBytes(everything), 13_000, "bytes"),
      atMost("tools of a member", toolBytes(member), 5000, "bytes"),
      atMost("system text of a lead with a fleet", withFleet + alone, 600, "bytes"),
      atMost("system text of a lead without one", alone, 0, "bytes"),
    ],
  }
}

const ourTools = ({ body }: RecordedRequest) =>
  (body.tools ?? []).filter((tool) => isToolName(tool.function.name))

const toolCount = (request: RecordedRequest) => ourTools(request).length

const toolBytes = (request: RecordedRequest) =>
  ourTools(request).reduce((sum, tool) => sum + Buffer.byteLength(JSON.stringify(tool)), 0)

const systemBytes = ({ body }: RecordedRequest) =>
  body.messages
    .filter((message) => message.role === "system")
    .reduce((sum, message) => sum + Buffer.byteLength(textOf(message)), 0)
