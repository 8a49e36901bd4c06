import * as z from "zod";

/** RFC 9457, with a stable code, the request's id, and for a bad request every fault with the element it is about. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ code: z.string(), field: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: "Problem" });
