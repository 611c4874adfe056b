// The status tree edited in place: by keyboard, by mouse, by touch.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { finish, ready, startApp } from "../app.mjs";

// Written before the page they test was whole, and not yet seen to pass: they run and are counted as to do.
const NOT_YET = "to be seen passing on the finished page";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const items = page => page.getByRole("tree", { name: "Statuses" }).locator("[role=treeitem]:not([aria-expanded])");
const names = async page => items(page).evaluateAll(all => all.map(item => item.getAttribute("aria-label")));

async function expectNames(page, expected) {
    const start = Date.now();
    while (Date.now() - start < 10_000) {
        if (JSON.stringify(await names(page)) === JSON.stringify(expected)) return;
        await page.waitForTimeout(50);
    }
    assert.deepEqual(await names(page), expected);
}

test("a status moves by Alt+arrow, is announced, stays after a reload, and can be undone", { todo: NOT_YET }, async () => {
    const page = await app.open();
    const start = await names(page);
    await page.getByRole("button", { name: "Customise statuses" }).click();
    await items(page).nth(2).focus();
    await page.keyboard.press("Alt+ArrowDown");
    const moved = [...start];
    [moved[2], moved[3]] = [moved[3], moved[2]];
    await expectNames(page, moved);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).waitFor();
    await page.reload();
    await ready(page);
    await expectNames(page, moved);
    await finish(page);
});

test("a status is dragged by its handle with the mouse", { todo: NOT_YET }, async () => {
    const page = await app.open();
    const start = await names(page);
    await page.getByRole("button", { name: "Customise statuses" }).click();
    const handles = page.locator("[data-grip]");
    const [from, to] = [await handles.nth(3).boundingBox(), await items(page).nth(2).boundingBox()];
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(from.x + from.width / 2, to.y + 3, { steps: 12 });
    await page.mouse.up();
    const moved = [...start];
    [moved[2], moved[3]] = [moved[3], moved[2]];
    await expectNames(page, moved);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await expectNames(page, start);
    await finish(page);
});

test("a status is added, renamed and deleted in place", { todo: NOT_YET }, async () => {
    const page = await app.open();
    const start = await names(page);
    await page.getByRole("button", { name: "Customise statuses" }).click();
    await page.getByRole("textbox", { name: /^New status/ }).first().fill("Waiting for papers");
    await page.keyboard.press("Enter");
    await page.getByRole("treeitem", { name: "Waiting for papers" }).waitFor();
    assert.equal((await names(page)).length, start.length + 1);
    await page.reload();
    await ready(page);
    assert.ok((await names(page)).includes("Waiting for papers"));
    await finish(page);
});
