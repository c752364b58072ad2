import { expect } from "bun:test"
import { isEnded } from "../../../plugin/mesh/model/agent.ts"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { type Council, type Fleet, iso, leadInbox, type Mail, refuse, type World } from "./world.ts"

type Answer = Record<string, any>
type Args = Record<string, any>

const mayAct = (caller: Caller) => (caller.delegated ? refuse("NOT_ALLOWED") : undefined)

const known = (world: World, caller: Caller, id: string): Mail =>
  world.mail.find((mail) => mail.id === id && world.isInReach(caller, mail.fleet)) ??
  refuse("UNKNOWN_MESSAGE")

/** One that the caller has sent or received; a fleet's lead sees all of its fleet's. */
export const readable = (world: World, caller: Caller, id: string): Mail => {
  const mail = known(world, caller, id)
  const inbox = caller.member?.agentId ?? leadInbox(mail.fleet)
  const isTheirs =
    world.isLead(caller, mail.fleet) ||
    mail.from === inbox ||
    mail.deliveries.some(({ recipient }) => recipient === inbox)
  return isTheirs ? mail : refuse("NOT_A_RECIPIENT")
}

const weightOf = (council: Council, vote: boolean | undefined) =>
  council.voters
    .filter(({ id }) => council.votes.get(id)?.approve === vote)
    .reduce((sum, { weight }) => sum + weight, 0)

/** How it stands at that time; an end is kept. */
const settle = (council: Council, at: number) => {
  if (council.status !== "open") return council.status
  const [yes, silent] = [weightOf(council, true), weightOf(council, undefined)]
  const signed = council.voters.filter(({ signs }) => signs).map(({ id }) => council.votes.get(id))
  const isOver = council.deadline !== undefined && at > council.deadline
  const isSigned = signed.every((vote) => vote?.approve)
  if (signed.some((vote) => vote?.approve === false) || yes + silent < council.quorum)
    council.status = "rejected"
  else if (isSigned && (yes >= council.quorum || (isOver && council.silence === "approve")))
    council.status = "ratified"
  else if (isOver) council.status = "expired"
  return council.status
}

const holdsTally = (council: Council, answer: Answer, status: string) => {
  expect(answer["status"]).toBe(status)
  const { approving, declining, silent, votes, ...rest } = answer["tally"]
  expect(rest).toEqual({
    quorum: council.quorum,
    total: council.voters.reduce((sum, { weight }) => sum + weight, 0),
    ...(council.deadline !== undefined && {
      deadline: iso(council.deadline),
      silence_policy: council.silence,
    }),
  })
  expect([approving, declining, silent]).toEqual(
    [true, false, undefined].map((vote) => weightOf(council, vote)),
  )
  expect(votes).toEqual(
    council.voters.map(({ id, weight, signs }) => {
      const vote = council.votes.get(id)
      return {
        voter: id,
        vote: vote === undefined ? null : vote.approve ? "approve" : "decline",
        weight,
        ...(signs && { signoff: true }),
        ...(vote?.note !== undefined && { note: vote.note }),
      }
    }),
  )
}

const votersOf = (world: World, fleet: Fleet, args: Args) => {
  const { voters, required_signoffs: signoffs = [], weights = {}, quorum } = args
  const idOf = (name: string) => {
    if (name === "lead" || name === "human") return name
    const agent = world.agentCalled(fleet, name)
    return agent.status === "cancelled" ? refuse("AGENT_ENDED") : agent.id
  }
  const all = fleet.agents.filter(({ status }) => status !== "cancelled").map(({ id }) => id)
  const ids = new Set<string>(
    (voters ?? ["*", ...signoffs]).flatMap((name: string) => (name === "*" ? all : [idOf(name)])),
  )
  if (ids.size === 0) refuse("INVALID_ARGUMENT")
  const voting = (name: string) => {
    const id = idOf(name)
    return ids.has(id) ? id : refuse("INVALID_ARGUMENT")
  }
  const signing = new Set<string>(signoffs.map(voting))
  const weighed = Object.keys(weights).map((name) => [voting(name), weights[name]] as const)
  if (new Map(weighed).size < weighed.length) refuse("INVALID_ARGUMENT")
  const list = [...ids].map((id) => ({
    id,
    weight: new Map(weighed).get(id) ?? 1,
    signs: signing.has(id),
  }))
  if (list.reduce((sum, { weight }) => sum + weight, 0) < quorum) refuse("INVALID_ARGUMENT")
  return list
}

