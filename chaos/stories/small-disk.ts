import { spawnSync } from "node:child_process"
import { appendFileSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** A disk of its own for a folder, small enough to be filled in no time. */
export const createSmallDisk = (megabytes: number) => {
  let folder = ""
  const command = (program: string, ...args: string[]) => {
    const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" })
    if (status !== 0)
      throw new Error(
        `${program}: ${error?.message ?? stderr.trim()}\nWho may not mount runs it as unshare --map-root-user --mount npm run chaos -- --only disk-full`,
      )
  }
  const filler = () => join(folder, "filler")
  return {
    mount(path: string) {
      mkdirSync(path, { mode: 0o700 })
      command("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=700`, "tmpfs", path)
      folder = path
    },
    /** To the last byte. */
    fill() {
      writeFileSync(filler(), "")
      for (const size of [1 << 16, 1 << 12, 1])
        try {
          for (;;) appendFileSync(filler(), Buffer.alloc(size))
        } catch (error) {
          if ((error as { code?: string }).code !== "ENOSPC") throw error
        }
    },
    freeBytes() {
      const { bavail, bsize } = statfsSync(folder)
      return bavail * bsize
    },
    clear: () => rmSync(filler(), { force: true }),
    unmount: () => command("umount", "--lazy", folder),
  }
}
