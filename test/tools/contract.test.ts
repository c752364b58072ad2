import { auditLedger } from "../../plugin/mesh/audit/audit.ts"
import { afterAll, expect, test } from "bun:test"
import * as fc from "fast-check"
import { agentsOfFleet } from "../../plugin/mesh/ledger/tables/agents.ts"
import { fleetById } from "../../plugin/mesh/ledger/tables/fleets.ts"
import { advance, deliveriesOf, messageById } from "../../plugin/mesh/ledger/tables/messages.ts"
import { claimSession } from "../../plugin/mesh/ledger/tables/sessions.ts"
import { endAgent } from "../../plugin/mesh/lifecycle/outcome.ts"
import { MeshError } from "../../plugin/mesh/model/errors.ts"
import { createWork } from "../../plugin/mesh/work.ts"
import { createTools } from "../../plugin/tools/registry.ts"
import { createMesh } from "../mesh/support/mesh.ts"
import { effort, holdsAsync, patience } from "../support/properties.ts"
import {
  argsOf,
  createPicks,
  leads,
  person,
  pickCaller,
  proposalOf,
  spoil,
  type Step,
  step,
} from "./contract/calls.ts"
import { voteAsPerson } from "./contract/council-rules.ts"
import { rules } from "./contract/rules.ts"
import { wrongIn } from "./contract/work-rules.ts"
import { createWorld, Refusal, refuse, type World } from "./contract/world.ts"

const limits = { fleetsAtOnce: 4, agentsPerFleet: 5 }

/** The tools over a ledger in memory. Hosts there are none: what runs, and ends, the story says. */
const createStage = async () => {
  const mesh = await createMesh({
    fleets_at_once: limits.fleetsAtOnce,
    agents_per_fleet: limits.agentsPerFleet,
    host_start_ms: 1,
    stop_patience_ms: 1,
  })
  const work = createWork({
    ledger: mesh.ledger,
    ranker: {
      rank: async (_, { agents }, feedback) => ({
        matches: agents.map(({ kind, id, role, skills, load, available }) => ({
          ...{ kind, id, role, score: 1, weight: 1, confidence: 1, fits: true },
          reason: JSON.stringify([skills, load, available, shownOutcomes(feedback(id))]),
        })),
      }),
    },
    specialists: {
      search: () => ({ total: 0, agents: [] }),
      find: () => undefined,
      near: () => [],
      problems: () => [],
    },
  })
  const tools = createTools({ ...mesh, work, audit: () => mesh.ledger.read(auditLedger) })
  const pids = new Map(Object.keys(leads).map((id, at) => [id, 100 + at]))
  for (const [id, project] of Object.entries(leads))
    await mesh.ledger.transact((tx) =>
      claimSession(tx, {
        id,
        project: `/${project}/.git`,
        agent_id: null,
        pid: pids.get(id)!,
        process_start: "1",
        updated_at: tx.at,
      }),
    )
  return { mesh, tools, pids }
}

const shownOutcomes = ({ successes, failures }: { successes: number; failures: number }) => ({
  successes,
  failures,
})

type Stage = Awaited<ReturnType<typeof createStage>>

type Check = (answer: Record<string, any>) => void

/** What a call says is what the model of the contract says. */
const compare = async (said: string, expected: () => Check, act: () => Promise<object>) => {
  const wanted = (() => {
    try {
      return expected()
    } catch (error) {
      if (error instanceof Refusal) return error.code
      throw error
    }
  })()
  try {
    const answer = await act()
    if (typeof wanted === "string")
      throw new Error(`${said} was to fail: ${wanted}; ${JSON.stringify(answer)}`)
    try {
      wanted(answer)
    } catch (error) {
      throw new Error(`${said}: ${JSON.stringify(answer)}`, { cause: error })
    }
  } catch (error) {
    if (!(error instanceof MeshError)) throw error
    if (error.code !== wanted)
      throw new Error(`${said}: ${error.message}; expected ${String(wanted)}`, { cause: error })
  }
}

const call = async ({ mesh, tools }: Stage, world: World, each: Step) => {
  const picks = createPicks(each.seed)
  const caller = pickCaller(world, each.tool, picks)
  const known = Object.keys(tools[each.tool].args)
  const right = () => argsOf(world, each.tool, caller, picks)
  const spoilt = each.kind === "spoiled" ? spoil(each.tool, known, right(), picks) : undefined
  const args =
    each.kind === "garbage"
      ? { ...Object.fromEntries(known.map((key) => [key, each.junk])), no: 1 }
      : (spoilt ?? right())
  const isWrong = each.kind === "garbage" || spoilt !== undefined
  const signal = new AbortController().signal
  await compare(
    `${each.tool} ${JSON.stringify(args).slice(0, 400)} by ${JSON.stringify(caller)}`,
    () =>
      isWrong ? refuse("INVALID_ARGUMENT") : rules[each.tool](world, caller, args, mesh.now()),
    async () =>
      JSON.parse(
        (await tools[each.tool].run(args, caller, { signal, progress: () => undefined })).output,
      ) as object,
  )
  for (const mail of world.mail)
    if (mail.seq === 0) mail.seq = (await mesh.ledger.read((db) => messageById(db, mail.id)))!.seq
}

