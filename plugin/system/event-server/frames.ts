/** Server-sent events as text: https://html.spec.whatwg.org/multipage/server-sent-events.html */

export interface Frame {
  /** What a client resumes from after this event. */
  id?: number
  /** Without a name it is a `message`, which every client listens to. */
  event?: string
  data: object
}

/** JSON has no line breaks of its own, so an event's data is one line. */
export const renderFrame = ({ id, event, data }: Frame) =>
  `${event === undefined ? "" : `event: ${event}\n`}${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`

/** How long a client waits before it connects again. */
export const renderRetry = (ms: number) => `retry: ${ms}\n\n`

/** Keeps what lies between from taking the connection for dead; no client shows it. */
export const keepAlive = ":\n\n"
