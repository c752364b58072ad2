import * as fc from "fast-check"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { messageTypes } from "../../../plugin/mesh/model/message.ts"
import {
  type BoardTool,
  isBoardTool,
  isReservationTool,
  type ReservationTool,
  type ToolName,
  toolNames,
} from "../../../plugin/tools/registry.ts"
import { delegate, member, session } from "../../mesh/support/callers.ts"
import { createPick } from "../../mesh/model/patterns.ts"
import {
  type Agent,
  type Council,
  type Fleet,
  leadInbox,
  personSession,
  type World,
} from "./world.ts"

/** Boards and reservations have stories of their own. */
export type StoryTool = Exclude<ToolName, BoardTool | ReservationTool>

/** What is no call: agents run, are given their mail, and end, the process of a lead goes and comes back. */
type Happening = "run" | "deliver" | "complete" | "fail" | "leave" | "return"

/** One step of a story: what its seed picks from is only known when its turn comes. */
export interface Step {
  kind: Happening | "call" | "garbage" | "spoiled" | "person-votes"
  tool: StoryTool
  seed: number
  /** Of a call that no tool can understand. */
  junk?: unknown
}

const often: readonly StoryTool[] = [
  ...Array.from({ length: 10 }, () => "send_message" as const),
  ...Array.from({ length: 6 }, () => "get_inbox" as const),
  ...Array.from({ length: 4 }, () => "ack_message" as const),
  ...Array.from({ length: 3 }, () => "spawn_fleet" as const),
  ...Array.from({ length: 4 }, () => "open_ratification" as const),
  ...Array.from({ length: 6 }, () => "cast_vote" as const),
  ...Array.from({ length: 3 }, () => "receipt" as const),
  ...toolNames.filter((name): name is StoryTool => !isBoardTool(name) && !isReservationTool(name)),
]

const kinds = ["run", "deliver", "complete", "complete", "fail", "leave", "return"] as const
const tool = fc.constantFrom(...often)

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({ kind: fc.constant("call" as const), tool, seed: fc.nat() }),
  },
  ...(["spoiled", "person-votes"] as const).map((kind) => ({
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant(kind), tool, seed: fc.nat() }),
  })),
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom(...kinds), tool, seed: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("garbage" as const),
      tool,
      seed: fc.nat(),
      junk: fc.jsonValue({ maxDepth: 2 }),
    }),
  },
)

/** Each with its project. */
export const leads = {
  ses_lead: "shop",
  ses_two: "shop",
  ses_far: "far",
  ses_far_two: "far",
} as const

const inProject = (name: string) => ({ project: `/${name}/.git`, directory: `/${name}` })

const lead = (id: keyof typeof leads) => session(id, inProject(leads[id]))

/** In a terminal. */
export const person = session(personSession, { human: true })

const texts = ["look", "Grüße", "日本語 🚀", "a\nb\t\u001b[31m", " ", "constructor", "null", "{}"]

export const createPicks = (seed: number) => {
  const of = createPick(seed)
  return {
    of,
    some: <T>(from: readonly T[]) => (of([true, false]) ? undefined : of(from)),
    /** Once in so many times. */
    rarely: <T>(value: T, times: number) =>
      of(Array.from({ length: times }, (_, at) => at)) === 0 ? value : undefined,
    text: () => of(texts),
  }
}

export type Picks = ReturnType<typeof createPicks>

const memberOf = ({ id, name, fleet }: Agent): Caller => ({
  ...member({ id, name, fleet_id: fleet.id }),
  ...inProject(fleet.project.split("/")[1]!),
})

/** Who it is in a fleet: its lead, the person, or an agent. */
const callerIn = (fleet: Fleet, id: string): Caller => {
  if (id === "human") return person
  const agent = fleet.agents.find((each) => each.id === id)
  if (agent) return memberOf(agent)
  return fleet.lead === personSession ? person : lead(fleet.lead as keyof typeof leads)
}

