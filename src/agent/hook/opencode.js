// Asks `safe-rm hook opencode` before each tool runs. What it does not allow is not run, and neither
// is anything while it cannot be asked.
import { spawnSync } from "node:child_process"

export const SafeRm = async ({ directory }) => ({
  "tool.execute.before": async (input, output) => {
    const call = { tool: input.tool, args: output.args, cwd: directory }
    const asked = spawnSync("safe-rm", ["hook", "opencode"], {
      input: JSON.stringify(call),
      encoding: "utf8",
      timeout: 15000,
    })
    let answer = null
    try {
      answer = JSON.parse(asked.stdout)
    } catch {
      // Without an answer the call is refused below.
    }
    if (asked.status !== 0 || answer?.permission !== "allow") {
      throw new Error(answer?.reason ?? "safe-rm could not judge this call, so it is not run")
    }
  },
})
