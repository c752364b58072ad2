/**
 * A canvas that is as sharp as the screen and as wide as its place. It hides what is behind it, which
 * the browser then leaves out of each picture in which something moves above it.
 */
export const createSurface = (canvas: HTMLCanvasElement) => {
  const context = canvas.getContext("2d", { alpha: false })!
  // Such a canvas begins black.
  canvas.width = 0
  let width = 0
  let height = 0
  return {
    context,
    /** True when that changed something; what was drawn is gone then. */
    resize(nextWidth: number, nextHeight: number) {
      const scale = Math.min(2, devicePixelRatio || 1)
      const [pixelsX, pixelsY] = [Math.round(nextWidth * scale), Math.round(nextHeight * scale)]
      if (canvas.width === pixelsX && canvas.height === pixelsY) return false
      canvas.width = pixelsX
      canvas.height = pixelsY
      canvas.style.width = `${nextWidth}px`
      canvas.style.height = `${nextHeight}px`
      width = nextWidth
      height = nextHeight
      context.setTransform(scale, 0, 0, scale, 0, 0)
      return true
    },
    clear(colour: string) {
      context.fillStyle = colour
      context.fillRect(0, 0, width, height)
    },
    size: () => ({ width, height }),
  }
}

/** A text that ends with … where it has no room. */
export const fitted = (context: CanvasRenderingContext2D, text: string, room: number) => {
  if (context.measureText(text).width <= room) return text
  let low = 0
  let high = text.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle
    else high = middle - 1
  }
  return `${text.slice(0, low).replace(/[\ud800-\udbff]$/, "")}…`
}

export const font = (size: number, weight = 400) =>
  `${weight} ${size}px ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif`
