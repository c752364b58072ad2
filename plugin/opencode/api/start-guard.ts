import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { takeLineage } from "../../system/offspring/lineage.ts"

/**
 * OpenCode loads a host's plugin with the first request, and only the host's starter has the password
 * for one. A host whose starter is killed before that would idle for ever, known to nobody. So beside
 * it a shell waits until the host is up, and ends it if the starter is gone before.
 *
 * A file says that the host is still to come up; the host removes it, or the guard of a host that is
 * gone. The guard is orphaned at once, so that no zombie of it is left in the host. A pid counts with
 * its start time, where there is a `ps` to tell it.
 */
const script = `
${takeLineage}
starter=$2 mark=$3 pause=$4; shift 4
born=$(ps -o lstart= -p $$ 2>/dev/null)
( ( while [ -e "$mark" ]; do
      kill -0 $$ 2>/dev/null || { rm -f "$mark"; exit; }
      kill -0 "$starter" 2>/dev/null || break
      sleep "$pause"
    done
    [ -e "$mark" ] || exit
    rm -f "$mark"
    [ "$(ps -o lstart= -p $$ 2>/dev/null)" = "$born" ] && kill -9 $$ ) </dev/null >/dev/null 2>&1 & )
exec "$@"
`

export interface Command {
  file: string
  args: readonly string[]
}

export interface Guard {
  starter: number
  mark: string
  lineage: string
  lookSeconds?: number
}

/**
 * The same command in the same process, guarded and with the lineage that everything it starts will
 * have. Windows has no such shell and goes without.
 */
export const guarded = (
  command: Command,
  { starter, mark, lineage, lookSeconds = 1 }: Guard,
): Command =>
  process.platform === "win32"
    ? command
    : {
        file: "/bin/sh",
        args: [
          "-c",
          script,
          "sh",
          lineage,
          String(starter),
          mark,
          String(lookSeconds),
          command.file,
          ...command.args,
        ],
      }

export const setStartMark = (mark: string) => {
  mkdirSync(dirname(mark), { recursive: true, mode: 0o700 })
  writeFileSync(mark, "", { mode: 0o600 })
}

/** The host is up, or gone. Idempotent. */
export const clearStartMark = (mark: string) => rmSync(mark, { force: true })
