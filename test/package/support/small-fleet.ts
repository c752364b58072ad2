import type { Step } from "../../../scripted-model/types.ts"

/**
 * What a model makes of a first task: it asks who fits, spawns two agents of which one hands over to the
 * other, and reports. The tester's answer waits for `seen`, so that the fleet runs while a person looks.
 */
export const smallFleet = (seen: Promise<unknown>): Record<string, Step[]> => ({
  lead: [
    {
      toolCalls: ["write a word counter in JavaScript", "test a small program"].map(
        (description) => ({ name: "route_work", args: { description } }),
      ),
    },
    {
      toolCalls: [
        {
          name: "spawn_fleet",
          args: {
            name: "word-counter",
            agents: [
              {
                name: "writer",
                role: "Writer",
                prompt: "Write words.mjs, which counts the words of a text. Hand over to tester.",
              },
              {
                name: "tester",
                role: "Tester",
                prompt: "Test what writer hands you, and report what breaks.",
                waits: true,
              },
            ],
          },
        },
      ],
    },
    { text: "A writer and a tester are at work." },
    { text: "The word counter is written and tested." },
  ],
  writer: [
    {
      toolCalls: [
        {
          name: "write",
          args: {
            filePath: "words.mjs",
            content: 'export const words = (text) => text.split(" ").length\n',
          },
        },
      ],
    },
    {
      toolCalls: [
        {
          name: "send_message",
          args: {
            to_agent_id: "tester",
            type: "handoff",
            payload: "words.mjs is there: words(text) counts.",
          },
        },
      ],
    },
    { text: "words.mjs is written." },
    { text: "An empty text has no words now." },
  ],
  tester: [
    {
      toolCalls: [
        {
          name: "send_message",
          args: {
            to_agent_id: "writer",
            type: "result",
            payload: "words('') says 1 and should say 0.",
          },
        },
      ],
    },
    async () => {
      await seen
      return { text: "It counts one word in an empty text." }
    },
  ],
})
