import { get } from "node:http"
import type { Overview } from "../../../plugin/mesh/views/shown.ts"
import { visitor } from "./visitor.ts"
import type { World } from "./world.ts"

const guests = new WeakMap<World, ReturnType<typeof visitor>>()

/** Who has come by the world's link: it works once. */
export const guestOf = async (world: World) => {
  const known = guests.get(world)
  if (known) return known
  const guest = visitor(world)
  await guest.enter()
  guests.set(world, guest)
  return guest
}

/** The live stream as the page reads it, one overview after the other. */
export const openLive = async (world: World, query = "") => {
  const cookie = (await guestOf(world)).cookie()
  const found: Overview[] = []
  const waiting: ((overview: Overview) => void)[] = []
  const over = Promise.withResolvers<void>()
  let text = ""
  const asked = get(
    {
      host: "127.0.0.1",
      port: world.port,
      path: `/live${query}`,
      headers: { cookie },
    },
    (answer) => {
      answer.setEncoding("utf8")
      answer.on("data", (part: string) => {
        text += part
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const frame = text.slice(0, end)
          if (frame.startsWith("event: end")) return
          text = text.slice(end + 2)
          if (!frame.startsWith("data: ")) continue
          const overview = JSON.parse(frame.slice("data: ".length)) as Overview
          const next = waiting.shift()
          if (next) next(overview)
          else found.push(overview)
        }
      })
      answer.on("close", () => over.resolve())
    },
  )
  asked.on("error", () => over.resolve())
  return {
    next: () =>
      found.length > 0
        ? Promise.resolve(found.shift()!)
        : new Promise<Overview>((resolve) => waiting.push(resolve)),
    async rest() {
      await over.promise
      return text
    },
    async end() {
      asked.destroy()
      await over.promise
    },
  }
}
