// The app as a test sees it: a fresh demo database behind a server of its own, and a browser that tells every complaint of the console.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createServer, request as httpRequest } from "node:http";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
];

/** How long a test waits for what must come, in milliseconds: a machine may be busy, and a test measures no speed. */
const PATIENCE = 20_000;

let onPostgresDatabase;

/**
 * Lets the servers of a test file use Postgres: the database that `cargo xtask test` makes for each `*_on_postgres` file.
 * Without one the file fails.
 */
export function onPostgres(file) {
    const url = new URL(process.env.MODULOK_TEST_POSTGRES ?? assert.fail("MODULOK_TEST_POSTGRES is not set: run `cargo xtask test`"));
    url.pathname = `/${basename(file, ".test.mjs")}`;
    onPostgresDatabase = url.href;
}

/**
 * A running server; `stop()` ends it and removes its database. With sample data, or with `seed` datasheets of one to-do each
 * in one module.
 */
export async function startServer({ seed } = {}) {
    const folder = mkdtempSync(join(tmpdir(), "modulok-"));
    const database = onPostgresDatabase ?? `sqlite:${join(folder, "test.sqlite")}`;
    if (seed) {
        const wanted = ["seed", "--datasheets", String(seed), "--todos", "1", "--database", database];
        execFileSync(process.env.MODULOK_BIN, wanted, { stdio: "ignore" });
    }
    const child = spawn(
        process.env.MODULOK_BIN,
        [seed ? "serve" : "demo", "--database", database, "--listen", "127.0.0.1:0"],
        { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LANG: "hu_HU.UTF-8" } },
    );
    const log = [];
    child.stderr.on("data", chunk => log.push(chunk));
    const ended = new Promise(resolve => child.once("exit", resolve));
    let address, link;
    const lines = createInterface({ input: child.stdout });
    await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`the server did not start: ${Buffer.concat(log)}`)), 60_000);
        ended.then(() => reject(new Error(`the server ended: ${Buffer.concat(log)}`)));
        lines.on("line", line => {
            address = /^Listening on (http:\S+)/.exec(line)?.[1] ?? address;
            link = /^Sign in: (http:\S+)/.exec(line)?.[1] ?? link;
            if (address && link) {
                clearTimeout(timer);
                resolve();
            }
        });
    });
    return {
        address,
        link,
        database: `sqlite:${join(folder, "test.sqlite")}`,
        async stop() {
            child.kill("SIGTERM");
            const killed = setTimeout(() => child.kill("SIGKILL"), 5_000);
            await ended;
            clearTimeout(killed);
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/**
 * A way to a server on which each write waits for `meet(path)`, a promise: true lets it through, false drops it without an
 * answer. `writes` holds the paths of those that came.
 */
export async function startDetour(server, meet) {
    const writes = [];
    const to = new URL(server.address);
    const detour = createServer(async (request, response) => {
        if (request.method === "POST" && /^\/api\/todos\//.test(request.url)) {
            writes.push(request.url);
            if (!(await meet(request.url))) return request.socket.destroy();
        }
        const options = { host: to.hostname, port: to.port, method: request.method, path: request.url, headers: request.headers };
        const onward = httpRequest(options, answer => {
            response.writeHead(answer.statusCode, answer.rawHeaders);
            answer.pipe(response);
        });
        onward.on("error", () => response.destroy());
        response.on("close", () => { if (request.method === "GET") onward.destroy(); });
        request.pipe(onward);
    });
    await new Promise(resolve => detour.listen(0, "127.0.0.1", resolve));
    return {
        address: `http://127.0.0.1:${detour.address().port}`,
        writes,
        stop: () => new Promise(resolve => { detour.close(resolve); detour.closeAllConnections(); }),
    };
}

/** A browser, a server and helpers in the words of the app. */
export async function startApp(options) {
    const server = await startServer(options);
    const browser = await chromium.launch({ executablePath: process.env.MODULOK_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
    let state;

    /** A page of a signed-in user; `before` prepares it before anything is loaded. */
    async function open(path = "/", { width = 1280, height = 900, locale = "en-GB", scheme = "light", javaScript = true, touch = false, signedIn = true, before, at = server.address } = {}) {
        const context = await browser.newContext({
            viewport: { width, height }, locale, colorScheme: scheme, javaScriptEnabled: javaScript, hasTouch: touch,
            timezoneId: "Europe/Budapest", storageState: signedIn ? await signIn() : undefined,
        });
        // A complaint says where it comes from.
        if (javaScript) await context.addInitScript(() => { Error.stackTraceLimit = 60; });
        const page = await context.newPage();
        page.setDefaultTimeout(PATIENCE);
        page.complaints = [];
        page.on("console", message => {
            if (["error", "warning"].includes(message.type())) page.complaints.push(message.text());
        });
        page.on("pageerror", error => page.complaints.push(String(error)));
        await before?.(page);
        await page.goto(at + path);
        if (javaScript) await ready(page);
        return page;
    }

    // The one-time link works once: its session is shared by all pages of a test file.
    async function signIn() {
        if (!state) {
            const context = await browser.newContext();
            const page = await context.newPage();
            await page.goto(server.link);
            state = await context.storageState();
            await context.close();
        }
        return state;
    }

    return {
        server, browser, open, signIn,
        async stop() {
            await browser.close();
            await server.stop();
        },
    };
}

/** Waits until the browser half has taken over. */
export async function ready(page) {
    await page.waitForFunction(() => document.documentElement.dataset.ready !== undefined);
}

/** Closes the page and fails on anything its console complained of. */
export async function finish(page) {
    const complaints = page.complaints ?? [];
    await page.context().close();
    assert.deepEqual(complaints, [], "the console complained");
}

/** Tries until a check throws no more, and answers what it answers. */
export async function eventually(check) {
    const start = Date.now();
    for (;;) {
        try {
            return await check();
        } catch (error) {
            if (Date.now() - start > PATIENCE) throw error;
            await new Promise(resolve => setTimeout(resolve, 50));
        }
    }
}

/** Waits until something read from a page is as expected. */
export const becomes = (read, expected, what) =>
    eventually(async () => assert.deepEqual(await read(), expected, what));

/** Waits until an element has stood in one place for a while: what comes late has come. */
export async function still(locator) {
    let last, since = Date.now();
    await eventually(async () => {
        const box = JSON.stringify(await locator.boundingBox());
        if (box !== last) [last, since] = [box, Date.now()];
        assert.ok(Date.now() - since > 300, "it moves");
    });
}

/** Fails on anything that axe finds in the page, or within a part of it; `what` is named in the complaint. */
export async function noViolations(page, { within, what = page.url() } = {}) {
    const axe = new AxeBuilder({ page });
    const { violations } = await (within ? axe.include(within) : axe).analyze();
    assert.deepEqual(violations.map(violation => `${violation.id}: ${violation.nodes.map(node => node.html).join(" | ")}`), [], what);
}

/** The heading of a bucket, by the beginning of its name. */
export const bucket = (page, name) => page.getByRole("heading", { level: 2, name: new RegExp(`^${name}`) });

/** The number at the end of a bucket's heading; 0 when there is no such heading. */
export async function count(page, name) {
    const heading = bucket(page, name);
    if ((await heading.count()) === 0) return 0;
    const text = await heading.evaluate(element => element.querySelector(".n")?.textContent ?? element.textContent);
    return Number(text.replace(/[^0-9]/g, ""));
}

/** Waits until a bucket has so many rows. */
export const expectCount = (page, name, expected) => becomes(() => count(page, name), expected, `count of ${name}`);
