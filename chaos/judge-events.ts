export interface ToldEvent {
  seq: number
  type: string
  agent_id: string | null
  fleet_id: string | null
  data: Record<string, unknown>
}

/** Facts that happen once each, and by what they are told apart. */
const onceEach: Record<string, (event: ToldEvent) => unknown> = {
  "fleet.created": ({ fleet_id }) => fleet_id,
  "message.sent": ({ data }) => data["message_id"],
  "message.seen": ({ data, agent_id }) => `${String(data["message_id"])} ${agent_id}`,
  "message.acked": ({ data, agent_id }) => `${String(data["message_id"])} ${agent_id}`,
  "agent.queued": ({ agent_id }) => agent_id,
  "agent.retrying": ({ data, agent_id }) => `${agent_id} ${String(data["attempt"])}`,
  "agent.interrupted": ({ data, agent_id }) => `${agent_id} ${String(data["attempt"])}`,
  "host.starting": ({ data }) => data["host_id"],
  "host.ready": ({ data }) => data["host_id"],
  "host.lost": ({ data }) => data["host_id"],
  "host.ended": ({ data }) => data["host_id"],
}

const ends = new Set(["agent.complete", "agent.failed", "agent.cancelled"])

/** Numbers without gaps, no fact told twice, and no end after an end. */
export const judgeEvents = (events: readonly ToldEvent[]): string[] => {
  const wrong: string[] = []
  const told = new Set<string>()
  const ended = new Set<string>()
  const endedFleets = new Set<string>()
  for (const [index, event] of events.entries()) {
    if (event.seq !== (events[index - 1]?.seq ?? 0) + 1)
      wrong.push(`event ${event.seq} follows ${events[index - 1]?.seq ?? 0}`)
    const { type, agent_id: agent, fleet_id: fleet } = event
    const fact = onceEach[type] && `${type} ${String(onceEach[type](event))}`
    if (fact && told.has(fact)) wrong.push(`${fact} is told twice`)
    if (fact) told.add(fact)
    if (agent && ends.has(type)) {
      if (ended.has(agent)) wrong.push(`${agent} ends (${type}) after its end`)
      ended.add(agent)
    } else if (
      agent &&
      (type === "agent.woken" || type === "agent.starting" || type === "agent.running")
    )
      ended.delete(agent)
    if (fleet && type === "fleet.ended") {
      if (endedFleets.has(fleet)) wrong.push(`${fleet} ends after its end`)
      endedFleets.add(fleet)
    } else if (fleet && type === "fleet.reopened") endedFleets.delete(fleet)
  }
  return wrong
}
