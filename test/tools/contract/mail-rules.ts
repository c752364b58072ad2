import { expect } from "bun:test"
import { isEnded } from "../../../plugin/mesh/model/agent.ts"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { readable } from "./council-rules.ts"
import {
  type Agent,
  type Delivery,
  type Fleet,
  iso,
  leadInbox,
  type Mail,
  refuse,
  textOf,
  type World,
} from "./world.ts"

type Answer = Record<string, any>
type Args = Record<string, any>

const mayAct = (caller: Caller) => (caller.delegated ? refuse("NOT_ALLOWED") : undefined)

/** Of a text that is longer, only the beginning is shown. */
const firstPartBytes = 4096

const shown = (fleet: Fleet, recipient: string) =>
  recipient === leadInbox(fleet) ? "lead" : recipient

/** Who gets it; agents that have waited for a message begin with it. */
const recipientsOf = (
  fleet: Fleet,
  sender: Pick<Agent, "id"> | undefined,
  { to_agent_id: to, type, wake }: Args,
  agentCalled: (name: string) => Agent,
): Delivery[] => {
  const delivery = (recipient: string, wakes: boolean): Delivery => ({
    recipient,
    state: "accepted",
    wake: wake ?? wakes,
  })
  const reach = (agent: Agent, wakes: boolean) => {
    const one = delivery(agent.id, wakes)
    if (one.wake) agent.waits = false
    return one
  }
  const lead = delivery(leadInbox(fleet), true)
  if (to === "lead") return sender ? [lead] : refuse("NO_RECIPIENTS")
  if (to === "*") {
    const others = fleet.agents
      .filter((agent) => agent.id !== sender?.id && agent.status !== "cancelled")
      .map((agent) =>
        reach(agent, !(isEnded(agent.status) || (agent.waits && type !== "request_help"))),
      )
    const hearsAll = sender && ["alert", "request_help"].includes(type)
    const all = hearsAll ? [...others, lead] : others
    return all.length > 0 ? all : refuse("NO_RECIPIENTS")
  }
  const agent = agentCalled(to)
  if (agent.status === "cancelled") refuse("AGENT_ENDED")
  if (agent.id === sender?.id) refuse("NO_RECIPIENTS")
  return [reach(agent, true)]
}

/** One message. Whatever it changes is undone when a later one of the same call is refused. */
const send = (world: World, caller: Caller, draft: Args, at: number) => {
  const { to_agent_id: to, from_agent_id: claimed } = draft
  world.noOtherIdentity(caller, claimed)
  const names = [to, claimed].filter((name) => name !== undefined)
  const fleet = world.meant(caller, draft["fleet_id"], names)
  if (caller.member && caller.member.fleetId !== fleet.id) refuse("NOT_ALLOWED")
  const sender = world.actor(caller, fleet, claimed)
  const speaksAsLead = !caller.member && fleet.lead === caller.sessionId
  if (!sender && !speaksAsLead) world.lead(caller, fleet)
  const deliveries = recipientsOf(fleet, sender, draft, (name) => world.agentCalled(fleet, name))
  const sent: Mail = {
    id: "",
    seq: 0,
    fleet,
    from: sender?.id ?? "lead",
    to: deliveries.length === 1 && to !== "*" ? shown(fleet, deliveries[0]!.recipient) : to,
    viaLead: sender !== undefined && !caller.member,
    at,
    type: draft["type"],
    payload: draft["payload"],
    correlation: draft["correlation_id"],
    deliveries,
    receipts: [],
  }
  world.mail.push(sent)
  return (answer: Answer) => {
    expect(world.mail.some(({ id }) => id === answer["message_id"])).toBe(false)
    sent.id = answer["message_id"]
    expect(answer["recipients"]).toEqual(
      sent.deliveries.map(({ recipient }) => shown(fleet, recipient)),
    )
  }
}

/** All or none. */
const sendAll = (world: World, caller: Caller, drafts: readonly Args[], at: number) => {
  for (const { payload } of drafts)
    if (typeof payload === "string" && Buffer.byteLength(payload) > 65_536)
      refuse("PAYLOAD_TOO_LARGE")
  const count = world.mail.length
  const leads = world.fleets.map(({ lead }) => lead)
  const waiting = world.allAgents().filter(({ waits }) => waits)
  try {
    return drafts.map((draft) => send(world, caller, draft, at))
  } catch (error) {
    world.mail.length = count
    for (const [index, fleet] of world.fleets.entries()) fleet.lead = leads[index]!
    for (const agent of waiting) agent.waits = true
    throw error
  }
}

/** What a reader sees of its payload. */
const shownPayload = ({ id, payload, begins }: Mail) => {
  if (begins !== undefined) return { payload: expect.stringContaining(begins) }
  const text = textOf(payload)
  if (Buffer.byteLength(text) <= firstPartBytes) return { payload }
  return {
    payload: expect.stringMatching(/^.{1000,}$/s),
    truncated: true,
    chars: text.length,
    next: { message_id: id, offset: expect.any(Number) },
  }
}

