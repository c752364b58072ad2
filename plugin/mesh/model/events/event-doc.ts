export interface EventDoc {
  /** Ends the sentence "Written when …". */
  when: string
  /** Whose history it belongs to: an agent and its fleet, the fleet alone, or neither. */
  of: "agent" | "fleet" | "fleet or agent" | "neither"
  data: Record<string, string>
}
