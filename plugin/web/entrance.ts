import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import type { Asked } from "../system/event-server/http.ts"
import { Refusal } from "../system/event-server/refusal.ts"

/**
 * Who may look, and who may act. All of it lives as long as this process.
 *
 * A browser sends the cookies of 127.0.0.1 to every port there, so a server that an agent has started
 * could be sent ours: the cookie alone only looks. What acts sends also a key that the page keeps in its
 * origin's storage, which no other port reads; scripts, in turn, cannot read the cookie.
 */
export const createEntrance = (port: () => number) => {
  const cookie = secret()
  const key = secret()
  let link: string | undefined = secret()
  const name = () => `meshfleet_${port()}`

  const hasCookie = ({ header }: Asked) =>
    (header("cookie") ?? "")
      .split(/; */)
      .some(
        (each) => each.startsWith(`${name()}=`) && isSame(each.slice(name().length + 1), cookie),
      )

  return {
    /** For one use. */
    link: () => `http://127.0.0.1:${port()}/?token=${link}`,

    /** The headers that let a browser in, if it has come by the link, which is used up by that. */
    enter({ query }: Asked) {
      const given = query.get("token")
      if (given === null || link === undefined || !isSame(given, link)) return undefined
      link = undefined
      return {
        "set-cookie": `${name()}=${cookie}; Path=/; HttpOnly; SameSite=Strict`,
        // What stands behind # is never sent; the page takes it out of the address.
        location: `/#key=${key}`,
      }
    },

    hasCookie,

    requireLooker(asked: Asked) {
      if (!hasCookie(asked)) throw notInvited
    },

    requireActor(asked: Asked) {
      if (!hasCookie(asked)) throw notInvited
      if (asked.header("origin")?.toLowerCase() !== `http://${asked.header("host")?.toLowerCase()}`)
        throw new Refusal(
          403,
          "FOREIGN_ORIGIN",
          "Only the dashboard's own page acts.",
          "Use the page.",
        )
      if (!isSame(asked.header("x-meshfleet-key") ?? "", key))
        throw new Refusal(
          403,
          "KEY_MISSING",
          "This page may look, but not act: it has not come by the link.",
          "Run meshfleet dashboard again and open its link.",
        )
    },
  }
}

const notInvited = new Refusal(
  401,
  "UNAUTHORIZED",
  "This browser has not come by the link of meshfleet dashboard, or that has ended.",
  "Run meshfleet dashboard again and open its link; a link works once.",
)

const secret = () => randomBytes(32).toString("base64url")
const digest = (text: string) => createHash("sha256").update(text).digest()
const isSame = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
