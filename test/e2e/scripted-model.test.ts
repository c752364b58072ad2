import { expect, test } from "bun:test"
import { providerConfig } from "../../scripted-model/provider-config.ts"
import { startScriptedModel } from "../../scripted-model/server.ts"
import { createScratch, runOpencode } from "../support/run-opencode.ts"

// A first start takes some 5 s on a quiet machine; other tests may be running beside this one.
const startMs = 60_000

test(
  "the real OpenCode calls a scripted tool, reads its result and prints the answer",
  async () => {
    const model = await startScriptedModel({
      agents: {
        lead: [
          {
            reasoning: "A shell will know.",
            toolCalls: [
              { name: "bash", args: { command: "echo from-the-shell", description: "Say it" } },
            ],
            chunkSize: 7,
          },
          ({ lastToolResult, lastUser }) => ({ text: `${lastUser} ${String(lastToolResult)}` }),
        ],
      },
    })
    const scratch = await createScratch(providerConfig(model.url))
    try {
      const run = await runOpencode(["run", "Ask"], scratch, startMs)
      expect(run).toMatchObject({ code: 0 })
      expect(run.stdout).toContain("Ask from-the-shell")

      const steps = model.requests.filter(({ isTitle }) => !isTitle)
      expect(steps.map(({ agent, step, error }) => ({ agent, step, error }))).toEqual([
        { agent: "lead", step: 0, error: undefined },
        { agent: "lead", step: 1, error: undefined },
      ])
      expect(steps.map(({ aborted }) => aborted)).toEqual([false, false])
      expect(steps[0]?.body.model).toBe("m1")
      expect(steps[0]?.body.tools?.map((tool) => tool.function.name)).toContain("bash")
      const result = steps[1]?.body.messages.find(({ role }) => role === "tool")
      expect(result?.content).toContain("from-the-shell")
      expect(model.requests.filter(({ isTitle }) => isTitle)).toHaveLength(1)
    } finally {
      await model.close()
    }
    scratch.remove()
  },
  startMs + 5_000,
)