export const councilRules = {
  receipt(world: World, caller: Caller, { message_id, action, note }: Args) {
    mayAct(caller)
    if (/^(ack|acked|seen|r-.*)$/.test(action)) refuse("INVALID_ARGUMENT")
    const mail = readable(world, caller, message_id)
    if (!caller.member && !world.isLead(caller, mail.fleet)) refuse("NOT_A_RECIPIENT")
    const actor = caller.member?.agentId ?? "lead"
    const first = mail.receipts.find((each) => each.actor === actor && each.action === action)
    const stands = first ?? { actor, action, note }
    if (!first) mail.receipts.push(stands)
    return ({ receipt }: Answer) =>
      expect([receipt.message_id, receipt.agent_id, receipt.action, receipt.note]).toEqual([
        message_id,
        actor,
        action,
        stands.note,
      ])
  },

  get_receipts(world: World, caller: Caller, { message_id, offset }: Args) {
    const mail = readable(world, caller, message_id)
    const written = mail.receipts.map(({ actor, action, note }) => [actor, action, note])
    const passed = mail.deliveries.flatMap(({ recipient, state, injected }) =>
      [
        "accepted",
        ...(injected ? ["injected"] : []),
        ...(state === "seen" || state === "acked" ? ["seen"] : []),
        ...(state === "acked" ? ["acked"] : []),
      ].map((step) => `${recipient === leadInbox(mail.fleet) ? "lead" : recipient} ${step}`),
    )
    return ({ receipts }: Answer) => {
      if (offset !== undefined) {
        const all = written.length + passed.length
        return expect(receipts).toHaveLength(Math.max(0, all - offset))
      }
      const own = (receipts as Answer[]).filter(({ system }) => !system)
      expect(own.map(({ agent_id, action, note }) => [agent_id, action, note])).toEqual(written)
      const system = (receipts as Answer[]).filter((each) => each["system"])
      expect(system.map(({ agent_id, action }) => `${agent_id} ${action}`).toSorted()).toEqual(
        passed.toSorted(),
      )
      const times = (receipts as Answer[]).map(({ timestamp }) => timestamp)
      expect(times).toEqual(times.toSorted())
    }
  },

  open_ratification(world: World, caller: Caller, args: Args, at: number) {
    mayAct(caller)
    const fleet = world.meant(caller, args["fleet_id"])
    const { lead } = fleet
    world.lead(caller, fleet)
    try {
      const voters = votersOf(world, fleet, args)
      const deadline = args["deadline"] && Date.parse(args["deadline"])
      if (deadline <= at) refuse("INVALID_ARGUMENT")
      const readers = fleet.agents.filter(({ status }) => status !== "cancelled")
      if (readers.length === 0) refuse("NO_RECIPIENTS")
      const voting = new Set(voters.map(({ id }) => id))
      const mail: Mail = {
        id: "",
        seq: 0,
        fleet,
        from: "lead",
        to: "*",
        viaLead: false,
        at,
        type: "question",
        payload: undefined,
        begins: `Proposal: ${args["subject"]}\n`,
        correlation: undefined,
        receipts: [],
        deliveries: [
          ...readers.map(({ id, status, waits }) => ({
            recipient: id,
            state: "accepted" as const,
            wake: voting.has(id) || !(isEnded(status) || waits),
          })),
          // What the person proposes, the lead reads as mail.
          ...(caller.human && voting.has("lead")
            ? [{ recipient: leadInbox(fleet), state: "accepted" as const, wake: true }]
            : []),
        ],
      }
      for (const reader of readers) if (voting.has(reader.id)) reader.waits = false
      const council: Council = {
        mail,
        quorum: args["quorum"],
        voters,
        silence: args["silence_policy"] ?? "abstain",
        deadline,
        status: "open",
        votes: new Map(),
      }
      world.mail.push(mail)
      world.councils.push(council)
      return (answer: Answer) => {
        mail.id = answer["message_id"]
        holdsTally(council, answer, "open")
      }
    } catch (error) {
      fleet.lead = lead
      throw error
    }
  },

  cast_vote(world: World, caller: Caller, args: Args, at: number) {
    mayAct(caller)
    // A tool does not vote for a person.
    if (caller.human) refuse("NOT_ALLOWED")
    return cast(world, caller, args, at)
  },

  tally_ratification(world: World, caller: Caller, { message_id }: Args, at: number) {
    const council = proposal(world, caller, message_id)
    const status = settle(council, at)
    return (answer: Answer) => holdsTally(council, answer, status)
  },

  sweep_ratifications(world: World, caller: Caller, _: Args, at: number) {
    const open = world.councils.filter(
      ({ status, mail: { fleet } }) =>
        status === "open" &&
        (caller.member ? fleet.id === caller.member.fleetId : fleet.project === caller.project),
    )
    const resolved = open.filter((council) => settle(council, at) !== "open").length
    return (answer: Answer) => expect(answer).toEqual({ checked: open.length, resolved })
  },
}

/** The person votes in a terminal. */
export const voteAsPerson = (world: World, person: Caller, args: Args, at: number) =>
  cast(world, person, args, at)

const cast = (
  world: World,
  caller: Caller,
  { message_id, approve, note }: Args,
  at: number,
): ((answer: Answer) => void) => {
  const council = proposal(world, caller, message_id)
  const { fleet, receipts } = council.mail
  const { lead } = fleet
  if (!caller.member && !caller.human) world.lead(caller, fleet)
  const voter = caller.human ? "human" : (caller.member?.agentId ?? "lead")
  if (!council.voters.some(({ id }) => id === voter)) {
    fleet.lead = lead
    refuse("NOT_A_VOTER")
  }
  if (settle(council, at) !== "open") refuse("RATIFICATION_CLOSED")
  const before = council.votes.get(voter)
  if (before?.approve !== approve) {
    const n = (before?.n ?? 0) + 1
    council.votes.set(voter, { approve, n, note })
    const word = approve ? "r-ack" : "r-decline"
    receipts.push({ actor: voter, action: n === 1 ? word : `${word}:${n}`, note })
  }
  const status = settle(council, at)
  return (answer) => holdsTally(council, answer, status)
}

const proposal = (world: World, caller: Caller, id: string): Council => {
  const mail = known(world, caller, id)
  return world.councils.find((each) => each.mail === mail) ?? refuse("UNKNOWN_MESSAGE")
}