const shownMail = (mail: Mail) => ({
  id: mail.id,
  from_agent_id: mail.from,
  to_agent_id: mail.to,
  fleet_id: mail.fleet.id,
  type: mail.type,
  ...shownPayload(mail),
  ...(mail.correlation !== undefined && { correlation_id: mail.correlation }),
  ...(mail.viaLead && { via: "lead" }),
  timestamp: iso(mail.at),
  acknowledged: mail.deliveries.every(({ state }) => state === "acked"),
  ...(mail.deliveries.length > 1 && {
    recipients: mail.deliveries
      .map(({ recipient }) => recipient)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((recipient) => shown(mail.fleet, recipient)),
  }),
})

/** A part of one message, from an offset on. */
const readOn = (world: World, caller: Caller, { message_id, offset = 0 }: Args) => {
  const { payload, begins } = readable(world, caller, message_id)
  return (answer: Answer) => {
    const part = answer["payload"] as string
    const { chars } = answer
    const end = offset + part.length
    expect(answer).toEqual({
      message_id,
      payload: part,
      offset,
      chars,
      ...(end < chars && { next_offset: end }),
    })
    if (begins === undefined) {
      expect(part).toBe(textOf(payload).slice(offset, end))
      expect(chars).toBe(textOf(payload).length)
    }
    // Never an empty part while there is more.
    if (offset < chars) expect(part).not.toBe("")
  }
}

export const mailRules = {
  send_message(world: World, caller: Caller, args: Args, at: number) {
    return sendAll(world, caller, [args], at)[0]!
  },

  send_messages(world: World, caller: Caller, { messages }: Args, at: number) {
    const checks = sendAll(world, caller, messages, at)
    return (answer: Answer) => {
      expect(answer["results"]).toHaveLength(checks.length)
      for (const [index, check] of checks.entries()) check(answer["results"][index])
    }
  },

  get_inbox(world: World, caller: Caller, args: Args) {
    if (args["message_id"] !== undefined) return readOn(world, caller, args)
    const { agent_id, since, limit = 20 } = args
    const inboxes = inboxesOf(world, caller, agent_id)
    const all = inboxes
      .flatMap((inbox) => world.deliveriesTo(inbox))
      .filter(({ mail, delivery }) =>
        since === undefined ? delivery.state !== "acked" : mail.seq > Number(since),
      )
      .toSorted((a, b) => a.mail.seq - b.mail.seq)
    const page = all.slice(0, limit)
    // A look into another's inbox delivers nothing.
    const own = caller.delegated
      ? []
      : caller.member
        ? [caller.member.agentId]
        : world.fleets.filter(({ lead }) => lead === caller.sessionId).map(leadInbox)
    const isOwn = ({ recipient }: Delivery) => own.includes(recipient)
    // What is in the reader's session already comes with its next request.
    const handed = page.filter(({ delivery }) => !isOwn(delivery) || delivery.state !== "injected")
    const arriving = page.length - handed.length
    const expected = handed.map(({ mail }) => shownMail(mail))
    for (const { delivery } of handed)
      if (isOwn(delivery) && delivery.state === "accepted") delivery.state = "seen"
    const newest = page.at(-1)?.mail.seq.toString() ?? since
    return (answer: Answer) => {
      const { messages, cursor, remaining, ...rest } = answer
      expect(messages).toEqual(expected)
      expect([remaining, rest]).toEqual([
        all.length - page.length,
        arriving > 0 ? { arriving } : {},
      ])
      // Of an empty page without a cursor: the newest there is, which may be a notice.
      if (newest !== undefined) expect(cursor).toBe(newest)
      world.cursors.push(cursor)
    }
  },

  subscribe_inbox(world: World, caller: Caller, { agent_id }: Args) {
    mayAct(caller)
    // A process that ends with the call keeps no stream.
    if (caller.human) refuse("NOT_ALLOWED")
    const isLeads = !caller.member && (agent_id === undefined || agent_id === "lead")
    if (isLeads && world.ledBy(caller).length === 0) refuse("NO_FLEET")
    const inbox = isLeads ? `lead:${caller.sessionId}` : inboxesOf(world, caller, agent_id)[0]!
    return (answer: Answer) =>
      expect(answer["stream_url"]).toContain(`/inbox/${encodeURIComponent(inbox)}?`)
  },

  ack_message(world: World, caller: Caller, { message_id, agent_id }: Args) {
    mayAct(caller)
    const mail = world.mail.find(
      ({ id, fleet }) => id === message_id && world.isInReach(caller, fleet),
    )
    if (!mail) return refuse("UNKNOWN_MESSAGE")
    const agent = world.actor(caller, mail.fleet, agent_id)
    const inbox = agent?.id ?? (world.isLead(caller, mail.fleet) ? leadInbox(mail.fleet) : "")
    const delivery = mail.deliveries.find(({ recipient }) => recipient === inbox)
    if (!delivery) return refuse("NOT_A_RECIPIENT")
    Object.assign(delivery, { state: "acked", injected: true })
    return (answer: Answer) => expect(answer).toEqual({ ok: true })
  },
}

const inboxesOf = (world: World, caller: Caller, agentId: string | undefined): string[] => {
  if (caller.member) return [world.actor(caller, undefined, agentId)!.id]
  const fleets = world.ledBy(caller)
  if (agentId === undefined || agentId === "lead") return fleets.map(leadInbox)
  for (const fleet of fleets.toReversed()) {
    const agent = world.exactly(fleet, agentId)
    if (agent) return [agent.id]
  }
  return refuse("NOT_YOUR_IDENTITY")
}
