type Env = Record<string, string | undefined>

export const proxyExceptions = ["NO_PROXY", "no_proxy"] as const

/** Whether requests may go to a proxy, by the names programs look for. */
export const hasProxy = (env: Env): boolean =>
  Object.entries(env).some(([name, value]) => value && /^(https?|all)_proxy$/i.test(name))

/**
 * The user's exceptions and the server on this port of loopback: nothing else, so that all other
 * requests go as the user set it. In both cases of the name, since programs differ in which they read
 * first: Bun reads the small one, and the other only when that is empty.
 */
export const withoutProxyFor = (port: number, env: Env): Record<string, string> => {
  if (!hasProxy(env)) return {}
  const own = ["127.0.0.1", "localhost", "[::1]"].map((host) => `${host}:${port}`)
  return Object.fromEntries(
    proxyExceptions.map((name) => {
      const users = env[name] || proxyExceptions.map((each) => env[each]).find(Boolean)
      // An asterisk means everything only when it stands alone.
      return [name, users?.trim() === "*" ? users : [users, ...own].filter(Boolean).join(",")]
    }),
  )
}
