import { expect, test } from "@jest/globals";
import { SetupError } from "../../scripts/local/setup-error.ts";
import { startOptions } from "../../scripts/local/start-options.ts";

test("the port of the functions follows that of the API", () => {
  expect(startOptions([])).toEqual({ httpPort: 3000, lambdaPort: 3002, keep: false, verbose: false });
  expect(startOptions(["--port", "3100", "--keep", "--verbose"])).toEqual({ httpPort: 3100, lambdaPort: 3102, keep: true, verbose: true });
});

test.each([["--port", "0"], ["--port", "70000"], ["--port", "http"], ["--prot", "3100"], ["3100"]])(
  "%s %s is refused in one sentence",
  (...args) => {
    expect(() => startOptions(args)).toThrow(SetupError);
  },
);
