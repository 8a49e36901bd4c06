/** A handler that does nothing but answer: what any function costs to start. */
export const handler = async () => ({ statusCode: 200, headers: { "content-type": "application/json" }, body: '{"slots":[]}' });
