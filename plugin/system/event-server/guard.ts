import type { Asked } from "./http.ts"
import { Refusal } from "./refusal.ts"

/**
 * Refuses whatever a web page can make a browser send. A page of another origin names it in `Origin` or
 * is given away by `Sec-Fetch-Site`; one that has its own name point here (DNS rebinding) says that name
 * in `Host`.
 */
export const guard = ({ header }: Pick<Asked, "header">, port: number) => {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const host = header("host")?.toLowerCase()
  if (host === undefined || !hosts.includes(host))
    throw new Refusal(
      403,
      "WRONG_HOST",
      `The Host of this server is ${hosts[0]}.`,
      "Use the stream_url as it was given.",
    )
  const origin = header("origin")
  const site = header("sec-fetch-site")
  const isOwn = origin === undefined || origin.toLowerCase() === `http://${host}`
  if (!isOwn || (site !== undefined && site !== "same-origin" && site !== "none"))
    throw new Refusal(
      403,
      "FOREIGN_ORIGIN",
      "No web page may read this server.",
      "Read the stream with a program on this machine.",
    )
}
