import type { ScriptedModel } from "../../../scripted-model/server.ts"
import { createPuppet, type Puppet } from "./puppet.ts"
import type { Run } from "./world.ts"
import { freePort } from "../../../plugin/opencode/api/free-port.ts"

export interface WindowDeps {
  project: string
  model: ScriptedModel
  report(): Promise<string>
  start(args: readonly string[], more?: Record<string, string>): Run
}

const startMs = 60_000
const probeMs = 1000

export interface Lead extends Puppet {
  sessionId: string
  prompt(text: string, agent?: string): Promise<void>
}

export interface Stored {
  info: { id: string; role: string }
  parts: Record<string, any>[]
}

/** An OpenCode that stays open, as a person's window does, driven over its own HTTP interface. */
export const openWindow = async (
  { project, model, report, start }: WindowDeps,
  more: Record<string, string> = {},
) => {
  const port = await freePort()
  const run = start(["serve", "--hostname", "127.0.0.1", "--port", String(port)], more)
  const at = (directory: string) => viewOf(directory, { port, run, model, report })
  const window = at(more["PWD"] ?? project)
  await untilAnswers(window.url("/session"), run)
  return { ...window, at }
}

interface ViewDeps extends Pick<WindowDeps, "model" | "report"> {
  port: number
  run: Run
}

/** One directory that the window's OpenCode serves. */
const viewOf = (directory: string, { port, run, model, report }: ViewDeps) => {
  const url = (path: string) =>
    `http://127.0.0.1:${port}${path}?directory=${encodeURIComponent(directory)}`
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(url(path), {
      method,
      ...(body && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.status === 204 ? undefined : await response.json()
  }
  const post = (path: string, body: object) => send("POST", path, body)

  return {
    run,
    send,
    post,
    url,
    /** A session of its own, whose turns the test decides; `more` is what it is made with. */
    async lead(name: string, more: object = {}): Promise<Lead> {
      const { id } = (await post("/session", { title: name, ...more })) as { id: string }
      const prompt = async (text: string, agent?: string) =>
        void (await post(`/session/${id}/prompt_async`, {
          ...(agent && { agent }),
          parts: [{ type: "text", text: `[[as:${name}]] ${text}` }],
        }))
      const puppet = createPuppet(name, report, () => prompt("Go on."))
      model.script(name, [puppet.step])
      return { ...puppet, sessionId: id, prompt }
    },
    /** The lead ends its turn, also the ones that news of its fleets begin meanwhile. */
    async rest(lead: Lead) {
      const giveUpAt = Date.now() + startMs
      while (Date.now() < giveUpAt) {
        const all = (await (await fetch(url("/session/status"))).json()) as Record<
          string,
          { type: string }
        >
        if (lead.isAsking()) await lead.says("I rest.")
        else if ((all[lead.sessionId]?.type ?? "idle") === "idle") return
        else await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(`session ${lead.sessionId} did not come to rest within ${startMs} ms`)
    },
    /** Listens from now on: `heard` resolves with the first toast that says so. */
    async listen(text: string) {
      const listening = new AbortController()
      const response = await fetch(url("/event"), { signal: listening.signal })
      const hear = async () => {
        const decoder = new TextDecoder()
        let unread = ""
        for await (const chunk of response.body!) {
          unread += decoder.decode(chunk as Uint8Array, { stream: true })
          const lines = unread.split("\n")
          unread = lines.pop()!
          for (const line of lines) {
            if (!line.startsWith("data: ")) continue
            const { type, properties } = JSON.parse(line.slice(6))
            if (type !== "tui.toast.show" || !properties.message.includes(text)) continue
            listening.abort()
            return properties.message as string
          }
        }
        throw new Error(`no toast said "${text}"`)
      }
      return { heard: hear() }
    },
    /** What the session's store holds. */
    messages: async (sessionId: string) =>
      (await (await fetch(url(`/session/${sessionId}/message`))).json()) as Stored[],
  }
}

export type View = ReturnType<typeof viewOf>
export type Window = Awaited<ReturnType<typeof openWindow>>

const untilAnswers = async (url: string, run: Run) => {
  const giveUpAt = Date.now() + startMs
  while (Date.now() < giveUpAt) {
    // The first request that arrives before the server is quite up is never answered.
    const response = await fetch(url, { signal: AbortSignal.timeout(probeMs) }).catch(
      () => undefined,
    )
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`OpenCode did not answer within ${startMs} ms: ${run.output().slice(-2000)}`)
}
