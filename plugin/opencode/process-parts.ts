import { createLazyLedger } from "../mesh/ledger/lazy-ledger.ts"
import type { Config } from "../mesh/model/config.ts"
import { createCatalog } from "../mesh/specialists/catalog.ts"
import { createLedgerStore, ledgerPlace } from "../system/ledger-store.ts"
import { createHostStarter } from "./api/host-starter.ts"
import { agentFolders } from "./process/agent-folders.ts"
import { bundledAgents, bundledRouting } from "./process/bundled.ts"
import { createRanker } from "./process/ranker.ts"

export interface ProcessPartsDeps {
  directory: string
  home: string
  config: Config
  env: Record<string, string | undefined>
  /** What hosts load, and with which options. */
  pluginFile: string
  options: Record<string, unknown>
}

/** What a process of the mesh is made of whether it is OpenCode's or a shell's. */
export const processParts = ({
  directory,
  home,
  config,
  env,
  pluginFile,
  options,
}: ProcessPartsDeps) => {
  const specialists = createCatalog({
    bundled: bundledAgents(),
    folders: agentFolders(directory, config, env),
  })
  const store = createLedgerStore(ledgerPlace(home, config.ledger))
  return {
    home,
    config,
    lazyLedger: createLazyLedger(() => store.open()),
    leases: store.leases,
    specialists,
    ranker: createRanker({
      specialists,
      routing: bundledRouting(),
      config: config.routing,
      home,
      env,
    }),
    hosts: createHostStarter({ home, pluginFile, options, config, env }),
  }
}