/** Somebody whose call of this tool can be right. */
const meantCaller = (world: World, tool: StoryTool, picks: Picks): Caller | undefined => {
  const last = <T>(all: readonly T[], count: number) =>
    all.length > 0 ? picks.of(all.slice(-count)) : undefined
  switch (tool) {
    case "cast_vote":
    case "tally_ratification": {
      const council = last(
        world.councils.filter(({ status }) => status === "open"),
        4,
      )
      return council && callerIn(council.mail.fleet, picks.of(council.voters).id)
    }
    case "ack_message":
    case "receipt":
    case "get_receipts":
    case "get_inbox": {
      const mail = last(world.mail, 6)
      return mail && callerIn(mail.fleet, picks.of(mail.deliveries).recipient)
    }
    default: {
      const fleet = last(world.fleets, 5)
      return fleet && callerIn(fleet, "lead")
    }
  }
}

/** Leads of two projects, members whether at work or not, sub-sessions of both, and the person. */
export const pickCaller = (world: World, tool: StoryTool, picks: Picks): Caller => {
  const meant = picks.of([true, false]) ? meantCaller(world, tool, picks) : undefined
  if (meant) return meant
  const agents = world.allAgents()
  const self = agents.length > 0 ? memberOf(picks.of(agents)) : undefined
  const shop = [lead("ses_lead"), lead("ses_lead"), lead("ses_two")]
  return picks.of([
    ...shop,
    ...shop,
    ...(self ? [self, self, self, self, delegate(self)] : []),
    delegate(shop[0]!),
    lead("ses_far"),
    lead("ses_far_two"),
    person,
  ])
}

const roles = ["Mapper", "Writer", "Security Tester", "Mapper"] as const

const draftOf = (picks: Picks): Record<string, any> => ({
  role: picks.of(roles),
  prompt: `do ${picks.text()}`,
  ...optional("name", picks.rarely(picks.of(["ada", "bob", "lead", "human"]), 8)),
  ...optional("model", picks.rarely("no/model", 25)),
  ...optional("agent", picks.rarely("nobody", 25)),
  ...optional("waits", picks.rarely(true, 5)),
  ...optional("skills", picks.some([["reading"], ["reading", "maps"]])),
})

const optional = <T>(key: string, value: T | undefined) =>
  value === undefined ? {} : { [key]: value }

