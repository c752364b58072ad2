export interface KnownAgent {
  /** Its canonical name. */
  agent: string
  /** What else it is called. */
  names?: readonly string[]
  /** What it brings. */
  skills: readonly string[]
}

/** What the mesh needs to know of OpenCode before it accepts an agent. Throws for unknown values. */
export interface DraftChecks {
  /** What is known of an agent by one of its names. UNKNOWN_SPECIALIST with near matches. */
  resolveAgent(name: string): Promise<KnownAgent>
  /** "provider/model". UNKNOWN_MODEL with near matches. */
  checkModel(model: string): Promise<void>
  /** Absolute path, symbolic links resolved. UNKNOWN_DIRECTORY. */
  checkDirectory(path: string, base: string): Promise<string>
  /**
   * The folder whose files a session in `directory` uses without being asked, unless all of them are
   * in the project of one of `homes`: undefined then.
   */
  folderBeyond(directory: string, homes: readonly string[]): Promise<string | undefined>
}
