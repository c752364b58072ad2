import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"

/**
 * Bun and OpenCode come as packages per platform, of which the package `bun` or `opencode-ai` takes
 * the binary when npm runs its install script.
 */
export const thisMachine = () => ({
  os: process.platform,
  arch: process.arch,
  musl: isMusl(),
  avx2: hasAvx2(),
})

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
