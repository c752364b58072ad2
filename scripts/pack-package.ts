import { join } from "node:path"

export interface Packed {
  file: string
  /** Paths in the package. */
  files: string[]
  size: number
}

/** Packs a folder as npm would publish it, without the scripts that build it first. */
export const packPackage = (root: string, destination: string): Packed => {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    ["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", destination],
    { cwd: root, stdout: "pipe", stderr: "pipe" },
  )
  if (exitCode !== 0) throw new Error(`npm pack: exit code ${exitCode}\n${stderr}`)
  const [packed] = JSON.parse(stdout.toString()) as [
    { filename: string; size: number; files: { path: string }[] },
  ]
  return {
    file: join(destination, packed.filename),
    files: packed.files.map(({ path }) => path),
    size: packed.size,
  }
}
