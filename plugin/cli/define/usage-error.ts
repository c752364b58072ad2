/** What was typed is no command: nothing was done, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError"

  constructor(
    readonly detail: string,
    readonly next: string,
  ) {
    super(`${detail}\nNext: ${next}`)
  }
}