/** In a terminal, where a person's vote is cast. */
const letPersonVote = async ({ mesh }: Stage, world: World, { seed }: Step) => {
  const picks = createPicks(seed)
  const message_id = proposalOf(world, picks)
  const vote = { approve: picks.of([true, false]), note: picks.some(["mine"]) }
  await compare(
    `vote of the person ${message_id} ${JSON.stringify(vote)}`,
    () => voteAsPerson(world, person, { message_id, ...vote }, mesh.now()),
    () => mesh.ratifications.voteAsPerson(person, message_id, vote),
  )
}

/** What happens without a call: agents run, are given their mail, and end, the process of a lead goes and comes back. */
const happen = async ({ mesh, pids }: Stage, world: World, { kind, seed }: Step) => {
  const { of } = createPicks(seed)
  if (kind === "leave" || kind === "return") {
    const lead = of(Object.keys(leads))
    if (kind === "leave") world.gone.add(lead)
    else world.gone.delete(lead)
    if (kind === "leave") mesh.dead.add(pids.get(lead)!)
    else mesh.dead.delete(pids.get(lead)!)
    return
  }
  const agents = world.allAgents()
  if (agents.length === 0) return
  const agent = of(agents)
  if (kind === "run") {
    if (agent.status !== "queued" || agent.waits) return
    agent.status = "running"
    return void (await mesh.ledger.transact((tx) =>
      tx.run("UPDATE agents SET status = 'running' WHERE id = ?", agent.id),
    ))
  }
  if (kind === "deliver") {
    if (agent.status !== "running") return
    const mail = world.deliveriesTo(agent.id).filter((each) => each.delivery.state === "accepted")
    await mesh.ledger.transact(async (tx) => {
      for (const {
        mail: { seq },
      } of mail)
        expect(await advance(tx, { recipient: agent.id, seq }, "injected")).toBe(true)
    })
    for (const { delivery } of mail) Object.assign(delivery, { state: "injected", injected: true })
    return
  }
  await mesh.ledger.transact(async (tx) => {
    const row = (await agentsOfFleet(tx, agent.fleet.id)).find(({ id }) => id === agent.id)!
    const failure = { code: "SESSION_ERROR", detail: "as the story says" } as const
    await endAgent(
      tx,
      row,
      kind === "fail" ? { status: "failed", failure } : { status: "complete", output: "done" },
    )
  })
  world.end(
    agent,
    mesh.now(),
    kind === "fail"
      ? { status: "failed", error: { code: "SESSION_ERROR", detail: "as the story says" } }
      : { status: "complete", output: "done" },
  )
}

/** Every write is there: fleets with their leads and deadlines, agents, and each message's way. */
const holdsAll = ({ mesh }: Stage, world: World) =>
  mesh.ledger.read(async (db) => {
    for (const fleet of world.fleets) {
      const { lead_session, status, timeout_at } = (await fleetById(db, fleet.id))!
      expect([lead_session, status, timeout_at]).toEqual([
        fleet.lead,
        fleet.status,
        fleet.timeoutAt,
      ])
      const agents = await agentsOfFleet(db, fleet.id)
      expect(agents.map(({ id, name, status }) => [id, name, status])).toEqual(
        fleet.agents.map(({ id, name, status }) => [id, name, status]),
      )
    }
    for (const mail of world.mail)
      expect(
        (await deliveriesOf(db, mail.seq)).map(({ recipient, state }) => [recipient, state]),
      ).toEqual(
        mail.deliveries
          .map(({ recipient, state }) => [recipient, state])
          .toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
      )
  })

// Of 37 steps 34 are calls: 19,000 operations in all, some 8 s of CPU time.
const steps = 220
let operations = 0
// A run of its own tells what it did: on a busy machine its time may be over before.
if (effort !== 1) afterAll(() => console.log(`${operations} operations compared`))

test(
  "what tools answer is what the contract says, whoever calls what in which order",
  async () => {
    await holdsAsync(
      fc.asyncProperty(fc.array(step, { minLength: steps, maxLength: steps }), async (story) => {
        const stage = await createStage()
        try {
          const world = createWorld(limits)
          for (const each of story) {
            stage.mesh.clock.advance(1)
            if (each.kind === "call" || each.kind === "garbage" || each.kind === "spoiled")
              await call(stage, world, each)
            else if (each.kind === "person-votes") await letPersonVote(stage, world, each)
            else await happen(stage, world, each)
            operations++
          }
          await holdsAll(stage, world)
          const { findings } = await stage.mesh.ledger.read(auditLedger)
          expect(wrongIn(findings)).toEqual([])
          expect(stage.mesh.errors).toEqual([])
        } finally {
          await stage.mesh.end()
        }
      }),
      85,
    )
  },
  patience,
)
