/** What we look at of OpenCode 2's plugin context; all of it may be missing or different. */
interface Context2 {
  app?: { version?: unknown }
  command?: { transform?(edit: (commands: Commands) => void): unknown }
}
interface Commands {
  add?(command: { name: string; description: string; execute: () => Promise<void> }): void
}

/** OpenCode 1.18 may call `setup` before it has called `server`, if only by so much. */
const patienceMs = 5000

/**
 * What OpenCode 2 calls instead of `server`. It has another plugin API, so Meshfleet does nothing there
 * but say so: in a line on stderr, once per process, and as `/fleet`, where somebody would look for it.
 * OpenCode 1.18 (1.18.33, seen) calls it too, when its preview of version 2 (`/api/…`) is first used:
 * where `server` runs there is nothing to say.
 *
 * Contract: never throws and never rejects, whatever it is given.
 */
export const createSetup = (
  state: { served: boolean; noticed: boolean },
  print: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
  later: (step: () => void) => void = (step) => void setTimeout(step, patienceMs).unref?.(),
) => {
  const say = (text: string) =>
    later(() => {
      if (state.noticed || state.served) return
      state.noticed = true
      try {
        print(text)
      } catch {
        // There is nobody left to tell.
      }
    })

  return async (context?: unknown): Promise<void> => {
    if (state.served) return
    try {
      const { app, command } = (context ?? {}) as Context2
      const text = noticeFor(app?.version)
      say(text)
      await command?.transform?.((commands) =>
        commands.add?.({
          name: "fleet",
          description: text,
          async execute() {
            throw new Error(text)
          },
        }),
      )
    } catch {
      // A notice that cannot be shown is no reason to trouble OpenCode.
    }
  }
}

const noticeFor = (version: unknown) =>
  `Meshfleet is off: this version runs in OpenCode 1.18, and this is OpenCode ${typeof version === "string" ? version : "2"}. ` +
  "Use OpenCode 1.18 for fleets (npm install -g opencode-ai@1.18), or check whether a newer opencode-meshfleet supports yours."
