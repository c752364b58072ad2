/** Why a request gets no stream: the status, and an answer that says what to do. */
export class Refusal extends Error {
  override readonly name = "Refusal"

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly next: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail)
  }
}
