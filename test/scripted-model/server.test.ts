import { afterEach, expect, test } from "bun:test"
import { connect } from "node:net"
import { startScriptedModel, type ScriptedModel } from "../../scripted-model/server.ts"
import type { ChatMessage } from "../../scripted-model/types.ts"

const open: ScriptedModel[] = []
const start = async (...args: Parameters<typeof startScriptedModel>) => {
  const model = await startScriptedModel(...args)
  open.push(model)
  return model
}
afterEach(async () => {
  for (const model of open.splice(0)) await model.close()
})

const bash = { type: "function", function: { name: "bash" } }
const ask = (
  model: ScriptedModel,
  messages: ChatMessage[] = [{ role: "user", content: "go" }],
  init: RequestInit & { tools?: unknown[] } = {},
) =>
  fetch(`${model.url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-trace": "t1" },
    body: JSON.stringify({ model: "m1", stream: true, tools: init.tools ?? [bash], messages }),
    signal: init.signal ?? null,
  })
const contentOf = async (response: Response) =>
  [...(await response.text()).matchAll(/"delta":(\{.*?\}),"finish/g)]
    .map(([, delta = "{}"]) => JSON.parse(delta).content ?? "")
    .join("")

test("agents answer from their own scripts, step by step", async () => {
  const model = await start({
    agents: {
      lead: [{ text: "one" }, ({ step, lastUser }) => ({ text: `${step}: ${lastUser}` })],
      scout: [{ text: "scouting" }],
    },
    fallback: { text: "who?" },
  })
  const user = (content: string) => ({ role: "user", content })
  expect(await contentOf(await ask(model))).toBe("one")
  const later = [user("go"), { role: "assistant", content: "one" }, user("more")]
  expect(await contentOf(await ask(model, later))).toBe("1: more")
  expect(await contentOf(await ask(model, [user("[[as:scout]]")]))).toBe("scouting")
  expect(await contentOf(await ask(model, [user("[[as:ghost]]")]))).toBe("who?")
  expect(model.requests.map(({ agent, step }) => `${agent} ${step}`)).toEqual([
    "lead 0",
    "lead 1",
    "scout 0",
    "ghost 0",
  ])
})

test("a request is recorded with its time, headers and body", async () => {
  const model = await start()
  const before = Date.now()
  await (await ask(model)).text()
  const [request] = model.requests
  expect(request).toMatchObject({
    isTitle: false,
    aborted: false,
    headers: { "x-trace": "t1" },
    body: { messages: [{ role: "user", content: "go" }] },
  })
  expect(Math.abs((request?.at ?? 0) - before)).toBeLessThan(2_000)
})

test("a title is answered without using up a step", async () => {
  const model = await start({ agents: { lead: [{ text: "one" }] } })
  expect(await contentOf(await ask(model, undefined, { tools: [] }))).toBe("Scripted title")
  expect(await contentOf(await ask(model))).toBe("one")
  expect(model.requests.map(({ isTitle, step }) => [isTitle, step])).toEqual([
    [true, -1],
    [false, 0],
  ])
})

test("waitFor finds a past request, and waits for a future one", async () => {
  const model = await start()
  const future = model.waitFor(({ agent }) => agent === "scout")
  await (await ask(model)).text()
  expect((await model.waitFor(({ agent }) => agent === "lead")).step).toBe(0)
  await (await ask(model, [{ role: "user", content: "[[as:scout]]" }])).text()
  expect((await future).agent).toBe("scout")
})

test("waitFor that finds nothing says what it saw", async () => {
  const model = await start()
  await (await ask(model, [{ role: "user", content: "[[as:scout]] look\naround" }])).text()
  await expect(model.waitFor(({ step }) => step === 9, { timeoutMs: 10 })).rejects.toThrow(
    "No request matched within 10 ms. 1 requests were seen:\n  scout step 0: [[as:scout]] look around",
  )
})

test("onRequest listens until it is ended", async () => {
  const model = await start()
  const heard: string[] = []
  const end = model.onRequest(({ agent }) => void heard.push(agent))
  await (await ask(model)).text()
  end()
  await (await ask(model)).text()
  expect(heard).toEqual(["lead"])
})

test("a script can be replaced while the server runs", async () => {
  const model = await start({ agents: { lead: [{ text: "old" }] } })
  model.script("lead", [{ text: "new" }])
  expect(await contentOf(await ask(model))).toBe("new")
})

test("a scripted error has its status, headers and body", async () => {
  const error = {
    status: 429,
    headers: { "retry-after": "3" },
    body: { error: { message: "slow" } },
  }
  const model = await start({ agents: { lead: [{ error }] } })
  const response = await ask(model)
  expect(response.status).toBe(429)
  expect(response.headers.get("retry-after")).toBe("3")
  expect(await response.json()).toEqual({ error: { message: "slow" } })
  expect(model.requests[0]).toMatchObject({ aborted: false })
})

test("a step that throws answers 500 and is recorded", async () => {
  const broken = () => {
    throw new Error("no fleet_id in the result")
  }
  const model = await start({ agents: { lead: [broken] } })
  const response = await ask(model)
  expect(response.status).toBe(500)
  expect(await response.text()).toContain("no fleet_id in the result")
  expect(model.requests[0]?.error).toBe("no fleet_id in the result")
})

test("a cut stream delivers its first characters, then breaks", async () => {
  const model = await start({ agents: { lead: [{ text: "half of it", cutAfterChars: 4 }] } })
  const response = await ask(model)
  let text = ""
  const read = async () => {
    for await (const part of response.body!) text += new TextDecoder().decode(part)
  }
  await read().catch(() => {})
  expect(text).toContain('"content":"half"')
  expect(text).not.toContain("[DONE]")
  expect(model.requests[0]?.aborted).toBe(false)
})

test("a client that leaves is recorded as aborted", async () => {
  const model = await start({ agents: { lead: [{ hang: true }] } })
  const leave = new AbortController()
  const response = await ask(model, undefined, { signal: leave.signal })
  expect(response.status).toBe(200)
  leave.abort()
  expect((await model.waitFor(({ aborted }) => aborted)).agent).toBe("lead")
})

test("an answer is held until its promise is fulfilled", async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const model = await start({ agents: { lead: [{ text: "at last", holdUntil: promise }] } })
  let answered = false
  const answer = ask(model).then((response) => {
    answered = true
    return contentOf(response)
  })
  await model.waitFor(({ agent }) => agent === "lead")
  expect(answered).toBe(false)
  resolve()
  expect(await answer).toBe("at last")
})

test("delays add up before the answer and between its chunks", async () => {
  const turn = { text: "abcd", chunkSize: 1, delayMs: 40, chunkDelayMs: 20 }
  const model = await start({ agents: { lead: [turn] } })
  const begin = performance.now()
  expect(await contentOf(await ask(model))).toBe("abcd")
  // 40 before, and 20 before each of seven frames after the first; timers may fire a little early.
  expect(performance.now() - begin).toBeGreaterThan(170)
})

test("closing ends open connections and waiting, and may be done twice", async () => {
  const model = await start({ agents: { lead: [{ hang: true }] } })
  const response = await ask(model)
  const waiting = model.waitFor(() => false).catch((error: Error) => error.message)
  await model.close()
  expect(await waiting).toStartWith("The scripted model was closed. 1 requests")
  await response.text().catch(() => {})
  await expect(ask(model)).rejects.toThrow()
  await model.close()
  expect(model.requests[0]?.aborted).toBe(false)
})

test("models are listed, other paths are not found, and broken bodies are refused", async () => {
  const model = await start()
  const list = (await (await fetch(`${model.url}/models`)).json()) as { data: { id: string }[] }
  expect(list.data.map(({ id }) => id)).toEqual(["m1", "m2"])
  const missing = await fetch(`${model.url}/embeddings`)
  expect(missing.status).toBe(404)
  // A connection whose answer nobody has read may be taken for the next request, as it closes.
  await missing.text()
  const broken = await fetch(`${model.url}/chat/completions`, { method: "POST", body: "{" })
  expect(broken.status).toBe(400)
})

test("a connection stays open for the next request, also after an error", async () => {
  const model = await start()
  const socket = connect(Number(new URL(model.url).port), "127.0.0.1")
  try {
    let answers = ""
    const answered = Promise.withResolvers<void>()
    socket.on("data", (data) => {
      answers += data
      if (answers.includes("m2")) answered.resolve()
    })
    socket.on("close", () => answered.reject(new Error("The connection was closed.")))
    socket.write("GET /v1/embeddings HTTP/1.1\r\n\r\nGET /v1/models HTTP/1.1\r\n\r\n")
    await answered.promise
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 404", "HTTP/1.1 200"])
  } finally {
    socket.destroy()
  }
})
