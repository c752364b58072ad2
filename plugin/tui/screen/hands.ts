import type { CliRenderer } from "@opencode-ai/plugin/tui"

/** From pressing a key to what it does passes a moment, of a busy machine too. */
const freshMs = 1000

/**
 * Whether a person has just done something. OpenCode's commands can be called over its port, the one
 * that chooses in a dialog among them, and a model may reach that; it has no keys.
 */
export const createHands = (renderer: Pick<CliRenderer, "keyInput">, now: () => number) => {
  let usedAt = -Infinity
  const use = () => void (usedAt = now())
  // Before what the key does.
  renderer.keyInput.prependListener("keypress", use)
  return {
    /** A click: parts that are made of ours tell. */
    use,
    wereUsed: () => now() - usedAt < freshMs,
    close: () => void renderer.keyInput.off("keypress", use),
  }
}

export type Hands = ReturnType<typeof createHands>
