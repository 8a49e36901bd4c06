"use strict";
// Installs what is missing before `npm start`, `npm test` and the like. It runs on the reader's own Node, however old: no syntax newer than ES5 here.

var fs = require("fs");
var path = require("path");
var crypto = require("crypto");
var childProcess = require("child_process");

var OLDEST_NODE = [20, 19];
var OWN_NODE_MAJOR = 24;
var ROOT = path.resolve(__dirname, "..");

/** One sentence when `version` ("18.20.4") is too old to run npm 10 or later as this project needs it, else null. */
function tooOld(version) {
  var parts = version.split(".").map(Number);
  var enough = parts[0] > OLDEST_NODE[0] || (parts[0] === OLDEST_NODE[0] && parts[1] >= OLDEST_NODE[1]);
  if (enough) return null;
  return (
    "Seasongate needs Node " +
    OLDEST_NODE.join(".") +
    " or newer and this is Node " +
    version +
    ": install a current Node from https://nodejs.org and run the command again."
  );
}

/** What an installation depends on: the package files and the machine, as one hash. */
function fingerprint(root) {
  var hash = crypto.createHash("sha256");
  ["package.json", "package-lock.json"].forEach(function (name) {
    var file = path.join(root, name);
    hash.update(name + "\0");
    if (fs.existsSync(file)) hash.update(fs.readFileSync(file));
  });
  return hash.update(process.platform + "-" + process.arch).digest("hex");
}

function stampFile(root) {
  return path.join(root, "node_modules", ".seasongate-installed");
}

function isInstalled(root) {
  return fs.existsSync(stampFile(root)) && fs.readFileSync(stampFile(root), "utf8").trim() === fingerprint(root);
}

function isMusl() {
  if (process.platform !== "linux" || !process.report) return false;
  process.report.excludeNetwork = true;
  return !process.report.getReport().header.glibcVersionRuntime;
}

/** The machine as native packages name it, e.g. "linux-x64-musl". */
function machine() {
  return process.platform + "-" + process.arch + (isMusl() ? "-musl" : "");
}

/**
 * A lock file names native binaries for the platforms its registry offered when it was written; npm takes a missing one for
 * "does not exist" and skips it (npm/cli#4828). Biome's stands for all: without it npm must resolve anew.
 */
function installArguments(lockText, machineName) {
  // --no-save: npm 10 would take the "libc" entries out of a lock file that npm 11 wrote.
  var args = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund"];
  var isCovered = lockText.indexOf('"node_modules/@biomejs/cli-' + machineName + '"') !== -1;
  return isCovered ? args : args.concat("--no-package-lock");
}

/** npm hands its own settings down to scripts; those about place and scope would send the nested install elsewhere. */
function installEnvironment(env) {
  var misleading = /^npm_config_(prefix|local_prefix|global|location|workspace|workspaces|omit|production|dry_run|package_lock_only)$/i;
  var kept = {};
  Object.keys(env).forEach(function (name) {
    if (!misleading.test(name)) kept[name] = env[name];
  });
  return kept;
}

function runNpm(args) {
  var options = { cwd: ROOT, env: installEnvironment(process.env), stdio: ["ignore", "ignore", "inherit"] };
  var npm = process.env.npm_execpath;
  if (npm && /npm-cli\.c?js$/.test(npm))
    return childProcess.spawnSync(process.env.npm_node_execpath || process.execPath, [npm].concat(args), options);
  if (process.platform !== "win32") return childProcess.spawnSync("npm", args, options);
  options.shell = true;
  return childProcess.spawnSync("npm.cmd", args, options);
}

/** The version of the project's own Node, which `npm run` finds first on its PATH; "" when it cannot be run. */
function ownNodeVersion(root) {
  var isWindows = process.platform === "win32";
  var node = path.join(root, "node_modules", ".bin", isWindows ? "node.cmd" : "node");
  if (!fs.existsSync(node)) return "";
  var run = childProcess.spawnSync(isWindows ? '"' + node + '"' : node, ["--version"], { encoding: "utf8", shell: isWindows });
  return String(run.stdout || "").trim();
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function install() {
  var lock = path.join(ROOT, "package-lock.json");
  var startedAt = Date.now();
  console.log("Installing dependencies (about 700 MB, one to three minutes)…");
  var npm = runNpm(installArguments(fs.existsSync(lock) ? fs.readFileSync(lock, "utf8") : "", machine()));
  if (npm.error)
    fail("npm could not be started (" + npm.error.message + "): install Node with npm from https://nodejs.org and run the command again.");
  if (npm.status !== 0) fail("npm install did not succeed: see npm's own message above, put it right and run the command again.");
  var version = ownNodeVersion(ROOT);
  if (version.indexOf("v" + OWN_NODE_MAJOR + ".") !== 0) {
    // A variable, since the formatter ends split arguments with a comma that old Nodes cannot parse.
    var found = " in node_modules/.bin (found: " + (version || "none") + ")";
    fail("npm installed no Node " + OWN_NODE_MAJOR + found + ": run npm config delete ignore-scripts, remove node_modules and try again.");
  }
  fs.writeFileSync(stampFile(ROOT), fingerprint(ROOT) + "\n");
  console.log("Installed in " + Math.round((Date.now() - startedAt) / 1000) + " s.");
}

module.exports = {
  tooOld: tooOld,
  fingerprint: fingerprint,
  isInstalled: isInstalled,
  stampFile: stampFile,
  installArguments: installArguments,
  installEnvironment: installEnvironment,
};

if (require.main === module) {
  var sentence = tooOld(process.versions.node);
  if (sentence) fail(sentence);
  if (!isInstalled(ROOT)) install();
}
