import { appendFileSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { output } from "../../test/support/run.ts"

/** A disk of its own for a folder, small enough to be filled in no time. */
export const createSmallDisk = (megabytes: number) => {
  let folder = ""
  const command = (program: string, ...args: string[]) =>
    output(program, args).catch((error: Error) => {
      throw new Error(
        `${error.message.trim()}\nWho may not mount runs it as unshare --map-root-user --mount npm run chaos -- --only disk-full`,
      )
    })
  const filler = () => join(folder, "filler")
  return {
    async mount(path: string) {
      mkdirSync(path, { mode: 0o700 })
      await command("mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=700`, "tmpfs", path)
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
