const longestName = 64

/** The name itself, or the same with the time, and a number where two came within a second. */
export const freeName = async (
  name: string,
  at: number,
  isTaken: (name: string) => Promise<boolean>,
) => {
  if (!(await isTaken(name))) return name
  const time = new Date(at).toISOString().replace(/\..*/, "").replaceAll(/[-:]/g, "")
  const stamp = time.replace("T", "-")
  for (let count = 1; ; count++) {
    const end = count === 1 ? `-${stamp}` : `-${stamp}-${count}`
    const free = name.slice(0, longestName - end.length) + end
    if (!(await isTaken(free))) return free
  }
}
