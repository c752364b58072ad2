import { join } from "node:path"
import { output } from "../test/support/run.ts"

export interface Packed {
  file: string
  /** Paths in the package. */
  files: string[]
  size: number
}

/** Packs a folder as npm would publish it, without the scripts that build it first. */
export const packPackage = async (root: string, destination: string): Promise<Packed> => {
  const told = await output(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", destination],
    { cwd: root, timeoutMs: 120_000 },
  )
  const [packed] = JSON.parse(told) as [
    { filename: string; size: number; files: { path: string }[] },
  ]
  return {
    file: join(destination, packed.filename),
    files: packed.files.map(({ path }) => path),
    size: packed.size,
  }
}
