import { useEffect, useRef } from "preact/hooks"
import type { Store } from "../store.ts"
import { switchTheme } from "../theme.ts"

const keys: [string, string][] = [
  ["/", "search"],
  ["n", "go to who needs you"],
  ["a", "go to the agents"],
  ["j, k", "next and previous agent"],
  ["Enter", "open the agent"],
  ["m", "write to the open agent"],
  ["Escape", "close what is open"],
  ["l", "go to the timeline; there + and − zoom, arrows move"],
  ["p", "choose the project, where there are several"],
  ["t", "light or dark"],
  ["?", "this list"],
]

/** Keys that work wherever nobody is writing. */
export const listenToKeys = (store: Store) => {
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    const isWriting = target.matches("input, textarea, select")
    if (event.key === "Escape") {
      const { choice } = store.get()
      if (choice.isHelpOpen) store.choose({ isHelpOpen: false })
      else if (isWriting && target.id === "search") {
        store.choose({ search: "" })
        target.blur()
      } else if (isWriting) target.blur()
      else if (choice.agentId) {
        const id = choice.agentId
        store.choose({ agentId: undefined })
        focus(`[data-agent="${CSS.escape(id)}"]`)
      }
      return
    }
    if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return
    const act: Record<string, () => void> = {
      "/": () => focus("#search"),
      n: () => focus("#needs button, #needs"),
      a: () => focus(".agent-button"),
      l: () => focus(".lanes"),
      p: () => focus("#project"),
      m: () => focus("#write-text"),
      j: () => step(1),
      k: () => step(-1),
      t: () => {
        switchTheme()
        store.choose({})
      },
      "?": () => store.choose({ isHelpOpen: true }),
    }
    if (!Object.hasOwn(act, event.key)) return
    event.preventDefault()
    act[event.key]!()
  }
  document.addEventListener("keydown", onKey)
  return () => document.removeEventListener("keydown", onKey)
}

/** At once where it is there: the next key may follow. */
const focus = (selector: string) => {
  const go = () => {
    const element = document.querySelector<HTMLElement>(selector)
    element?.focus()
    element?.scrollIntoView({ block: "nearest" })
    return element
  }
  if (!go()) requestAnimationFrame(go)
}

const step = (by: number) => {
  const all = [...document.querySelectorAll<HTMLElement>(".agent-button")]
  if (all.length === 0) return
  const at = all.indexOf(document.activeElement as HTMLElement)
  const next =
    all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]!
  next.focus()
  next.scrollIntoView({ block: "nearest" })
}

export const Shortcuts = ({ store, isOpen }: { store: Store; isOpen: boolean }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen && !dialog.current!.open) dialog.current!.showModal()
    if (!isOpen && dialog.current!.open) dialog.current!.close()
  }, [isOpen])
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => store.choose({ isHelpOpen: false })}
    >
      <h2 id="help-title">Keyboard shortcuts</h2>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => store.choose({ isHelpOpen: false })}>
        Close
      </button>
    </dialog>
  )
}
