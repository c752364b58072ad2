/** What OpenCode 1.18 loads in its screen, as `"plugin": ["opencode-meshfleet"]` in tui.json. */
declare const plugin: {
  id: string
  /** Takes OpenCode's `TuiPluginApi` (@opencode-ai/plugin 1.18). */
  tui(...input: any[]): Promise<void>
}
export default plugin
