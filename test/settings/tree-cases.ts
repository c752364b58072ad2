import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { limitsOf, parseConfig } from "../../plugin/mesh/model/config.ts"
import { setupOf } from "../../plugin/mesh/worktrees/tree-setup.ts"
import { createShop, type Shop, write } from "../system/worktrees/support.ts"
import type { Case } from "./case.ts"

/** What there is of a worktree that is made under settings, or why there is none. */
const made =
  <T>(look: (tree: string, shop: Shop) => T, before: Record<string, unknown> = {}) =>
  async (settings: Record<string, unknown>) => {
    const { config } = parseConfig([{ from: "test", values: { ...before, ...settings } }])
    const shop = await createShop()
    try {
      write(join(shop.shop, ".env"), "KEY=1\n")
      write(join(shop.shop, "node_modules/left/index.js"), "1")
      const setup = setupOf(config)
      const { tree, directory } = await shop.rowOf(shop.shop, setup && { setup })
      const worktrees = shop.create(limitsOf(config).diskReserveBytes)
      const failure = await worktrees.create(tree, directory, shop.shop).then(
        () => "",
        (error: Error) => error.message,
      )
      return failure === "" ? look(tree.path, shop) : failure.replace(/\d+ left$/, "… left")
    } finally {
      shop.end()
    }
  }

const has = (path: string) => (tree: string) => existsSync(join(tree, path))
const terabytes = 1_000_000_000

export const treeCases = {
  worktree_files: { values: [[], [".env"]], becomes: [false, true], seen: made(has(".env")) },
  worktree_shared: {
    values: [[], ["node_modules"]],
    becomes: [false, true],
    seen: made(has("node_modules/left/index.js")),
  },
  worktree_setup: {
    values: ["echo one > out.log", "echo two > out.log"],
    becomes: ["one\n", "two\n"],
    seen: made((tree) => readFileSync(join(tree, "out.log"), "utf8")),
  },
  worktree_setup_ms: {
    values: [100, 60_000],
    becomes: ['worktree_setup "sleep 1" did not end within 100 ms and was ended: ', true],
    seen: made(has("a.txt"), { worktree_setup: "sleep 1" }),
  },
  disk_reserve_mb: {
    values: [0, terabytes],
    becomes: [
      true,
      `it takes 29 bytes and ${terabytes * 1024 ** 2} have to stay free (disk_reserve_mb); the disk has … left`,
    ],
    seen: made(has("a.txt")),
  },
} satisfies Record<string, Case>
