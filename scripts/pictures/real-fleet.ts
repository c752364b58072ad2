import { setTimeout as sleep } from "node:timers/promises"
import type { Puppet } from "../../test/e2e/support/puppet.ts"
import { tuiFiles } from "../../test/e2e/support/tui-files.ts"
import { allowUnattended, createWorld, type World } from "../../test/e2e/support/world.ts"

const parser = `export const parse = (line) => {
  const [key, value] = line.split("=")
  return { key, value }
}
`
const parserTest = `import { expect, test } from "bun:test"
import { parse } from "../lib/parse.mjs"

test("a pair", () => expect(parse("a=b")).toEqual({ key: "a", value: "b" }))
`

/** The real OpenCode with the panel, in a small project. Its model is scripted, and all else is real. */
export const createStage = () =>
  createWorld({
    settings: { isolation: "shared", linger_ms: 500 },
    makeHome: allowUnattended,
    config: { permission: { bash: { "*": "allow", "git tag *": "ask" } } },
    files: {
      ...tuiFiles(),
      "lib/parse.mjs": parser,
      "test/parse.test.mjs": parserTest,
    },
  })

/** What a model takes to think of its next step, in a picture that nobody wants to wait for. */
const thinkingMs = 1200

/** Three agents mend a parser: the lead's session is one that a person has begun. */
export const actOut = (world: World) => {
  const [lead, mapper, maker, reviewer] = ["lead", "mapper", "maker", "reviewer"].map((name) =>
    world.member(name),
  ) as [Puppet, Puppet, Puppet, Puppet]
  const think = () => sleep(thinkingMs)
  const bash = async (agent: Puppet, command: string, description: string) => {
    await think()
    return agent.call("bash", { command, description })
  }
  const write = async (agent: Puppet, to: string, type: string, payload: string) => {
    await think()
    await agent.call("send_message", { to_agent_id: to, type, payload })
  }

  return {
    /** The fleet is there. */
    async begin() {
      await lead.request()
      await think()
      await lead.call("spawn_fleet", {
        name: "parser",
        agents: [
          { name: "mapper", role: "Code Mapper", prompt: "Find who calls the parser." },
          { name: "maker", role: "Engineer", prompt: "Let values contain an equals sign." },
          { name: "reviewer", role: "Reviewer", prompt: "Review what the maker changes." },
        ],
      })
      await lead.says("Three agents are at work. I tell you as soon as they have results.")
    },
    /** They talk, and one of them gets to where a person has to decide. */
    async work() {
      await bash(mapper, "grep -rn parse lib test", "Find the parser's callers")
      await bash(reviewer, "git log --oneline -3", "Look at the history")
      await write(mapper, "maker", "handoff", "One caller: test/parse.test.mjs. Safe to change.")
      await reviewer.says("Ready. I begin when the maker has something to show.")
      await bash(
        maker,
        `sed -i 's/const \\[key, value\\] = line.split("=")/const at = line.indexOf("=")\\n  const key = line.slice(0, at)\\n  const value = line.slice(at + 1)/' lib/parse.mjs`,
        "Split at the first equals sign",
      )
      await mapper.says("lib/parse.mjs has one caller, test/parse.test.mjs.")
      await write(maker, "reviewer", "request_help", "lib/parse.mjs splits at the first = now.")
      await bash(reviewer, "git diff --stat", "Read the change")
      await write(reviewer, "maker", "result", "Right, and a line without = has to be refused.")
      await think()
      const asked = maker.answer({
        toolCalls: [
          {
            name: "bash",
            args: { command: "git tag v1.1.0-rc.1", description: "Tag what is reviewed" },
          },
        ],
      })
      await reviewer.says("Reviewed: one remark, sent to the maker.")
      await asked
    },
    /** The person has answered. */
    async end() {
      await maker.request()
      await think()
      await maker.says("Values may contain an equals sign. Reviewed, tested, tagged v1.1.0-rc.1.")
      await lead.request()
      await think()
      await lead.says("Done: values may contain `=`. The reviewer's remark is open; shall I go on?")
      await think()
    },
  }
}
