// Things that are dragged: a status by a finger, a datasheet onto a status by the mouse.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { finish, ready, startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const rows = page => page.getByRole("region", { name: "Datasheets" }).getByRole("article");
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

test("a datasheet is dropped on a status with the mouse, and that can be undone", async () => {
    const page = await app.open();
    const row = rows(page).first();
    const name = await row.getAttribute("aria-label");
    const counts = () => items(page).evaluateAll(
        all => all.map(item => Number(item.querySelector("[data-count]").textContent.replace(/[^0-9]/g, ""))),
    );
    const start = await counts();
    // Where it stands: narrowed to that status the list has it.
    let from = -1;
    for (let at = 0; at < start.length && from < 0; at += 1) {
        if (start[at] === 0) continue;
        await items(page).nth(at).click();
        await page.waitForURL(/status=/);
        await page.getByRole("region", { name: "Datasheets" }).waitFor();
        await page.waitForTimeout(300);
        if (await page.getByRole("article", { name, exact: true }).count() > 0) from = at;
        await items(page).nth(at).click();
        await page.waitForURL(url => !url.search.includes("status="));
    }
    assert.ok(from >= 0, "the datasheet has a status");
    const to = from === 0 ? 1 : 0;
    await page.getByRole("article", { name, exact: true }).first().waitFor();
    await page.getByRole("article", { name, exact: true }).first().dragTo(items(page).nth(to));
    const moved = [...start];
    moved[from] -= 1;
    moved[to] += 1;
    await becomes(page, counts, moved);
    await page.reload();
    await ready(page);
    await becomes(page, counts, moved);
    // Back by the same way, and that is taken back.
    await page.getByRole("article", { name, exact: true }).first().dragTo(items(page).nth(from));
    await becomes(page, counts, start);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await becomes(page, counts, moved);
    await finish(page);
});
