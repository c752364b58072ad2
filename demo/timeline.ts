/** One thing that happened: an event of the ledger, or what the demo saw or did itself. */
export interface Moment {
  at: number
  type: string
  agentId: string | null
  data: Record<string, any>
}

export interface Line {
  who: string
  /** Whom a message goes to: the line becomes an arrow. */
  to?: string
  what: string
  detail?: string
  tone?: "good" | "bad" | "quiet"
}

type NameOf = (agentId: string) => string

/** What a moment tells a reader, given those before it; undefined when it tells nothing. */
export const lineOf = (
  moment: Moment,
  past: readonly Moment[],
  nameOf: NameOf,
): Line | undefined => {
  const { type, data, at } = moment
  const who = moment.agentId === null ? "lead" : nameOf(moment.agentId)
  const since = (types: readonly string[]) => {
    const before = past.findLast(
      (each) => types.includes(each.type) && each.agentId === moment.agentId,
    )
    return before ? seconds(at - before.at) : undefined
  }
  switch (type) {
    case "fleet.created":
      return {
        who,
        what: `spawns the fleet "${data["name"]}"`,
        detail: `isolation ${data["isolation"]}`,
      }
    case "fleet.ended":
      return {
        who: "fleet",
        what: data["status"],
        tone: data["status"] === "complete" ? "good" : "bad",
      }
    case "agent.queued":
      return {
        who,
        what: `joins as ${data["role"]}`,
        ...(data["agent"] && { detail: data["agent"] }),
      }
    case "agent.running": {
      const before = past.findLast(
        (each) => each.type === "agent.running" && each.agentId === moment.agentId,
      )
      const start = since(["agent.queued", "agent.woken", "agent.interrupted"])
      const facts = [
        data["attempt"] > 1 && `attempt ${data["attempt"]}`,
        before && before.data["session_id"] === data["session_id"] && "same session",
        start && `ready after ${start}`,
      ].filter(Boolean)
      return {
        who,
        what: `${before ? "goes on" : "starts"} in process ${data["pid"]}`,
        ...(facts.length > 0 && { detail: facts.join(", ") }),
      }
    }
    case "agent.tool":
      return { who, what: `${data["tool"]}  ${data["about"] ?? ""}`.trimEnd() }
    case "agent.result":
      return { who, what: `  ↳ ${data["text"]}`, tone: "quiet" }
    case "agent.woken":
      return { who, what: "wakes up: there is mail" }
    case "agent.complete": {
      const took = since(["agent.running", "agent.woken"])
      const said = firstLine(data["output"])
      return {
        who,
        what: said ? `answers: ${said}` : "has answered",
        ...(took && { detail: `after ${took}` }),
        tone: "good",
      }
    }
    case "agent.failed":
    case "agent.cancelled":
      return {
        who,
        what: type.slice("agent.".length),
        detail: `${data["code"]}: ${data["detail"]}`,
        tone: "bad",
      }
    case "agent.interrupted":
      return {
        who,
        what: `is interrupted: ${data["detail"]}`,
        detail: `again in ${seconds(data["retry_in_ms"])}`,
        tone: "bad",
      }
    case "question.asked":
      return { who, what: `asks a person: ${data["wanted"]}`, tone: "bad" }
    case "message.sent":
      return { who, to: (data["to"] as string[]).map(nameOf).join(", "), what: data["type"] }
    case "message.seen": {
      const sent = past.find(
        (each) => each.type === "message.sent" && each.data["message_id"] === data["message_id"],
      )
      if (!sent) return undefined
      const from = sent.agentId === null ? "lead" : nameOf(sent.agentId)
      const how = data["by"] === "request" ? "in its model's request" : "by get_inbox"
      return {
        who,
        what: `has the ${sent.data["type"]} of ${from} ${how}`,
        detail: `after ${seconds(at - sent.at)}`,
      }
    }
    case "host.ended":
      // What was lost is told with the agent that lost it.
      if (!/work done/.test(data["cause"])) return undefined
      return { who: "host", what: `process ${data["pid"]} ends: ${data["cause"]}`, tone: "quiet" }
    case "demo.kill":
      return { who: "demo", what: `kill -9 ${data["pid"]}: ${data["why"]}`, tone: "bad" }
    default:
      return undefined
  }
}

const maxWidth = 72

export const short = (text: string) =>
  text.length > maxWidth ? `${text.slice(0, maxWidth - 1)}…` : text

const firstLine = (text: string | undefined) => text && short(text.trim().split("\n")[0]!)

export const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`

const codes = { good: 32, bad: 31, quiet: 2, detail: 2, message: 36 } as const

export const paint = (text: string, kind: keyof typeof codes, colour: boolean) =>
  colour && text !== "" ? `\u001B[${codes[kind]}m${text}\u001B[0m` : text

/** As long as the longest name in the fleet, so that the columns stand. */
const nameWidth = 18

export const renderLine = (line: Line, elapsedMs: number, colour: boolean) => {
  const time = `${(elapsedMs / 1000).toFixed(1).padStart(6)} s`
  const detail = line.detail ? paint(`  (${line.detail})`, "detail", colour) : ""
  if (line.to !== undefined)
    return `${time}  ${paint(`${line.who} ──${line.what}──▶ ${line.to}`, "message", colour)}${detail}`
  const what = line.tone ? paint(line.what, line.tone, colour) : line.what
  return `${time}  ${line.who.padEnd(nameWidth)} ${what}${detail}`
}
