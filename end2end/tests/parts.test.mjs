// The browser half comes in parts: what happens when one of them cannot be had.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { becomes, eventually, finish, ready, startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(() => app.stop());

const PARTS = "**/parts/*.wasm";

test("a page whose code cannot be had says so, and opens when tried again", async () => {
    const page = await app.open();
    await page.route(PARTS, route => route.abort());
    await page.getByRole("region", { name: "Datasheets" }).getByRole("link").first().click();
    const alert = page.getByRole("alert").filter({ hasText: "could not be loaded" });
    await alert.waitFor();
    await page.unroute(PARTS);
    await alert.getByRole("link", { name: "Try again" }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await ready(page);
    assert.match(page.url(), /\/d\/\d+/);
    await becomes(() => alert.count(), 0);
    await page.context().close();
});

test("a page that comes without its part can be read, says so, and works once loaded anew", async () => {
    const page = await app.open();
    const link = await page.getByRole("region", { name: "Datasheets" }).getByRole("link").first().getAttribute("href");
    await page.route(PARTS, route => route.abort());
    await page.goto(app.server.address + link);
    const alert = page.getByRole("alert").filter({ hasText: "could not be loaded" });
    await alert.waitFor();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.unroute(PARTS);
    await alert.getByRole("link", { name: "Try again" }).click();
    await ready(page);
    await becomes(() => alert.count(), 0);
    await page.context().close();
});

test("the first load holds no part, and the first dialog loads its own once", async () => {
    const page = await app.open();
    const loaded = () => page.evaluate(() => performance.getEntriesByType("resource").map(entry => entry.name).filter(name => name.includes("/parts/")));
    assert.deepEqual(await loaded(), []);
    for (const _ of [1, 2]) {
        await page.getByRole("button", { name: "New datasheet" }).click();
        await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).waitFor();
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "hidden" });
    }
    const names = await loaded();
    assert.ok(names.length > 0);
    assert.equal(new Set(names).size, names.length, "each part is loaded once");
    await page.context().close();
});

test("how soon a cold first load shows its rows and can be used is told", async () => {
    const page = await app.open("/", {
        before: page => page.addInitScript(() => {
            new MutationObserver((_, observer) => {
                if (document.documentElement?.dataset.ready === undefined) return;
                observer.disconnect();
                window.usableAfter = performance.now();
            }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-ready"] });
        }),
    });
    const times = await eventually(() => page.evaluate(() => {
        const [painted] = performance.getEntriesByName("first-contentful-paint");
        return { shown: painted.startTime, usable: window.usableAfter };
    }));
    // The rows are in the first HTML. A machine may be busy: nothing is asked of the figures.
    assert.ok(times.shown > 0 && times.usable > 0, JSON.stringify(times));
    console.log(`first load: rows visible after ${times.shown.toFixed(0)} ms, usable after ${times.usable.toFixed(0)} ms`);
    await finish(page);
});
