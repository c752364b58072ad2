import { expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { packPackage } from "../../../scripts/pack-package.ts"
import { createWorld, type World } from "../support/world.ts"

const root = join(import.meta.dir, "../../..")

const meshfleet = async (world: World, ...args: string[]) => {
  const child = spawn("node", [join(root, "bin/meshfleet.mjs"), ...args], {
    cwd: world.project,
    env: world.env as Record<string, string>,
    stdio: ["ignore", "pipe", "pipe"],
  })
  let out = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => (out += data))
  const [code] = await once(child, "close")
  return { code: code as number, out }
}

test("installed from a tarball a fleet runs, the doctor finds nothing, and uninstalled nothing is left", async () => {
  const world = await createWorld({
    install: () => undefined,
    settings: { linger_ms: 500 },
    agents: {
      lead: [
        {
          toolCalls: [
            {
              name: "spawn_fleet",
              args: { agents: [{ role: "Worker", prompt: "[[as:worker]] Work." }] },
            },
          ],
        },
        ({ lastToolResult: { fleet_id } }) => ({
          toolCalls: [{ name: "collect_results", args: { fleet_id, wait_seconds: 60 } }],
        }),
        ({ lastToolResult }) => ({ text: `It said: ${lastToolResult.results[0].output}` }),
      ],
      worker: [{ text: "All good." }],
      after: [{ text: "No fleet here." }],
      probe: [{ text: "ok" }],
    },
  })
  try {
    // A person's file: comments, and a trailing comma.
    const config = join(world.project, "opencode.json")
    const before = `// Mine\n${readFileSync(config, "utf8").replace(/\}\s*$/, ",\n  // last\n}\n")}`
    writeFileSync(config, before)

    const { file } = await packPackage(root, world.folder)
    const installed = await meshfleet(world, "install", "--tui", "--from", file)
    expect(installed).toMatchObject({ code: 0, out: expect.stringContaining("Done.") })
    const run = world.run("Run one agent.")
    expect(await run.ended).toBe(0)
    expect(run.output()).toContain("It said: All good.")
    expect(await world.untilGone(20_000)).toEqual([])

    const asked = world.model.requests.length
    const { out } = await meshfleet(world, "doctor", "--provider", "--json")
    const { ok, findings } = JSON.parse(out)
    expect(findings.filter(({ state }: { state: string }) => state === "fault")).toEqual([])
    expect(ok).toBe(true)
    const said = findings.map(({ says }: { says: string }) => says).join("\n")
    expect(said).toContain("OpenCode 1.18.33")
    expect(said).toContain("fake/m1 answers")
    expect(said).toMatch(
      /loaded from .*packages.opencode-meshfleet@file:.*dist.meshfleet\.js \d+\.\d+\.\d+/,
    )
    const probes = world.model.requests.slice(asked)
    expect(probes.map(({ body }) => (body as { max_tokens?: number }).max_tokens)).toEqual([1])
    expect(probes[0]!.body.tools ?? []).toEqual([])

    expect((await meshfleet(world, "uninstall")).code).toBe(0)
    expect(readFileSync(config, "utf8")).toBe(before)
    const without = world.run("Is there a fleet?", "after")
    expect(await without.ended).toBe(0)
    const { tools } = world.model.requests.at(-1)!.body
    expect(tools!.map((tool) => tool.function.name)).not.toContain("spawn_fleet")
  } finally {
    await world.end()
  }
}, 240_000)
