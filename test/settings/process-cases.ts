import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findOpenCode } from "../../plugin/cli/mesh/find-opencode.ts"
import { type Config, parseConfig } from "../../plugin/mesh/model/config.ts"
import { type Instance, openInstance } from "../../plugin/opencode/instance.ts"
import { createRanker } from "../../plugin/opencode/process/ranker.ts"
import { createShared, type Shared } from "../../plugin/opencode/shared.ts"
import { specialistsIn } from "../../plugin/opencode/process-parts.ts"
import { reservationToolsFor, toolsFor } from "../../plugin/tools/registry.ts"
import { file } from "../mesh/specialists/folders.ts"
import { createFakeSessions } from "../opencode/support/fake-sessions.ts"
import type { Case } from "./case.ts"

const configOf = (settings: Record<string, unknown>) =>
  parseConfig([{ from: "test", values: settings }]).config

const inFolder = async <T>(act: (folder: string) => T | Promise<T>) => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-setting-"))
  try {
    return await act(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A directory that an OpenCode has open with these settings as the plugin's options. */
const inInstance = <T>(
  options: Record<string, unknown>,
  look: (instance: Instance, state: Shared, folder: string) => T | Promise<T>,
) =>
  inFolder(async (folder) => {
    const state = createShared()
    const instance = await openInstance({
      directory: folder,
      sessions: createFakeSessions(),
      options,
      env: { HOME: folder, MESHFLEET_HOME: join(folder, "mesh") },
      home: join(folder, "mesh"),
      log: (error) => {
        throw error
      },
      pluginFile: "/plugin.js",
      state,
    })
    try {
      return await look(instance, state, folder)
    } finally {
      await instance.close()
    }
  })

const minutes = (ms: number) => Math.round(ms / 60_000)

export const processCases = {
  file_reservations: {
    values: [false, true],
    becomes: [[], ["reserve_files", "release_files"]],
    seen: (settings) => [...reservationToolsFor("member", configOf(settings).file_reservations)],
  },

  tools: {
    values: ["core", ["ping"]],
    becomes: [false, true],
    seen: (settings) => toolsFor("lead", configOf(settings).tools).includes("ping"),
  },
  agent_folders: {
    values: [[], ["FOLDER"]],
    becomes: [false, true],
    seen: ({ agent_folders }) =>
      inFolder((folder) => {
        mkdirSync(join(folder, "more"))
        writeFileSync(join(folder, "more/helper.md"), file("helper", "Helps."))
        const folders = (agent_folders as string[]).map(() => join(folder, "more"))
        const config: Config = configOf({ agent_folders: folders })
        return specialistsIn(folder, config, { HOME: folder }).find("helper") !== undefined
      }),
  },
  opencode: {
    values: ["/opt/opencode", "/usr/bin/opencode"],
    becomes: ["/opt/opencode", "/usr/bin/opencode"],
    seen: (settings) =>
      findOpenCode({
        configured: configOf(settings).opencode,
        packageRoot: "/none",
        directory: "/shop",
        path: "",
        running: undefined,
      }),
  },
  stream_token_ms: {
    values: [60_000, 600_000],
    becomes: [1, 10],
    seen: (settings) =>
      inInstance(settings, async ({ meshProcess }) => {
        const { expiresAt } = await meshProcess.eventServer.serve({
          kind: "inbox",
          recipient: "a-1",
        })
        return minutes(expiresAt - Date.now())
      }),
  },
  ledger: {
    values: ["one.db", "two.db"],
    becomes: ["mesh/one.db", "mesh/two.db"],
    seen: (settings) =>
      inInstance(settings, (_, { ledgers }, folder) =>
        // Beside the version that may share it.
        [...ledgers.keys()].map((key) => key.split(`${folder}/`)[1]).join(),
      ),
  },
  telemetry: {
    values: [true, false],
    becomes: [true, false],
    seen: (settings) => inInstance(settings, ({ meshProcess }) => meshProcess.isTracing),
  },
  routing: {
    values: [{}, { synonyms: { foodb: ["chapter"] } }],
    becomes: ["a", "b"],
    seen: async (settings) => {
      const ranker = createRanker({
        specialists: { list: () => [] },
        routing: { counted: () => undefined, questions: () => "" },
        config: configOf(settings).routing,
        home: "/none",
        env: {},
      })
      const agents = [
        { id: "a", name: "a", role: "Painter", skills: ["paint"] },
        { id: "b", name: "b", role: "Author", skills: ["chapter"] },
      ]
      const ranked = await ranker.rank(
        { description: "shard the foodb cluster", top: 1 } as never,
        { agents, roster: false } as never,
        () => ({ successes: 0, failures: 0 }),
      )
      return ranked.matches[0]?.id
    },
  },
} satisfies Record<string, Case>
