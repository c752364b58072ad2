import { spawn } from "node:child_process"
import { constants } from "node:os"

const endings = ["SIGINT", "SIGTERM", "SIGHUP"]

/**
 * Runs a program until it ends. What asks us to end is passed on, and we wait for the program to
 * end its own children. `asked` is that signal; `stderr` is what it wrote if that is a pipe.
 */
export const runChild = (program, args, options, onAsked = () => undefined) => {
  let child
  let asked
  let stderr = ""
  const passOn = (signal) => {
    asked = signal
    onAsked()
    child.kill(signal)
  }
  // Before the child is there: a signal in between would end this process and leave the child alone.
  for (const signal of endings) process.on(signal, passOn)
  return new Promise((resolve, reject) => {
    child = spawn(program, args, options)
    child.stderr?.setEncoding("utf8").on("data", (text) => (stderr += text))
    child.once("error", reject)
    child.once("close", (code, signal) =>
      resolve({ code: code ?? 128 + constants.signals[signal], signal, asked, stderr }),
    )
  }).finally(() => endings.forEach((signal) => process.off(signal, passOn)))
}

/**
 * Runs a step of the setup. The lock is held until it has ended: an npm that went on alone would
 * write into the folder that the next command's npm removes.
 */
export const runStep = async (program, args, options) => {
  // npm finishes what it unpacks before it undoes it, which takes some twenty seconds.
  const tell = () => console.error("Ending what runs of the setup …")
  const result = await runChild(program, args, options, tell)
  if (!result.asked) return result
  const exitCode = 128 + constants.signals[result.asked]
  throw Object.assign(new Error(`The setup was ended by ${result.asked}.`), { exitCode })
}
