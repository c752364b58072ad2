import { request } from "node:http"
import type { World } from "./world.ts"

type Answered = Omit<Response, "json"> & { json(): Promise<any> }

interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** As fetch would answer; fetch itself sends no Host, Origin or Cookie of a test's choice. */
const send = (world: World, path: string, { method = "GET", headers = {}, body }: Asked) =>
  new Promise<Answered>((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port: world.port, path, method, headers },
      (answer) => {
        const parts: Buffer[] = []
        answer.on("data", (part: Buffer) => parts.push(part))
        answer.on("end", () =>
          resolve(
            new Response([204, 303].includes(answer.statusCode!) ? null : Buffer.concat(parts), {
              status: answer.statusCode!,
              headers: Object.entries(answer.headers).map(([name, value]): [string, string] => [
                name,
                String(value),
              ]),
            }),
          ),
        )
      },
    )
    asked.on("error", reject)
    asked.end(body)
  })

/** A browser without a window: what it is given it sends again. */
export const visitor = (world: World) => {
  let cookie = ""
  let key = ""
  const ask = (path: string, { headers = {}, ...asked }: Asked = {}) =>
    send(world, path.replace(world.origin, ""), {
      ...asked,
      headers: { ...(cookie && { cookie }), ...headers },
    })
  return {
    ask,
    get: (path: string, headers: Record<string, string> = {}) => ask(path, { headers }),
    cookie: () => cookie,

    async enter() {
      const { headers } = await ask(world.link)
      cookie = headers.get("set-cookie")!.split(";")[0]!
      key = headers.get("location")!.slice("/#key=".length)
    },

    /** As the page asks for it, unless the test says otherwise. */
    act(
      name: string,
      body: unknown,
      more: {
        origin?: string | undefined
        key?: string | undefined
        type?: string
        method?: string
      } = {},
    ) {
      const { origin, key: sent } = { origin: world.origin, key, ...more }
      return ask(`/do/${name}`, {
        method: more.method ?? "POST",
        headers: {
          "content-type": more.type ?? "application/json",
          ...(origin !== undefined && { origin }),
          ...(sent !== undefined && { "x-meshfleet-key": sent }),
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
      })
    },
  }
}
