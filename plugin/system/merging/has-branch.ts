import { existsSync } from "node:fs"
import { join } from "node:path"
import { readOptional } from "../optional-files.ts"

/** Whether a repository has this branch, as far as its files tell; where refs are kept otherwise it counts as there. */
export const hasBranch = (repository: string, branch: string): boolean =>
  existsSync(join(repository, "refs/heads", branch)) ||
  existsSync(join(repository, "reftable")) ||
  (readOptional(join(repository, "packed-refs")) ?? "")
    .split("\n")
    .some((line) => line.endsWith(` refs/heads/${branch}`))
