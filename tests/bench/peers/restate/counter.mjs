// A counter as a Restate virtual object: what our counter is compared with.
import * as restate from "@restatedev/restate-sdk";

const counter = restate.object({
  name: "counter",
  handlers: {
    add: async (ctx, input) => {
      const value = ((await ctx.get("value")) ?? 0) + input.by;
      ctx.set("value", value);
      return { value };
    },
  },
});

await restate.serve({ services: [counter], port: Number(process.argv[2]) });
