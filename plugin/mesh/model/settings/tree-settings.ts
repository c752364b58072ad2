import * as z from "zod"
import { duration } from "./duration.ts"

/** Of a file or folder in the project, wherever that is. */
const pathInProject = z
  .string()
  .min(1)
  .refine(
    (path) => !/^([/\\]|[a-z]:)/i.test(path) && !path.split(/[/\\]/).includes(".."),
    "neither an absolute path nor one that leads out of the project",
  )

/** What worktrees get beyond a checkout, and what room they leave (docs/worktrees.md). */
export const treeSettings = {
  worktree_setup: z
    .string()
    .min(1)
    .optional()
    .describe("Command that runs once in each new worktree, before its agent, such as npm ci"),
  worktree_setup_ms: duration
    .default(600_000)
    .describe("How long that command may take; then its agent fails"),
  worktree_files: z
    .array(pathInProject)
    .default([])
    .describe("Files that git ignores and worktrees get a copy of, such as .env"),
  worktree_shared: z
    .array(pathInProject)
    .default([])
    .describe(
      "Folders that git ignores and worktrees share with your tree by links, such as node_modules",
    ),
  disk_reserve_mb: z
    .number()
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(1024)
    .describe("Free disk space that has to remain when worktrees are made"),
}
