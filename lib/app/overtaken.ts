import { isRefusal } from "../domain/refusal.ts";

/** Works again on what is there now when others were faster, `tries` times in all. @throws what the last try does. */
export async function againWhenOvertaken<T>(tries: number, work: () => Promise<T>): Promise<T> {
  for (let done = 1; ; done++) {
    try {
      return await work();
    } catch (error) {
      if (done >= tries || !isRefusal(error, "changed-meanwhile")) throw error;
    }
  }
}
