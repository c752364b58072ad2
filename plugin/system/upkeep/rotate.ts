import {
  closeSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs"

/** 0 where there is no such file. */
export const bytesOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/**
 * Puts a log that has grown to `mostBytes` aside as `<path>.1`, and those before it one further; of
 * these `kept` stay. Several processes write to it: one that has it open goes on in what was put aside.
 */
export const rotate = (path: string, { mostBytes, kept }: { mostBytes: number; kept: number }) => {
  if (bytesOf(path) < mostBytes) return
  const aside = (at: number) => (at === 0 ? path : `${path}.${at}`)
  for (let at = kept - 1; at >= 0; at--)
    if (statSync(aside(at), { throwIfNoEntry: false })) renameSync(aside(at), aside(at + 1))
}

/** Leaves the end of a log whose writer appends and has it open: what it writes next comes after that. */
export const keepEnd = (path: string, { mostBytes, end }: { mostBytes: number; end: number }) => {
  const bytes = bytesOf(path)
  if (bytes <= mostBytes) return
  const last = Buffer.alloc(end)
  const from = openSync(path, "r")
  try {
    readSync(from, last, 0, end, bytes - end)
  } finally {
    closeSync(from)
  }
  truncateSync(path)
  const to = openSync(path, "a")
  try {
    writeSync(to, last)
  } finally {
    closeSync(to)
  }
}
