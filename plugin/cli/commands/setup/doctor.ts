import { provider } from "../../../setup/doctor/checks/provider.ts"
import { diagnose, type Diagnosis } from "../../../setup/doctor/doctor.ts"
import { defineCommand, flag, json } from "../../define/command.ts"
import { readOpenCodeSettings } from "../../mesh/opencode-settings.ts"
import { thisMachine } from "../../mesh/patient.ts"
import { span, type Style, type StyledLine } from "../../render/styled.ts"
import { printJson } from "../../terminal/terminal.ts"
import { doctorOutputs } from "../../outputs/setup.ts"

const sick = 1

export const doctor = defineCommand({
  name: "doctor",
  summary: "Look for what keeps fleets from working, and say how to mend it",
  usage: ["doctor [--fix] [--provider] [--json]"],
  options: {
    fix: flag("Mend what can be mended without a loss: locks, orphans, rights, broken caches"),
    provider: flag("Also ask your model for one token"),
    json,
  },
  outputs: doctorOutputs,
  takes: { least: 0, most: 0 },
  async run({ values }, context) {
    const { terminal, env, directory, home, now } = context
    if (values.fix) context.refuseInsideAgent()
    const startedAt = performance.now()
    const patient = thisMachine({
      directory,
      env,
      home,
      columns: terminal.columns(),
      isInteractive: terminal.isInteractive,
      now,
    })
    const more = values.provider
      ? [provider(readOpenCodeSettings(directory, env, "build").model)]
      : []
    const found = await diagnose(patient, more)
    const tookMs = Math.round(performance.now() - startedAt)
    const fixed = new Map<Diagnosis, string>()
    if (values.fix)
      for (const each of found)
        if (each.finding.repair) fixed.set(each, await each.finding.repair())
    const left = found.filter((each) => !fixed.has(each))
    const count = (state: string) => left.filter(({ finding }) => finding.state === state).length
    const [faults, warnings] = [count("fault"), count("warning")]
    if (values.json)
      printJson(terminal, doctorOutputs.one, {
        ok: faults === 0,
        faults,
        warnings,
        took_ms: tookMs,
        findings: found.map((each) => ({
          check: each.check,
          state: each.finding.state,
          says: each.finding.says,
          ...(each.finding.fix !== undefined && { fix: each.finding.fix }),
          ...(fixed.has(each) && { fixed: fixed.get(each)! }),
        })),
      })
    else
      terminal.paint([
        ...found.flatMap((each) => draw(each, fixed.get(each))),
        "",
        faults + warnings === 0
          ? `Healthy: nothing is wrong. (${tookMs} ms)`
          : `${plural(faults, "fault")}, ${plural(warnings, "warning")}. (${tookMs} ms)`,
      ])
    return faults > 0 ? sick : 0
  },
})

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`

const signs: Record<Diagnosis["finding"]["state"], [sign: string, style: Style]> = {
  ok: ["✓", "green"],
  warning: ["!", "yellow"],
  fault: ["✗", "red"],
}

const draw = ({ check, finding }: Diagnosis, fixed: string | undefined): StyledLine[] => {
  const [sign, style] = signs[finding.state]
  const next = fixed ? `Fixed: ${fixed}` : finding.fix && `Fix: ${finding.fix}`
  return [
    [span(sign, style), span(` ${check.padEnd(14)}${finding.says}`)],
    ...(next ? [`  ${" ".repeat(14)}${next}`] : []),
  ]
}