/** Arguments that a model could give: right ones, and such as name what is not there or not its own. */
export const argsOf = (
  world: World,
  tool: StoryTool,
  caller: Caller,
  picks: Picks,
): Record<string, any> => {
  const own = caller.member
    ? world.fleets.filter(({ id }) => id === caller.member!.fleetId)
    : world.ledBy(caller)
  const fleets = [...world.fleets, ...own, ...own, ...own].map(({ id }) => id)
  // Mostly in one fleet, as a call that can be right names them.
  const near = own.length > 0 ? picks.of(own) : undefined
  const names = [
    ...(near?.agents ?? []).flatMap(({ id, name, role }) => [id, name, id, name, role]),
    ...world.allAgents().map(({ id }) => id),
    ...["mapper", "security tester", "build", "lead", "ghost"],
  ]
  const fleet = () =>
    optional(
      "fleet_id",
      picks.of([near?.id, near?.id, undefined, picks.of([...fleets, "flt_none"])]),
    )
  const agent = () =>
    optional("agent_id", picks.of([undefined, caller.member?.agentId, picks.of(names)]))
  const chosen = () =>
    optional(
      "agent_ids",
      picks.some([[picks.of(names)], [picks.of(names), picks.of(names)], [picks.of(names), "*"]]),
    )
  const payload = () => {
    const text = picks.text()
    return (
      picks.rarely("x".repeat(65_537), 25) ??
      picks.rarely("ß🚀 ".repeat(1500), 25) ??
      picks.of([text, { [text]: [text, 1, null, { a: 0.5 }] }])
    )
  }
  const message = () => ({
    to_agent_id: picks.of([...names, ...names, "lead", "lead", "*", "*"]),
    type: picks.of(messageTypes),
    payload: payload(),
    ...fleet(),
    ...optional("from_agent_id", picks.rarely(picks.of(names), 4)),
    ...optional("correlation_id", picks.some(["c1", "c2"])),
    ...optional("wake", picks.some([true, false])),
  })
  const ownAgents = (near?.agents ?? []).map(({ id }) => id)
  const mine = received(world, caller, own).slice(-12)
  const anyMail = () =>
    picks.of([...world.mail.slice(-4).map(({ id }) => id), ...mine, ...mine, "msg_none"])
  const self = caller.human ? "human" : (caller.member?.agentId ?? "lead")
  const anyProposal = () => {
    const votes = world.councils.filter(
      ({ mail, voters }) => own.includes(mail.fleet) && voters.some(({ id }) => id === self),
    )
    const open = votes.filter(({ status }) => status === "open")
    const ids = (councils: readonly Council[], count: number) =>
      councils.slice(-count).map(({ mail }) => mail.id)
    return picks.of([
      ...ids(world.councils, 2),
      ...ids(votes, 3),
      ...ids(open, 4),
      ...ids(open, 4),
      anyMail(),
    ])
  }
  /** One that the caller has a receipt of may get another. */
  const noted = () =>
    world.mail
      .filter(({ receipts }) => receipts.some(({ actor }) => actor === self))
      .slice(-3)
      .map(({ id }) => id)
  switch (tool) {
    case "spawn_fleet":
      return {
        agents: Array.from({ length: picks.of([1, 2, 2, 3, 3, 6]) }, () => draftOf(picks)),
        ...optional("timeout_ms", picks.some([1, 100_000])),
      }
    case "attach_agent": {
      const { skills: _, ...draft } = draftOf(picks)
      return { ...fleet(), ...draft }
    }
    case "list_fleets":
      return {
        ...optional("status", picks.some(["running", "complete", "failed", "cancelled"])),
        ...optional("limit", picks.some([1, 2, 100])),
      }
    case "fleet_status":
      return { ...fleet(), ...optional("wait_seconds", picks.rarely(0, 4)) }
    case "collect_results":
      return { ...fleet(), ...chosen(), ...optional("wait_seconds", picks.rarely(0, 4)) }
    case "stop_agents":
      return {
        ...fleet(),
        ...chosen(),
        ...optional("mode", picks.some(["cancel", "kill", "wrap_up"])),
        ...optional("reason", picks.some(["enough"])),
      }
    case "merge_agents":
      return {
        ...fleet(),
        ...chosen(),
        ...optional("squash", picks.some([true, false])),
        ...optional("wait_seconds", picks.rarely(0, 4)),
      }
    case "set_fleet_timeout":
      return { ...fleet(), timeout_ms: picks.of([1, 60_000, 31_536_000_000]) }
    case "send_message":
      return message()
    case "send_messages":
      return { messages: Array.from({ length: picks.of([1, 2, 3]) }, message) }
    case "get_inbox":
      if (picks.rarely(true, 6))
        return { message_id: anyMail(), ...optional("offset", picks.some([1, 4096, 60_000])) }
      return {
        ...agent(),
        ...optional("since", picks.some(world.cursors)),
        ...optional("limit", picks.some([1, 2, 100])),
      }
    case "ack_message":
      return {
        message_id: anyMail(),
        ...agent(),
      }
    case "register_capability":
      return {
        role: picks.of([...roles, "Driver"]),
        skills: picks.of([["reading"], ["driving", "maps"]]),
        ...agent(),
        ...fleet(),
      }
    case "subscribe_inbox":
      return agent()
    case "ping":
    case "get_health":
    case "verify_ledger":
      return {}
    case "route_work":
      return { description: picks.text(), scope: picks.of(["all", "fleet", "roster"]) }
    case "list_agents":
      return {}
    case "record_routing_outcome":
      return { agent_id: picks.of(names), success: picks.of([true, false]) }
    case "receipt":
      return {
        message_id: picks.of([anyMail(), anyMail(), ...noted()]),
        action: picks.of([
          ...["started", "started", "started", "started", "merged", "merged"],
          picks.of(["acked", "r-ack", "r-decline:2"]),
        ]),
        ...optional("note", picks.some(["first", "second"])),
      }
    case "get_receipts":
      return { message_id: anyMail(), ...optional("offset", picks.rarely(picks.of([1, 50]), 4)) }
    case "open_ratification": {
      const voters = () => [
        picks.of(names),
        picks.of([...names, "*"]),
        picks.of([...ownAgents, "human"]),
      ]
      return {
        ...fleet(),
        subject: "Ship it",
        quorum: picks.of([1, 1, 1, 2, 2, 2, 2, 3, 3, 5, 1000]),
        ...optional("voters", picks.rarely(voters(), 3) ?? picks.rarely(["*", "lead", "human"], 3)),
        ...optional(
          "required_signoffs",
          picks.rarely([picks.of([...ownAgents, "lead", "human"])], 4),
        ),
        ...optional(
          "weights",
          picks.rarely({ [picks.of([...ownAgents, "lead"])]: picks.of([2, 1000]) }, 4),
        ),
        // Of the 220 ms that a story takes.
        ...optional(
          "deadline",
          picks.some(
            [60, 120, 180].map((ms) => new Date(Date.UTC(2026, 0, 1, 0, 0, 0, ms)).toISOString()),
          ),
        ),
        ...optional("silence_policy", picks.some(["abstain", "approve"])),
      }
    }
    case "cast_vote":
      return {
        message_id: anyProposal(),
        approve: picks.of([true, true, false]),
        ...optional("note", picks.some(["because"])),
      }
    case "tally_ratification":
      return { message_id: anyProposal() }
    case "sweep_ratifications":
      return {}
    case "save_fleet_template":
      return {
        name: picks.of(["one", "one", "two", "pair"]),
        agents: Array.from({ length: picks.of([1, 2]) }, () => ({
          ...draftOf(picks),
          prompt: picks.of(["Do {{what}}.", "Do it.", "Do \\{{what}}."]),
        })),
      }
    case "list_fleet_templates":
      return optional("name", picks.rarely(picks.of(["one", "pair", "none"]), 3))
    case "spawn_from_template":
      return {
        name: picks.of(["one", "one", "two", "pair", "pair", "none"]),
        ...optional("version", picks.rarely(picks.of([1, 2, 9]), 4)),
        ...optional(
          "variables",
          picks.of([undefined, {}, { what: "it" }, { what: "{{what}}" }, { who: "x" }]),
        ),
      }
  }
}

