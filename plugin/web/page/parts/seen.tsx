import { Component, type ComponentChildren } from "preact"

/** What nobody sees is told of what is new so often: a screen reader still finds it. */
const unseenMs = 2000

interface Props {
  /** Its element in the page. */
  selector: string
  /** What is drawn at once when it changes, wherever it is. */
  of: unknown
  children: ComponentChildren
}

/** A part of the page that is drawn at once while it is in view, and seldom while it is not. */
export class Seen extends Component<Props> {
  private isInView = true
  private drawnAt = 0
  private later: number | undefined
  private observer: IntersectionObserver | undefined

  override componentDidMount() {
    const element = document.querySelector(this.props.selector)
    if (!element) return
    this.observer = new IntersectionObserver((entries) => {
      const was = this.isInView
      this.isInView = entries.at(-1)!.isIntersecting
      if (!was && this.isInView) this.forceUpdate()
    })
    this.observer.observe(element)
  }

  override shouldComponentUpdate({ of }: Props) {
    const late = this.drawnAt + unseenMs - performance.now()
    if (this.isInView || of !== this.props.of || late <= 0) return true
    // Also when nothing comes after it.
    this.later ??= setTimeout(() => this.forceUpdate(), late)
    return false
  }

  override componentWillUnmount() {
    clearTimeout(this.later)
    this.observer?.disconnect()
  }

  override render({ children }: Props) {
    this.drawnAt = performance.now()
    clearTimeout(this.later)
    this.later = undefined
    return children
  }
}
