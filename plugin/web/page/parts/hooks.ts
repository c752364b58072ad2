import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import type { Snapshot, Store } from "../store.ts"

export const useSnapshot = (store: Store): Snapshot => {
  const [, tick] = useState(0)
  useLayoutEffect(() => store.subscribe(() => tick((n) => n + 1)), [store])
  return store.get()
}

/** Whether an element is scrolled into view: what nobody sees is not drawn. */
export const useInView = (ref: { current: HTMLElement | null }, onShown: () => void) => {
  const isInView = useRef(true)
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      const was = isInView.current
      isInView.current = entries.at(-1)!.isIntersecting
      if (!was && isInView.current) onShown()
    })
    if (ref.current) observer.observe(ref.current)
    return () => observer.disconnect()
  }, [])
  return isInView
}

/** How wide an element is, whenever that changes. */
export const useWidth = <T extends HTMLElement>() => {
  const ref = useRef<T>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return undefined
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)))
    observer.observe(element)
    setWidth(Math.floor(element.clientWidth))
    return () => observer.disconnect()
  }, [])
  return [ref, width] as const
}

/** An action under way, and what came of it. */
export const useAction = () => {
  const [state, setState] = useState<{ busy: boolean; problem: string; done: string }>({
    busy: false,
    problem: "",
    done: "",
  })
  const run = (act: () => Promise<unknown>, done: string, then?: () => void) => {
    setState({ busy: true, problem: "", done: "" })
    act().then(
      () => {
        setState({ busy: false, problem: "", done })
        then?.()
      },
      (error: unknown) =>
        setState({
          busy: false,
          problem: error instanceof Error ? error.message : String(error),
          done: "",
        }),
    )
  }
  return { ...state, run }
}

/**
 * What was made for a key, as long as it would be made of the same: rows that have not changed are not
 * even compared.
 */
export const useKept = <T>() => {
  const kept = useRef(new Map<string, { of: string; made: T }>())
  return (key: string, of: string, make: () => T): T => {
    const known = kept.current.get(key)
    if (known?.of === of) return known.made
    const made = make()
    // Keys of long ago go with the next full turn.
    if (kept.current.size > 400) kept.current.clear()
    kept.current.set(key, { of, made })
    return made
  }
}
