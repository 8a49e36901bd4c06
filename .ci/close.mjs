// Prints CI's closing line and ends with its verdict: close.mjs <jest's JSON> <exit of check> <exit of test>
import { readFileSync } from "node:fs";

const [file, check, test] = process.argv.slice(2);

const counted = () => {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
};

const { passed, failed } = counted();
const broken = Number(check !== "0") + Number(test !== "0" && failed === 0);
console.log(`${passed} passed, ${failed + broken} failed`);
process.exitCode = passed > 0 && failed + broken === 0 ? 0 : 1;
