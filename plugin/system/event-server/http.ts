/** A request as far as anybody here reads it. */
export interface Asked {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  header(name: string): string | undefined
  /** Of a POST, as text. Undefined when it is longer than anything that is asked here. */
  body(): Promise<string | undefined>
}

/** One whole text, or what writes until it is done. */
export interface Answer {
  status: number
  headers?: Readonly<Record<string, string>>
  body: string | ((sink: Sink) => Promise<void>)
}

/**
 * Where an answer is written bit by bit.
 *
 * Contract: `write` answers whether it takes more. When it does not, what was written is held until the
 * reader has taken it, so whoever goes on writing fills this process's memory. `drained` resolves with
 * true once there is room, with false after that long without, or when the reader is gone. `gone` is
 * aborted when the reader has left or the server closes. Nothing here throws.
 */
export interface Sink {
  write(text: string): boolean
  isFull(): boolean
  drained(patienceMs: number): Promise<boolean>
  readonly gone: AbortSignal
}

export type Handler = (asked: Asked) => Promise<Answer>
