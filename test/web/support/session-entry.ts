import type { SessionShownEntry } from "../../../plugin/mesh/views/shown.ts"

/** Something in an agent's session: by default a text. */
export const sessionEntry = (
  id: string,
  more: Partial<SessionShownEntry> = {},
): SessionShownEntry => ({
  id,
  at: 0,
  kind: "text",
  title: "says",
  text: "",
  chars: more.text?.length ?? 0,
  state: null,
  tookMs: null,
  ...more,
})
