import { expect, test } from "bun:test"
import { tellingTools } from "../../demo/tell-tools.ts"
import { contextOf } from "../../scripted-model/turn.ts"
import type { ChatMessage, Turn } from "../../scripted-model/types.ts"

const play = async (turns: Turn[], results: string[]) => {
  const told: unknown[] = []
  const steps = tellingTools({ maker: turns }, (agent, { type, data }) =>
    told.push([agent, type, ...Object.values(data)]),
  )["maker"]!
  for (const [index, step] of steps.entries()) {
    const messages = results.slice(0, index).flatMap((content, at): ChatMessage[] => {
      const call = { id: `c${at}`, type: "function", function: { name: "bash", arguments: "{}" } }
      return [
        { role: "assistant", tool_calls: [call] },
        { role: "tool", content, tool_call_id: `c${at}` },
      ]
    })
    const context = contextOf({ model: "m1", messages }, { agent: "maker", headers: {}, index })
    expect(await (step as (each: typeof context) => Promise<Turn>)(context)).toEqual(turns[index]!)
  }
  return told
}

test("a call is told when it is made, its shell's last line with the next turn", async () => {
  const run = { toolCalls: [{ name: "bash", args: { command: "ls", description: "Look" } }] }
  expect(await play([run, { text: "Done." }], ["a\n  b\n"])).toEqual([
    ["maker", "agent.tool", "bash", "Look"],
    ["maker", "agent.result", "b"],
  ])
})

test("what the ledger tells by itself is not told twice", async () => {
  const send = { toolCalls: [{ name: "send_message", args: { to_agent_id: "lead" } }] }
  expect(await play([send], [])).toEqual([])
})
