import { spawnSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs"
import { join } from "node:path"

/**
 * Bun and OpenCode come as packages per platform. Their install scripts put the right binary in one
 * known place; where npm runs no install scripts we do the same, so that place is good everywhere.
 */
export const ensureBinaries = (root) => {
  const machine = { os: process.platform, arch: process.arch, musl: isMusl(), avx2: hasAvx2() }
  return {
    bun: place(root, "bun/bin/bun.exe", "bun", bunPackages(machine)),
    opencode: place(root, "opencode-ai/bin/opencode.exe", "opencode", opencodePackages(machine)),
  }
}

const osNames = { win32: "windows" }
const osName = (os) => osNames[os] ?? os

/** The best first. A processor without AVX2 dies of the ordinary x64 builds. */
const suffixes = ({ arch, avx2 }) => {
  if (arch !== "x64") return [""]
  return avx2 ? ["", "-baseline"] : ["-baseline"]
}

export const bunPackages = (machine) => {
  const arch = machine.arch === "arm64" ? "aarch64" : machine.arch
  const base = `@oven/bun-${osName(machine.os)}-${arch}${machine.musl ? "-musl" : ""}`
  return suffixes(machine).map((suffix) => base + suffix)
}

export const opencodePackages = (machine) => {
  const base = `opencode-${osName(machine.os)}-${machine.arch}`
  return suffixes(machine).map((suffix) => `${base}${suffix}${machine.musl ? "-musl" : ""}`)
}

const place = (root, target, name, packages) => {
  const modules = join(root, "node_modules")
  const path = join(modules, target)
  if (isBinary(path)) return path
  const file = process.platform === "win32" ? `${name}.exe` : name
  const source = packages.map((each) => join(modules, each, "bin", file)).find(isBinary)
  if (!source)
    throw new Error(
      `There is no ${name} for this machine: none of ${packages.join(", ")} is installed.\n` +
        "Next: Remove node_modules and run this command again; npm must be allowed to install optional packages.",
    )
  const fresh = `${path}.${process.pid}`
  try {
    linkSync(source, fresh)
  } catch {
    copyFileSync(source, fresh)
  }
  chmodSync(fresh, 0o755)
  renameSync(fresh, path)
  rmSync(fresh, { force: true })
  return path
}

/** Without their install scripts the packages hold a placeholder of a few hundred bytes. */
const isBinary = (path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000

const isMusl = () => {
  if (process.platform !== "linux") return false
  // Its network section may look up names, and so take seconds.
  process.report.excludeNetwork = true
  return !process.report.getReport().header.glibcVersionRuntime
}

const hasAvx2 = () => {
  try {
    if (process.platform === "linux") return /\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"))
    if (process.platform !== "darwin") return false
    return (
      spawnSync("sysctl", ["-n", "hw.optional.avx2_0"], { encoding: "utf8" }).stdout.trim() === "1"
    )
  } catch {
    return false
  }
}
