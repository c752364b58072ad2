/** Whether a statement found a row to change: what it asks for in its WHERE did still hold. */
export const hasChanged = async (done: Promise<{ changes: number }>) => (await done).changes > 0
