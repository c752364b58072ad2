import { errorText } from "../../plugin/mesh/model/errors.ts"
import { isEnded } from "../../plugin/mesh/model/agent.ts"
import type { AgentRow } from "../../plugin/mesh/ledger/tables/rows.ts"
import type { Step } from "../../scripted-model/types.ts"
import { createArena, type Played } from "../arena.ts"

/** Steps of the agent that has no trouble, before the other's begins and as many while it lasts. */
const steadySteps = 6
/** What else goes on may do as much to so short a time; a disturbed agent would wait a minute. */
const slack = { factor: 2, ms: 2000 }
/** OpenCode's own tries take more than a minute before an attempt of ours has failed. */
const attempts = 1
const patienceMs = 180_000

interface Trouble {
  script: Step[]
  status: "complete" | "failed"
  /** In the cause when it failed, else in the output. */
  says: RegExp
  /** A stream without a word is given up after this. */
  silenceMs?: number
}

const shell = (command: string): Step => ({
  toolCalls: [{ name: "bash", args: { command, description: "Work" } }],
})

export const troubles = {
  "provider-429": {
    // OpenCode tries five times more, after 2, 4, 8, 16 and 30 s unless it is told when.
    script: [() => ({ error: { status: 429, headers: { "retry-after": "2" } } })],
    status: "failed",
    says: /429/,
  },
  "provider-silent": {
    script: [() => ({ hang: true })],
    status: "failed",
    says: /timed? ?out/i,
    silenceMs: 4000,
  },
  "stream-cut": {
    script: [() => ({ text: "An answer that breaks off.", cutAfterChars: 9 })],
    status: "failed",
    says: /connection reset/i,
  },
  "prints-50-mb": {
    script: [shell("yes 'a line of some length' | head -c 50000000"), { text: "Printed it." }],
    status: "complete",
    says: /^Printed it\.$/,
  },
  "background-server": {
    script: [
      shell(
        `${process.execPath} -e 'Bun.serve({ port: 0, fetch: () => new Response("up") })' >/dev/null 2>&1 & echo up`,
      ),
      { text: "It serves." },
    ],
    status: "complete",
    says: /^It serves\.$/,
  },
} satisfies Record<string, Trouble>

/**
 * One agent meets its trouble and ends as described; another in the same process works as fast
 * meanwhile as it did before.
 */
export const playTrouble = async (
  { script, status, says, silenceMs }: Trouble,
  log: (line: string) => void,
): Promise<Played> => {
  const begun = Promise.withResolvers<void>()
  const [first, ...rest] = script as [Step, ...Step[]]
  const arena = await createArena({
    ...(silenceMs && {
      config: { provider: { fake: { options: { chunkTimeout: silenceMs } } } },
    }),
    settings: { attempts, linger_ms: 1000 },
    agents: {
      lead: [
        {
          toolCalls: [
            {
              name: "spawn_fleet",
              args: {
                isolation: "shared",
                agents: ["steady", "troubled"].map((name) => ({ name, role: name, prompt: "Go." })),
              },
            },
          ],
        },
        ({ toolResults, lastToolResult }) =>
          lastToolResult.complete
            ? { text: "Read." }
            : {
                toolCalls: [
                  {
                    name: "collect_results",
                    args: { fleet_id: (toolResults[0]!.output as any).fleet_id, wait_seconds: 60 },
                  },
                ],
              },
      ],
      steady: [
        ...Array.from({ length: 2 * steadySteps }, (_, at) => shell(`sleep 0.2; echo ${at}`)),
        { text: "Steady." },
      ],
      troubled: [
        async (context) => {
          await begun.promise
          return typeof first === "function" ? first(context) : first
        },
        ...rest,
      ],
    },
  })
  const { world } = arena
  const violations: string[] = []
  const expect = (holds: boolean, otherwise: string) => void (holds || violations.push(otherwise))
  const steadyAt = async (step: number) =>
    (
      await world.model.waitFor(
        (request) => request.agent === "steady" && !request.isTitle && request.step === step,
        { timeoutMs: 120_000 },
      )
    ).at
  try {
    const lead = arena.open("lead")
    const startedAt = await steadyAt(0)
    const troubledAt = await steadyAt(steadySteps)
    begun.resolve()
    const doneAt = await steadyAt(2 * steadySteps)
    const [aloneMs, besideMs] = [troubledAt - startedAt, doneAt - troubledAt]
    const agent = await world.until(
      "the end of the troubled agent",
      async (own) =>
        (
          await own.read((db) => db.all<AgentRow>("SELECT * FROM agents WHERE name = 'troubled'"))
        ).find((each) => isEnded(each.status)),
      patienceMs,
    )
    const tookMs = Math.round((agent.ended_at ?? 0) - troubledAt)
    const told = agent.status === "failed" ? agent.error_detail : agent.output
    log(
      `it is ${agent.status} after ${tookMs} ms and ${agent.attempts} attempts: ${told}; the other agent took ${Math.round(aloneMs)} ms before and ${Math.round(besideMs)} ms meanwhile`,
    )
    expect(agent.status === status, `it is ${agent.status}: ${told}`)
    expect(says.test(told ?? ""), `its end says: ${told}`)
    expect(
      besideMs <= aloneMs * slack.factor + slack.ms,
      `the other agent took ${besideMs} ms beside it and ${aloneMs} ms alone`,
    )
    await world.untilAgent("steady", "complete")
    await lead.ended
  } catch (error) {
    begun.resolve()
    violations.push(errorText(error))
  }
  return { world, strikes: arena.strikes, ends: arena.ends, violations, endedAt: Date.now() }
}
