import type { Git } from "../git.ts"

/** Of an entry that a sparse checkout leaves out. */
const skipWorktree = 0x40_00_00_00

/** The bytes of a checkout, as the index of the working tree has them; 0 where git does not say. */
export const checkoutBytes = async (git: Git, top: string): Promise<number> => {
  const { ok, stdout } = await git(top, ["ls-files", "--debug"])
  return ok ? sumOfSizes(stdout) : 0
}

export const sumOfSizes = (listing: string): number => {
  let sum = 0
  for (const [, size, flags] of listing.matchAll(/^ {2}size: (\d+)\tflags: ([\da-f]+)$/gm))
    if ((Number.parseInt(flags!, 16) & skipWorktree) === 0) sum += Number(size)
  return sum
}
