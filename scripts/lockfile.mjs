/** The values that os, cpu and libc take in package.json, by the words that occur in names. */
const words = {
  // Android first: its packages are also called linux-…-android.
  os: {
    android: "android",
    darwin: "darwin",
    freebsd: "freebsd",
    linux: "linux",
    macos: "darwin",
    openharmony: "openharmony",
    win32: "win32",
    windows: "win32",
  },
  cpu: {
    aarch64: "arm64",
    arm: "arm",
    arm64: "arm64",
    ia32: "ia32",
    ppc64: "ppc64",
    riscv64: "riscv64",
    s390x: "s390x",
    x64: "x64",
  },
  libc: { glibc: "glibc", gnu: "glibc", musl: "musl" },
}

/** What a package such as "opencode-linux-x64-musl" runs on, if its name says so. */
export const platformOf = (name) => {
  const parts = name.split("/").at(-1).split("-")
  const find = (kind) => {
    const word = Object.keys(words[kind]).find((each) => parts.includes(each))
    return word && [words[kind][word]]
  }
  const [os, cpu, libc] = [find("os"), find("cpu"), find("libc")]
  if (!os || !cpu) return undefined
  return { os, cpu, ...(libc && os[0] === "linux" && { libc }) }
}

/** Where Node would find the package: below the one that wants it, or in a folder further up. */
const locate = (packages, from, name) => {
  const path = from ? `${from}/node_modules/${name}` : `node_modules/${name}`
  if (packages[path]) return path
  if (!from) return undefined
  return locate(packages, from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/"))), name)
}

const isExact = (range) => /^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(range)

const serves = (found, range) => found !== undefined && (!isExact(range) || found.version === range)

/** What the lockfile names but does not hold. What a left-out package needs was left out with it. */
export const missingFrom = (packages) =>
  Object.entries(packages).flatMap(([from, each]) =>
    Object.entries({ ...(each.optional && each.dependencies), ...each.optionalDependencies })
      .filter(([name, range]) => !serves(packages[locate(packages, from, name)], range))
      .map(([name, range]) => ({ from, name, range })),
  )

/** Entries made from a name alone. The registry may have these packages by now. */
const unhashed = (packages) =>
  Object.entries(packages).flatMap(([path, each]) =>
    path !== "" && each.optional && !each.integrity && !each.inBundle && !each.link
      ? [{ path, name: path.split("node_modules/").at(-1), range: each.version }]
      : [],
  )

const kept = [
  "version",
  "integrity",
  "bin",
  "cpu",
  "dependencies",
  "engines",
  "funding",
  "libc",
  "license",
  "optionalDependencies",
  "os",
  "peerDependencies",
  "peerDependenciesMeta",
]

const entryOf = (parent, { name, range }, manifest) => {
  const platform = platformOf(name)
  if (!manifest && !(isExact(range) && platform))
    throw new Error(
      `The registry has no ${name}@${range}, and its name does not say what it runs on.\n` +
        "Next: Use a registry that has it, or add its words to scripts/complete-lockfile.mjs.",
    )
  const source = manifest
    ? { ...manifest, integrity: manifest.dist?.integrity }
    : { version: range, ...platform }
  const { preinstall, install, postinstall } = manifest?.scripts ?? {}
  return inOrder({
    ...Object.fromEntries(kept.filter((key) => source[key]).map((key) => [key, source[key]])),
    ...((preinstall || install || postinstall) && { hasInstallScript: true }),
    ...(parent.dev && { dev: true }),
    ...(parent.devOptional && { devOptional: true }),
    optional: true,
  })
}

const byName = (a, b) => a.localeCompare(b, "en")
/** In npm's own order, so that npm does not reorder the file the next time it writes it. */
const inOrder = (entry) => {
  const first = ["version", "integrity"]
  const rank = ([key, value]) => {
    if (first.includes(key)) return first.indexOf(key)
    return typeof value === "object" && !Array.isArray(value) ? 3 : 2
  }
  return Object.fromEntries(
    Object.entries(entry).toSorted((a, b) => rank(a) - rank(b) || byName(a[0], b[0])),
  )
}

/**
 * Returns the completed packages, and the paths of those that have no hash because the registry
 * does not have them. `ask(name, range)` returns a manifest, or undefined if there is none.
 */
export const complete = (packages, ask) => {
  const all = { ...packages }
  for (const { path, name, range } of unhashed(all)) {
    const manifest = ask(name, range)
    if (manifest) all[path] = entryOf(all[path], { name, range }, manifest)
  }
  // Round by round, as what is added may want packages too.
  for (let missing = missingFrom(all); missing.length > 0; missing = missingFrom(all))
    for (const { from, name, range } of missing) {
      const found = locate(all, from, name)
      // Another one of the same round may have put it there.
      if (serves(all[found], range)) continue
      const path = found && from ? `${from}/node_modules/${name}` : `node_modules/${name}`
      all[path] = entryOf(all[from], { name, range }, ask(name, range))
    }
  return {
    packages: Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => byName(a, b))),
    unhashed: unhashed(all).map(({ path }) => path),
  }
}
