import { parseArgs } from "node:util"
import { demonstrate } from "./demonstrate.ts"

const usage = `npm run demo -- [options]

The real OpenCode leads a fleet through a temporary copy of this repository: one agent maps the
code, one reviews it, one makes a small change and tests it, and a security specialist joins when
an alert comes. Without options a scripted model answers: no key, no network, about a minute.

  --model provider/model  your own model and configuration in place of the scripts
                          (its sessions go to your OpenCode's store, everything else does not)
  --keep                  leave the temporary folder, and say where it is
  --help                  this text
`

const parse = () => {
  try {
    const { values } = parseArgs({
      options: {
        model: { type: "string" },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    })
    if (values.model !== undefined && !/^[^/\s]+\/\S+$/.test(values.model))
      throw new Error(`--model "${values.model}" is not of the form provider/model.`)
    return values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}

const options = parse()
if (options.help) console.log(usage)
else {
  const stop = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => stop.abort(signal))
  const ok = await demonstrate(
    {
      model: options.model,
      keep: options.keep,
      colour: process.stdout.isTTY && !process.env["NO_COLOR"],
    },
    stop.signal,
  )
  // 130 is what shells know of a command that was interrupted.
  process.exit(stop.signal.aborted ? 130 : ok ? 0 : 1)
}
