import { createHash } from "node:crypto"
import { isoTime } from "../../mesh/model/limits/numbers.ts"
import type { Timeline } from "./render-timeline.ts"
import page from "./timeline-page.html" with { type: "text" }
import script from "./timeline-page.js.txt" with { type: "text" }

/**
 * One page that asks for nothing from elsewhere. What agents wrote is data in it: the page puts it in
 * place as text, and its policy lets no other script run.
 */
export const renderTimelinePage = (timeline: Timeline, at: number) => {
  const hash = createHash("sha256").update(script).digest("base64")
  // Inside a script element only "<" could end it, or begin a comment.
  const data = JSON.stringify({ ...timeline, writtenAt: isoTime(at) }).replaceAll("<", "\\u003c")
  const scripts = `<script id="data" type="application/json">${data}</script>\n<script>${script}</script>`
  // Functions, since "$" has a meaning in a replacement that is text.
  return String(page)
    .replace("{{hash}}", () => hash)
    .replace("<!-- scripts -->", () => scripts)
}
