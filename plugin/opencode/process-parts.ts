import type { Config } from "../mesh/model/config.ts"
import { type Catalog, createCatalog } from "../mesh/specialists/catalog.ts"
import type { LedgerOptions } from "../mesh/ledger/port.ts"
import { ledgerPlace } from "../system/ledger-store.ts"
import { telemetryOf } from "../system/telemetry/telemetry-settings.ts"
import { createHostStarter } from "./api/host-starter.ts"
import { agentFolders } from "./process/agent-folders.ts"
import { bundledAgents, bundledRouting, bundledTemplates } from "./process/bundled.ts"
import { createRanker } from "./process/ranker.ts"
import { type SharedLedger, shareLedger } from "./shared-ledger.ts"

export interface ProcessPartsDeps {
  home: string
  config: Config
  env: Record<string, string | undefined>
  specialists: Catalog
  /** The ledgers that this process has open. */
  ledgers: Map<string, SharedLedger>
  /** What hosts load, and with which options. */
  pluginFile: string
  options: Record<string, unknown>
  /** How the ledger is opened. */
  ledgerOptions?: LedgerOptions
}

/** What a process of the mesh is made of whether it is OpenCode's or a shell's. */
export const processParts = ({
  home,
  config,
  env,
  specialists,
  ledgers,
  pluginFile,
  options,
  ledgerOptions,
}: ProcessPartsDeps) => ({
  home,
  config,
  env,
  telemetry: telemetryOf(config, env),
  specialists,
  ...shareLedger(ledgers, ledgerPlace(home, config.ledger), ledgerOptions),
  ranker: createRanker({
    specialists,
    routing: bundledRouting(),
    config: config.routing,
    home,
    env,
  }),
  bundledTemplates: bundledTemplates(),
  hosts: createHostStarter({ home, pluginFile, options, config, env }),
})

/** The agents that are found from a directory. */
export const specialistsIn = (
  directory: string,
  config: Config,
  env: Record<string, string | undefined>,
): Catalog =>
  createCatalog({ bundled: bundledAgents(), folders: agentFolders(directory, config, env) })
