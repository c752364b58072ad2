import type { Config } from "../mesh/model/config.ts"

/** The part of OpenCode's configuration that makes a host start further processes, or load code. */
export interface HostExtras {
  mcp?: Record<string, { type?: string; enabled?: boolean } | undefined>
  lsp?: boolean | Record<string, { disabled?: boolean } | undefined>
  plugin?: readonly unknown[]
}

type Choice = Config["host_mcp"]

const isChosen = (choice: Choice, name: string) =>
  choice === "inherit" || (choice !== "none" && choice.includes(name))

/**
 * Takes from a host's configuration what its agents are not to have. Call it in the `config` hook:
 * OpenCode 1.18.33 starts both kinds of servers after it, from the same object. Plugins are loaded
 * before it and can only be left out all together (OPENCODE_PURE), ours included, so all of them load.
 */
export const limitExtras = (
  settings: HostExtras,
  { host_mcp, host_lsp }: Pick<Config, "host_mcp" | "host_lsp">,
) => {
  for (const [name, server] of Object.entries(settings.mcp ?? {}))
    if (server && !isChosen(host_mcp, name)) server.enabled = false
  if (!settings.lsp || host_lsp === "inherit") return
  const own = settings.lsp === true ? {} : settings.lsp
  settings.lsp =
    host_lsp === "none"
      ? false
      : {
          ...own,
          ...Object.fromEntries(
            [...builtInServers, ...Object.keys(own)]
              .filter((name) => !isChosen(host_lsp, name))
              .map((name) => [name, { disabled: true }]),
          ),
        }
}

const mebibyte = 1024 * 1024
// Estimates: a local MCP server is a Node or Python process with little to hold, a language server
// holds a project, and a host meets one language more often than two. A plugin is code in the host.
const mcpBytes = 80 * mebibyte
const lspBytes = 300 * mebibyte
const pluginBytes = 10 * mebibyte

/** What a host takes beyond itself, for admission. */
export const extrasBytes = (
  { mcp = {}, lsp, plugin = [] }: HostExtras,
  { host_mcp, host_lsp }: Pick<Config, "host_mcp" | "host_lsp">,
) => {
  const servers = Object.entries(mcp).filter(
    ([name, server]) =>
      server?.type === "local" && server.enabled !== false && isChosen(host_mcp, name),
  )
  const hasLanguages = Boolean(lsp) && host_lsp !== "none" && host_lsp.length > 0
  return servers.length * mcpBytes + (hasLanguages ? lspBytes : 0) + plugin.length * pluginBytes
}

/** OpenCode 1.18.33's own; its configuration does not name them. */
const builtInServers = [
  ...[
    "deno",
    "typescript",
    "vue",
    "eslint",
    "oxlint",
    "biome",
    "gopls",
    "ruby-lsp",
    "ty",
    "pyright",
  ],
  ...["elixir-ls", "zls", "csharp", "razor", "fsharp", "sourcekit-lsp", "rust", "clangd", "svelte"],
  ...["astro", "jdtls", "kotlin-ls", "yaml-ls", "lua-ls", "php intelephense", "prisma", "dart"],
  ...["ocaml-lsp", "bash", "terraform", "texlab", "dockerfile", "gleam", "clojure-lsp", "nixd"],
  ...["tinymist", "haskell-language-server", "julials"],
]
