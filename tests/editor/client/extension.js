// Starts gopls in a window as the Go extension does, for tests. What it does was seen in the real extension and is
// written down with the tests that rely on it: argv is the path and go.languageServerFlags, the folder is the working
// directory, the environment is the editor's with go.toolsEnvVars over it, the `gopls` settings are handed over as
// initializationOptions and on workspace/configuration, and the fifth end of gopls is the last.
"use strict";

const { execFile } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { CloseAction, ErrorAction, LanguageClient, State } = require("vscode-languageclient/node");

const LAST_END = 5; // ends of gopls; the count is the window's and begins anew only with a restart that is asked for
const STOP_MILLISECONDS = 2000;
const RESTARTING = ["languageServerFlags", "alternateTools", "toolsEnvVars", "useLanguageServer"].map((each) => "go." + each);
// What the extension adds by itself.
const OWN_SETTINGS = { linkifyShowMessage: true, "ui.vulncheck": "Prompt" };

let client;
let ends = 0;
let work = Promise.resolve();
const channels = new Map();

function channel(name) {
  if (!channels.has(name)) channels.set(name, vscode.window.createOutputChannel(name, { log: true }));
  return channels.get(name);
}

function setting(name) {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.workspace.getConfiguration("go", folder).get(name);
}

function goplsSettings(uri) {
  const folder = uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const written = vscode.workspace.getConfiguration(undefined, folder).get("gopls") ?? {};
  return { ...OWN_SETTINGS, ...JSON.parse(JSON.stringify(written)) };
}

function environment() {
  const set = Object.entries(setting("toolsEnvVars") ?? {}).map(([name, value]) => [name, String(value)]);
  return { ...process.env, ...Object.fromEntries(set) };
}

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

// The configured gopls; one that is not there by its absolute path is passed over in silence for that of PATH.
function goplsPath() {
  const configured = setting("alternateTools")?.gopls || "gopls";
  if (path.isAbsolute(configured) && isProgram(configured)) return configured;
  const name = path.isAbsolute(configured) ? "gopls" : configured;
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.map((each) => path.join(each, name)).find(isProgram);
}

function run(program, words, folder) {
  return new Promise((resolve) => {
    execFile(program, words, { cwd: folder, env: environment() }, (error, stdout) => resolve(error ? "" : stdout));
  });
}

// A gopls in which Go finds no build information (a script, say) is taken for one that is too old.
async function warnOfNoGoProgram(gopls, folder) {
  if (await run("go", ["version", "-m", gopls], folder)) return;
  const version = (await run("go", ["version"], folder)).trim();
  vscode.window.showWarningMessage(`Tools (gopls) need recompiling to work with ${version}`, "Update tools");
}

function endings(serverName) {
  return {
    error: (_error, _message, count) => ({
      action: count < LAST_END ? ErrorAction.Continue : ErrorAction.Shutdown,
      handled: true,
    }),
    closed: () => {
      ends += 1;
      if (ends < LAST_END) return { message: "", action: CloseAction.Restart };
      channel(`${serverName} (server)`).show(true);
      return { message: "", action: CloseAction.DoNotRestart };
    },
  };
}

function newClient(gopls, folder) {
  const serverName = path.basename(gopls);
  const options = {
    documentSelector: ["go", "go.mod", "go.sum", "go.work"].map((language) => ({ language, scheme: "file" })),
    initializationOptions: goplsSettings(),
    outputChannel: channel(`${serverName} (server)`),
    traceOutputChannel: channel(serverName),
    errorHandler: endings(serverName),
    middleware: {
      workspace: {
        configuration: (asked) => asked.items.map((item) => {
          const uri = item.scopeUri ? vscode.Uri.parse(item.scopeUri) : undefined;
          return item.section === "gopls" ? goplsSettings(uri) : null;
        }),
      },
    },
  };
  const command = { command: gopls, args: setting("languageServerFlags"), options: { env: environment(), cwd: folder } };
  return new LanguageClient("go", serverName, command, options);
}

async function start(reason) {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const enabled = setting("useLanguageServer");
  channel("Go").info(`Try to start language server - ${reason} (enabled: ${enabled})`);
  if (!enabled) return;
  const gopls = goplsPath();
  if (!gopls) {
    const name = setting("alternateTools")?.gopls || "gopls";
    vscode.window.showErrorMessage(
      `Cannot find the alternate tool ${name} configured for gopls. Please install it and reload this VS Code window.`);
    return;
  }
  // Asked before each start, as the extension does: whoever stands in for gopls has to answer it.
  const version = (await run(gopls, ["version", "-json"], folder)) || (await run(gopls, ["version"], folder));
  channel("Go").info(`Running language server ${gopls} (${version.split("\n")[0].slice(0, 60)})`);
  const started = newClient(gopls, folder);
  client = started;
  try {
    await started.start();
  } catch (error) {
    channel("Go").error(`Error starting language server: ${error}`);
  }
}

async function stop(reason) {
  const stopped = client;
  client = undefined;
  ends = 0;
  if (!stopped) return;
  channel(path.basename(goplsPath() ?? "gopls") + " (server)").info(`Request to stop language server - ${reason}`);
  if (stopped.state !== State.Running) return;
  try {
    await stopped.stop(STOP_MILLISECONDS);
  } catch (error) {
    channel("Go").info(`Failed to stop client: ${error}`);
  }
}

// One after the other: two settings that change at once would else start two.
function restart(reason) {
  work = work.then(() => stop(reason)).then(() => start(reason)).catch((error) => channel("Go").error(String(error)));
  return work;
}

function settingsChanged(event) {
  if (RESTARTING.some((each) => event.affectsConfiguration(each))) {
    restart("config change");
  } else if (event.affectsConfiguration("gopls") && client?.state === State.Running) {
    client.sendNotification("workspace/didChangeConfiguration", { settings: null });
  }
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("go.languageserver.restart", () => restart("manual")),
    vscode.workspace.onDidChangeConfiguration(settingsChanged),
  );
  const gopls = goplsPath();
  if (gopls) warnOfNoGoProgram(gopls, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
  await restart("activation");
}

async function deactivate() {
  await work;
  await stop("deactivation");
}

module.exports = { activate, deactivate };
