export interface Machine {
  cores: number
  freeBytes: number
  /** What each host takes beyond itself: the servers that the user's configuration starts in it. */
  extrasBytes?: number
}

/** What one host takes at its peak: measured 305 MB idle, 600 MB while it works. */
export const hostBytes = 600 * 1024 * 1024
export const idleHostBytes = 305 * 1024 * 1024
