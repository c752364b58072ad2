/** What is left of Meshfleet where it cannot run: `/fleet`, where somebody would look for it, says why. */
export const offHere = (why: string) => ({
  async config(settings: { command?: Record<string, { description?: string; template: string }> }) {
    settings.command = {
      fleet: {
        description: `Meshfleet is off: ${why}`,
        template: `Tell the user exactly this, and do nothing else: Meshfleet is off: ${why}`,
      },
      ...settings.command,
    }
  },
})
