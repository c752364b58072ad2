import { parse } from "jsonc-parser"
import { isRecord } from "../mesh/model/is-record.ts"
import type { ConfigFile } from "./config/read-config.ts"

/** MCP servers of agent-mesh that a configuration starts: Meshfleet has the same tools, native. */
export const oldServersIn = (files: readonly ConfigFile[]): { path: string; name: string }[] =>
  files.flatMap(({ path, part, text }) => {
    const config: unknown = part === "server" ? parse(text, [], { allowTrailingComma: true }) : {}
    const servers = isRecord(config) && isRecord(config["mcp"]) ? config["mcp"] : {}
    return Object.entries(servers)
      .filter(([name, server]) => isOld(name, server))
      .map(([name]) => ({ path, name }))
  })

const isOld = (name: string, server: unknown) =>
  isRecord(server) &&
  server["enabled"] !== false &&
  /\bagent[-_]mesh\b/.test(`${name} ${JSON.stringify([server["command"], server["url"]])}`)
