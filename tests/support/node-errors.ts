import { types } from "node:util";

/*
 * Jest runs tests in a realm of their own, where an error made by Node itself (a socket's ECONNRESET) is no `instanceof Error`.
 * The SDK then wraps it and its code is lost, which happens nowhere else. Importing this file makes such errors errors again.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown) {
    return Function.prototype[Symbol.hasInstance].call(this, value) || (this === Error && types.isNativeError(value));
  },
});
