import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { Browser } from "playwright-core"
import type { Timeline, TimelineEntry } from "../../plugin/cli/render/render-timeline.ts"
import { renderTimelinePage } from "../../plugin/cli/render/timeline-page.ts"
import { launch } from "./chromium.ts"

const start = Date.UTC(2026, 0, 1)
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()
const hostile = `</script><script>alert(1)</script><img src=x onerror="alert(2)"><!-- $& \u202e\u001b[2J`
const names = ["mapper", "reviewer", `<b>maker</b>\u202e日本${"x".repeat(40)}`] as const
const says = (seconds: number, from: string, to: string[], text: string): TimelineEntry => ({
  at: at(seconds),
  kind: "message",
  type: "handoff",
  from,
  to,
  message_id: `msg_${seconds}`,
  text,
  acknowledged: true,
})
const happens = (seconds: number, type: string, from: string): TimelineEntry => ({
  at: at(seconds),
  kind: "event",
  type,
  from,
  data: {},
})
const timeline: Timeline = {
  fleet: {
    fleet_id: "flt_1",
    name: "Checkout <i>rewrite</i>",
    status: "failed",
    created_at: at(0),
    completed_at: at(95),
  },
  agents: names.map((name, index) => ({
    agent_id: `agent-${index}`,
    name,
    role: name,
    status: index === 2 ? "failed" : "complete",
  })),
  entries: [
    ...names.map((name, index) => happens(1 + index, "agent.running", name)),
    says(12, names[0], [names[1]], "The parser is in src/parse.ts; three functions call it."),
    says(20, names[1], [names[2], "lead"], hostile),
    happens(40, "agent.stalled", names[2]),
    says(44, "lead", [names[2]], `${"👨‍👩‍👧‍👦e\u0301 ".repeat(3000)}${"y".repeat(30_000)}`),
    happens(60, "agent.complete", names[0]),
    happens(75, "agent.complete", names[1]),
    happens(95, "agent.failed", names[2]),
  ],
}

let browser: Browser
let folder: string
beforeAll(async () => {
  browser = await launch()
  folder = mkdtempSync(join(tmpdir(), "meshfleet-timeline-"))
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

test("the page of timeline --html shows hostile texts as texts, and replays the fleet", async () => {
  const file = join(folder, "fleet.html")
  writeFileSync(file, renderTimelinePage(timeline, start + 100_000))
  const page = await browser.newPage({ viewport: { width: 1024, height: 800 } })
  const complaints: string[] = []
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (message) => complaints.push(message.text()))
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) complaints.push(`asks ${request.url()}`)
  })
  await page.goto(pathToFileURL(file).href)
  expect(await page.locator("h1").textContent()).toBe("Checkout <i>rewrite</i>: failed")
  const { entries } = timeline
  expect(await page.locator("li:visible").count()).toBe(entries.length)
  expect(await page.locator("li pre").nth(1).textContent()).toBe(hostile)
  expect(await page.locator("img, h1 i, li b b, bdi b, svg b").count()).toBe(0)
  // Nothing an agent wrote makes the page wider than the window.
  expect(Number(await page.evaluate("document.documentElement.scrollWidth"))).toBe(1024)
  const picture = process.env["MESHFLEET_TEST_PICTURE"]
  if (picture) await page.screenshot({ path: picture })

  await page.locator("input").fill("250")
  expect(await page.locator("output").textContent()).toBe("+23.8s")
  expect(await page.locator("li:visible").count()).toBe(5)
  expect(await page.locator("li.now pre").textContent()).toBe(hostile)
  // The whole of it takes twenty seconds.
  await page.locator("input").fill("980")
  await page.getByRole("button", { name: "Play" }).click()
  await page.getByRole("button", { name: "Play" }).waitFor()
  expect(await page.locator("li:visible").count()).toBe(entries.length)
  await page.setViewportSize({ width: 390, height: 800 })
  expect(Number(await page.evaluate("document.documentElement.scrollWidth"))).toBe(390)
  if (picture) await page.screenshot({ path: picture.replace(".png", "-390.png") })
  expect(complaints).toEqual([])
})
