import { spawnSync } from "node:child_process"

/** Runs the npm that runs us, if one does, so that both are of the same version. */
export const runNpm = (root, args, stdio) => {
  const options = { cwd: root, stdio, encoding: "utf8" }
  const npm = process.env.npm_execpath
  return npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" })
}
