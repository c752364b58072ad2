export interface GitResult {
  ok: boolean
  stdout: string
  /** Its last words, for a person. */
  complaint: string
}

/** Runs git in a directory. Never throws. */
export type Git = (
  directory: string,
  args: readonly string[],
  timeoutMs?: number,
) => Promise<GitResult>

/** Looking at a large repository on a slow disk takes seconds; a minute means it hangs. */
const lookMs = 60_000

/** They make git look at another repository than that of its directory (git rev-parse --local-env-vars). */
const elsewhere =
  /^GIT_(ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|CONFIG|CONFIG_COUNT|CONFIG_PARAMETERS|DIR|GRAFT_FILE|IMPLICIT_WORK_TREE|INDEX_FILE|INTERNAL_SUPER_PREFIX|NAMESPACE|NO_REPLACE_OBJECTS|OBJECT_DIRECTORY|PREFIX|REPLACE_REF_BASE|SHALLOW_FILE|WORK_TREE)$/

export interface GitOptions {
  /** Variables of git itself that this one is run with. */
  own?: Record<string, string>
  /** A signal to our own group does not reach it: it ends what it has begun. */
  detached?: boolean
}

/** Git without a person: it asks nothing, speaks English, leaves no daemon, takes no lock to look. */
export const createGit =
  (
    env: () => Record<string, string | undefined>,
    { own = {}, detached = false }: GitOptions = {},
  ): Git =>
  async (directory, args, timeoutMs = lookMs) => {
    // Loaded at the first worktree: most sessions never make one.
    const { execa } = await import("execa")
    const kept = Object.entries(env()).filter(
      ([name, value]) => value !== undefined && !elsewhere.test(name),
    )
    const result = await execa("git", ["-c", "core.fsmonitor=false", "-C", directory, ...args], {
      reject: false,
      stdin: "ignore",
      timeout: timeoutMs,
      forceKillAfterDelay: 1000,
      maxBuffer: 64 << 20,
      stripFinalNewline: false,
      extendEnv: false,
      detached,
      env: {
        ...Object.fromEntries(kept),
        LC_ALL: "C",
        GIT_TERMINAL_PROMPT: "0",
        GIT_OPTIONAL_LOCKS: "0",
        ...own,
      },
    })
    // Without a git to run there is no output at all.
    const said = (result.stderr ?? "").trim().split("\n").slice(-3).join(" ")
    return {
      ok: !result.failed,
      stdout: result.stdout ?? "",
      complaint: (said || result.shortMessage || "").slice(0, 500),
    }
  }
