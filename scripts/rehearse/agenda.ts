/** What is to happen at an instant of the rehearsal. */
export interface Happening {
  readonly at: number;
  readonly run: () => Promise<void>;
}

/** What is still to happen, the earliest first; of two at one instant, the one that was put down first. */
export interface Agenda {
  put(at: number, run: Happening["run"]): void;
  /** Takes the next. */
  next(): Happening | undefined;
  readonly size: number;
}

/** A binary heap. */
export function agenda(): Agenda {
  const heap: (Happening & { readonly order: number })[] = [];
  let order = 0;
  const isBefore = (one: number, other: number) => {
    const [a, b] = [heap[one], heap[other]];
    return a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
  };
  const swap = (one: number, other: number) => {
    const [a, b] = [heap[one], heap[other]];
    if (a && b) [heap[one], heap[other]] = [b, a];
  };
  const rise = (at: number) => {
    const parent = (at - 1) >> 1;
    if (at === 0 || !isBefore(at, parent)) return;
    swap(at, parent);
    rise(parent);
  };
  const sink = (at: number) => {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    const child = isBefore(right, left) ? right : left;
    if (!isBefore(child, at)) return;
    swap(at, child);
    sink(child);
  };
  return {
    put(at, run) {
      heap.push({ at, run, order: order++ });
      rise(heap.length - 1);
    },
    next() {
      const first = heap[0];
      const last = heap.pop();
      if (first && last && heap.length > 0) {
        heap[0] = last;
        sink(0);
      }
      return first;
    },
    get size() {
      return heap.length;
    },
  };
}
