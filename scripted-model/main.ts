import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"
import { startScriptedModel, type ScriptedModelOptions } from "./server.ts"

const { values } = parseArgs({
  options: { script: { type: "string" }, port: { type: "string", default: "0" } },
})

/** The script's default export is what `startScriptedModel` takes. */
const readScript = async (path: string) => {
  const module = (await import(pathToFileURL(resolve(path)).href)) as {
    default: ScriptedModelOptions
  }
  return module.default
}

const script = values.script === undefined ? {} : await readScript(values.script)
const model = await startScriptedModel({ ...script, port: Number(values.port) })
console.log(JSON.stringify({ url: model.url }))

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void model.close().then(() => process.exit(0)))
}
