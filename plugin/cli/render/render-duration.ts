/** "0.4s", "12s", "3m 05s", "2h 07m", "4d 3h": never more than seven characters up to 99 days. */
export const renderDuration = (ms: number): string => {
  if (ms < 0) return "0s"
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}h ${two(minutes % 60)}m`
  return `${Math.floor(hours / 24)}d ${hours % 24}h`
}

const two = (number: number) => String(number).padStart(2, "0")
