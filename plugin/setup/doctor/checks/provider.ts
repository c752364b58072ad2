import { userEnvironment } from "../../../system/mesh-environment.ts"
import { type Check, fault, ok, type Patient } from "../finding.ts"

/** Two starts of OpenCode on a busy machine, and an answer. */
const patienceMs = 120_000

/**
 * Has the person's own OpenCode ask their model for one token: with an agent that has no tools and a
 * prompt of one word, so that it costs next to nothing.
 */
export const provider = (model: string | undefined): Check => ({
  name: "provider",
  async look(patient) {
    if (model === undefined)
      return [
        fault(
          "No model is named in OpenCode's configuration, so none can be asked.",
          'Name one ("model": "provider/model"), or give it: --provider provider/model',
        ),
      ]
    const { code, text } = await ask(patient, model)
    const error = /"type":"error".*?"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
    if (error === undefined && code === 0 && text.includes('"type":"step_finish"'))
      return [ok(`${model} answers`)]
    const why = (error ?? (text.trim().split("\n").at(-1) || "there was no answer in time")).slice(
      0,
      300,
    )
    return [
      fault(
        `${model} does not answer: ${why}`,
        "See whether you are signed in (opencode auth list), and what the provider says.",
      ),
    ]
  },
})

/** In the person's own folder: the project's configuration may name the provider. */
const ask = async ({ env, opencode, directory }: Patient, model: string) => {
  const { execa } = await import("execa")
  const [providerId, modelId] = [model.split("/")[0]!, model.slice(model.indexOf("/") + 1)]
  const own = {
    agent: {
      "meshfleet-doctor": {
        mode: "primary",
        prompt: "Answer: ok",
        permission: { "*": "deny" },
      },
    },
    // OpenCode asks for no more tokens than a model can write.
    provider: {
      [providerId]: { models: { [modelId]: { limit: { context: 200_000, output: 1 } } } },
    },
  }
  const { exitCode, stdout, stderr } = await execa(
    opencode,
    [
      ...["run", "--pure", "--format", "json", "--title", "meshfleet doctor"],
      ...["--agent", "meshfleet-doctor", "--model", model, "--dir", directory],
    ],
    {
      cwd: directory,
      input: "ok",
      reject: false,
      timeout: patienceMs,
      forceKillAfterDelay: 1000,
      extendEnv: false,
      env: {
        ...userEnvironment(env),
        PWD: directory,
        OPENCODE_CONFIG_CONTENT: JSON.stringify(own),
      },
    },
  )
  return { code: exitCode, text: `${stdout}\n${stderr}` }
}
