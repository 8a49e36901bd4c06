// Prints CI's closing line and ends with its verdict: close.mjs <jest's JSON> <exit code of the check>
import { readFileSync } from "node:fs";

const [file, exit] = process.argv.slice(2);

const counted = () => {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
};

const { passed, failed } = counted();
const all = failed === 0 && exit !== "0" ? 1 : failed;
console.log(`${passed} passed, ${all} failed`);
process.exitCode = passed > 0 && all === 0 ? 0 : 1;
