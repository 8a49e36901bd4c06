import { types } from "node:util";
import "./node-errors.ts";

// As node-errors.ts, for what fetch throws: a TypeError of Node's own realm.
Object.defineProperty(TypeError, Symbol.hasInstance, {
  value(this: unknown, value: unknown) {
    const isNodes = this === TypeError && types.isNativeError(value) && value.name === "TypeError";
    return isNodes || Function.prototype[Symbol.hasInstance].call(this, value);
  },
});
