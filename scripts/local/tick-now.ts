/**
 * Has the local stack's season clock tick now, as its schedule does every minute. `lambda` is where serverless-offline takes
 * invocations. @returns what the function said.
 */
export async function tickNow(lambda: string): Promise<string> {
  const response = await fetch(`${lambda}/2015-03-31/functions/seasongate-local-season-clock/invocations`, { method: "POST", body: "{}" });
  return response.text();
}
