import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isRecord } from "../../mesh/model/is-record.ts"
import { isoTime } from "../../mesh/model/limits/numbers.ts"
import { keyOf, type StreamScope } from "../../mesh/streams/scope.ts"
import type { ProcessIdentity } from "../processes.ts"

export interface StreamToken {
  id: string
  scope: StreamScope
  /** The ledger it reads, without a password. */
  ledger: string
  expiresAt: number
  /** Where it is served, or was. */
  url: string
  /** Who serves it; null when its server has closed. */
  server: ProcessIdentity | null
}

export interface TokensDeps {
  folder: string
  ledger: string
  lifetimeMs: number
  now: () => number
}

/** So long after its end a token is told that it has expired; then it is unknown. */
const rememberedMs = 24 * 3_600_000

const pattern = /^([0-9a-f]{12})\.[\w-]{43}$/

/**
 * Tokens in a folder of the mesh home, for every process of the user: `<id>.token` holds the token alone,
 * `<id>.json` what it reads and where. Whoever removes one of the two revokes the token.
 */
export const createTokens = ({ folder, ledger, lifetimeMs, now }: TokensDeps) => {
  const secretFile = (id: string) => join(folder, `${id}.token`)
  const stateFile = (id: string) => join(folder, `${id}.json`)

  const read = (id: string): StreamToken | undefined => {
    const text = readIfThere(stateFile(id))
    return text === undefined ? undefined : parseState(id, text)
  }

  const write = (token: StreamToken) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = stateFile(token.id)
    // Nobody reads half of it.
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, `${JSON.stringify(renderState(token), null, 2)}\n`, { mode: 0o600 })
    renameSync(draft, path)
    return token
  }

  const remove = (id: string) => {
    for (const path of [stateFile(id), secretFile(id)]) rmSync(path, { force: true })
  }

  /** Those of this ledger, the newest last. */
  const all = () =>
    filesIn(folder)
      .filter((name) => /^[0-9a-f]{12}\.json$/.test(name))
      .map((name) => read(name.slice(0, 12)))
      .filter((token) => token !== undefined && token.ledger === ledger)
      .map((token) => token!)
      .toSorted((a, b) => a.expiresAt - b.expiresAt)
  const valid = () => all().filter(({ expiresAt }) => expiresAt > now())

  return {
    secretFile,
    stateFile,
    valid,
    write,

    /** The token of a scope: the one there is while it has half of its life, else a new one. */
    ofScope(scope: StreamScope, url: string, server: ProcessIdentity): StreamToken {
      for (const { id, expiresAt } of all()) if (expiresAt + rememberedMs < now()) remove(id)
      const key = keyOf(scope)
      const held = valid().findLast(
        (each) =>
          keyOf(each.scope) === key &&
          each.expiresAt - now() >= lifetimeMs / 2 &&
          readIfThere(secretFile(each.id)) !== undefined,
      )
      if (held) return write({ ...held, url, server })
      const id = randomBytes(6).toString("hex")
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeFileSync(secretFile(id), `${id}.${randomBytes(32).toString("base64url")}\n`, {
        mode: 0o600,
        flag: "wx",
      })
      return write({ id, scope, ledger, expiresAt: now() + lifetimeMs, url, server })
    },

    /** What a token reads. How long the comparison takes tells nothing of it. */
    check(given: string): StreamToken | "unknown" | "expired" {
      const id = pattern.exec(given)?.[1]
      const token = id === undefined ? undefined : read(id)
      const secret = token && readIfThere(secretFile(token.id))?.trim()
      if (!token || secret === undefined || !isSame(given, secret)) return "unknown"
      if (token.ledger !== ledger) return "unknown"
      return token.expiresAt > now() ? token : "expired"
    },
  }
}

export type Tokens = ReturnType<typeof createTokens>

const digest = (text: string) => createHash("sha256").update(text).digest()
const isSame = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))

const renderState = ({ scope, ledger, expiresAt, url, server }: StreamToken) => ({
  stream_url: url,
  expires_at: isoTime(expiresAt),
  scope,
  ledger,
  server,
})

/** Undefined for what we have not written like this: it grants nothing. */
const parseState = (id: string, text: string): StreamToken | undefined => {
  try {
    const state: unknown = JSON.parse(text)
    if (!isRecord(state) || !isScope(state["scope"])) return undefined
    const expiresAt = Date.parse(String(state["expires_at"]))
    if (Number.isNaN(expiresAt)) return undefined
    const { pid, process_start } = isRecord(state["server"]) ? state["server"] : {}
    return {
      id,
      scope: state["scope"],
      ledger: String(state["ledger"]),
      expiresAt,
      url: String(state["stream_url"]),
      server:
        typeof pid === "number" && typeof process_start === "string"
          ? { pid, process_start }
          : null,
    }
  } catch {
    return undefined
  }
}

const isScope = (value: unknown): value is StreamScope => {
  if (!isRecord(value)) return false
  const fields = { inbox: "recipient", lead: "session", project: "project" } as const
  const field = Object.entries(fields).find(([kind]) => kind === value["kind"])?.[1]
  return field !== undefined && typeof value[field] === "string"
}

const readIfThere = (path: string) => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

const filesIn = (folder: string) => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
