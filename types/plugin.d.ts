/** Options of the plugin, as in meshfleet.jsonc: `opencode-meshfleet/schema.json` describes them. */
export type MeshfleetOptions = Record<string, unknown>

/** What OpenCode 1.18 loads as `"plugin": ["opencode-meshfleet"]`. */
declare const plugin: {
  id: string
  /** Takes OpenCode's `PluginInput`, and answers its `Hooks` (@opencode-ai/plugin 1.18). */
  server(input: any, options?: MeshfleetOptions): Promise<any>
  /** What OpenCode 2 calls: it says that this version runs in OpenCode 1.18. */
  setup(context?: unknown): Promise<void>
}
export default plugin
