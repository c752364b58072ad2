import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createOpencodeClient } from "@opencode-ai/sdk"
import { createSessions } from "../../../plugin/opencode/api/sessions.ts"
import { providerConfig } from "../../../scripted-model/provider-config.ts"
import { startScriptedModel } from "../../../scripted-model/server.ts"
import type { Turn } from "../../../scripted-model/types.ts"
import { createScratch } from "../../support/run-opencode.ts"
import type { SessionsWorld } from "../runtime/sessions-contract.ts"

const binary = join(import.meta.dirname, "../../../node_modules/opencode-ai/bin/opencode.exe")
const patienceMs = 60_000

/** The sessions of a real OpenCode, one server for all cases, whose model waits for the test. */
export const startRealSessions = async (): Promise<SessionsWorld & { end(): Promise<void> }> => {
  const asking = new Map<string, (turn: Turn) => void>()
  const model = await startScriptedModel({
    // A prompt says in which session it is.
    fallback: ({ agent }) => new Promise((answer) => asking.set(agent, answer)),
  })
  const scratch = await createScratch(providerConfig(model.url, { permission: { bash: "ask" } }))
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const server = spawn(binary, ["serve", "--hostname", "127.0.0.1", "--port", String(port)], {
    cwd: scratch.project,
    env: scratch.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  })
  const end = async () => {
    await endGroup(server)
    await model.close()
    scratch.remove()
  }
  const baseUrl = `http://127.0.0.1:${port}`
  const directory = scratch.project
  const request = async <T>(path: string, method = "GET", body?: object): Promise<T> => {
    const url = `${baseUrl}${path}?directory=${encodeURIComponent(directory)}`
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(5000),
      ...(body && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return (await response.json()) as T
  }
  try {
    let output = ""
    for (const stream of [server.stdout, server.stderr])
      stream.on("data", (data: Buffer) => (output += data))
    await until(
      () => `the server is up: ${output}`,
      () =>
        request("/session").then(
          () => true,
          () => undefined,
        ),
    )
  } catch (error) {
    await end()
    throw error
  }
  const sessions = createSessions(createOpencodeClient({ baseUrl }))
  const take = async (sessionId: string) => {
    const answer = await until(
      () => `${sessionId} asks the model`,
      async () => asking.get(sessionId),
    )
    asking.delete(sessionId)
    return answer
  }

  return {
    sessions,
    directory,
    async answer(sessionId, text) {
      ;(await take(sessionId))({ text })
    },
    async change(sessionId, what) {
      const path = `/session/${sessionId}`
      if (what === "delete") return void (await request(path, "DELETE"))
      if (what === "archive")
        return void (await request(path, "PATCH", { time: { archived: Date.now() } }))
      if (what === "redo") return void (await request(`${path}/unrevert`, "POST", {}))
      const [first] = await sessions.messages(sessionId, directory, 100)
      await request(`${path}/revert`, "POST", { messageID: first!.id })
    },
    async ask(sessionId, kinds) {
      ;(await take(sessionId))({ toolCalls: kinds.map((kind, index) => calls[kind](index)) })
      return until(
        () => `${sessionId} waits for ${kinds.join()}`,
        async () => {
          const open = await Promise.all(
            ["/permission", "/question"].map((path) =>
              request<{ id: string; sessionID: string }[]>(path),
            ),
          )
          const own = open.flat().filter((each) => each.sessionID === sessionId)
          return own.length === kinds.length && own.map(({ id }) => id)
        },
      )
    },
    end,
  }
}

const calls = {
  permission: (index: number) => ({
    name: "bash",
    args: { command: `echo ${index}`, description: "says a number" },
  }),
  question: () => ({
    name: "question",
    args: {
      questions: [
        {
          question: "Which database?",
          header: "Database",
          options: [{ label: "SQLite", description: "a file" }],
        },
      ],
    },
  }),
}

/** OpenCode's HTTP interface has no other way to wait for these. */
const until = async <T>(
  what: () => string,
  look: () => Promise<T | undefined | false>,
): Promise<T> => {
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > giveUpAt) throw new Error(`not within ${patienceMs} ms: ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const endGroup = async (server: ChildProcess) => {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, "exit")
  process.kill(-server.pid!, "SIGKILL")
  await ended
}
