// What is dragged by a finger.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { finish, ready, startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const items = page => page.getByRole("tree", { name: "Statuses" }).locator("[role=treeitem]:not([aria-expanded])");
const names = async page => items(page).evaluateAll(all => all.map(item => item.getAttribute("aria-label")));
const middle = box => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** Waits until something read from the page is as expected. */
async function becomes(page, read, expected) {
    const start = Date.now();
    let last;
    while (Date.now() - start < 10_000) {
        last = await read();
        if (JSON.stringify(last) === JSON.stringify(expected)) return;
        await page.waitForTimeout(50);
    }
    assert.deepEqual(last, expected);
}

test("a status is dragged by its handle with a finger", async () => {
    const page = await app.open("/", { touch: true });
    const start = await names(page);
    await page.getByRole("button", { name: "Customise statuses" }).tap();
    // The editor's code comes late, and its buttons move the items: all handles are there, and nothing moves any more.
    await page.locator("[data-grip]").nth(start.length - 1).waitFor();
    await page.waitForTimeout(800);
    const from = middle(await page.locator("[data-grip]").nth(3).boundingBox());
    const to = await items(page).nth(2).boundingBox();
    const finger = await page.context().newCDPSession(page);
    const touch = (type, y) =>
        finger.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x: from.x, y }] });
    await touch("touchStart", from.y);
    for (let step = 1; step <= 10; step += 1) {
        await touch("touchMove", from.y + ((to.y + 3 - from.y) * step) / 10);
        await page.waitForTimeout(16);
    }
    await touch("touchEnd");
    const moved = [...start];
    [moved[2], moved[3]] = [moved[3], moved[2]];
    await becomes(page, () => names(page), moved);
    await page.reload();
    await ready(page);
    await becomes(page, () => names(page), moved);
    await finish(page);
});