/** Values that no tool takes for an argument of that name. */
const spoilt: Readonly<Record<string, readonly unknown[]>> = {
  limit: [0, 100_000, 1.5, "many"],
  wait_seconds: [-1, 601],
  timeout_ms: [0, -5, 1.5, 1e15],
  quorum: [0, 10_000_001],
  role: ["", "two\nlines"],
  name: ["", "a/b"],
  mode: ["nicely"],
  type: ["gossip"],
  offset: [-1, 1.5],
  top_n: [0],
  skills: [[""], 7],
  action: ["", "Two Words"],
  subject: ["", "two\nlines"],
  silence_policy: ["decline"],
  approve: ["perhaps"],
  success: [null],
  agents: [[]],
  agent_ids: [[]],
  messages: [[]],
  message_id: [""],
  fleet_id: [""],
  description: [""],
}

/** Arguments of a call that could be right, one of which is not; undefined where none can be wrong. */
export const spoil = (
  tool: StoryTool,
  known: readonly string[],
  args: Record<string, any>,
  picks: Picks,
) => {
  const keys = known.filter((key) => Object.hasOwn(spoilt, key))
  if (keys.length === 0) return undefined
  const key = picks.of(keys)
  return { ...args, [key]: picks.of(spoilt[key]!) }
}

/** A proposal that a person could vote on. */
export const proposalOf = (world: World, picks: Picks) => {
  const votes = world.councils.filter(({ voters }) => voters.some(({ id }) => id === "human"))
  const ids = [...votes, ...votes, ...world.councils.slice(-2)].map(({ mail }) => mail.id)
  return picks.of([...ids, "msg_none"])
}

const received = (world: World, { member }: Caller, own: readonly Fleet[]) =>
  (member ? [member.agentId] : own.map(leadInbox))
    .flatMap(world.deliveriesTo)
    .map(({ mail }) => mail.id)
