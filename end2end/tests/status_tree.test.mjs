// The status tree edited in place: by keyboard, by mouse, by touch.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, finish, ready, startApp, still } from "../app.mjs";


let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const items = page => page.getByRole("tree", { name: "Statuses" }).locator("[role=treeitem]:not([aria-expanded])");
const names = async page => items(page).evaluateAll(all => all.map(item => item.getAttribute("aria-label")));

const expectNames = (page, expected) => becomes(() => names(page), expected);

test("a status moves by Alt+arrow, is announced, is seen by others, and can be undone", async () => {
    const page = await app.open();
    const start = await names(page);
    await page.getByRole("button", { name: "Customise statuses" }).click();
    await items(page).nth(2).focus();
    await page.keyboard.press("Alt+ArrowDown");
    const moved = [...start];
    [moved[2], moved[3]] = [moved[3], moved[2]];
    await expectNames(page, moved);
    await page.getByText(/: \d+ of \d+ in /).first().waitFor({ state: "attached" });
    const undo = page.getByRole("status").getByRole("button", { name: "Undo" });
    await undo.waitFor();
    const other = await app.open();
    await expectNames(other, moved);
    await finish(other);
    await undo.click();
    await expectNames(page, start);
    await page.reload();
    await ready(page);
    await expectNames(page, start);
    await finish(page);
});

test("a status is dragged by its handle with the mouse", async () => {
    const page = await app.open();
    const start = await names(page);
    await page.getByRole("button", { name: "Customise statuses" }).click();
    // The editor's code comes late, and what it brings moves the items.
    await page.getByRole("textbox", { name: /^New status/ }).last().waitFor();
    await still(items(page).last());
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

test("a datasheet is dropped on a status with the mouse, each time, and can be undone", async () => {
    const page = await app.open();
    await still(items(page).last());
    const name = await page.getByRole("region", { name: "Datasheets" }).getByRole("article").first().getAttribute("aria-label");
    const row = page.getByRole("article", { name, exact: true });
    const status = async () => (await row.locator(".row__status").textContent()).trim();
    const own = await status();
    const others = (await names(page)).filter(other => other !== own);
    for (let turn = 0; turn < 10; turn += 1) {
        const other = others[turn % others.length];
        const target = items(page).and(page.getByRole("treeitem", { name: other, exact: true }));
        await row.scrollIntoViewIfNeeded();
        const [from, to] = [await row.getByRole("link").first().boundingBox(), await target.boundingBox()];
        await page.mouse.move(from.x + 20, from.y + from.height / 2);
        await page.mouse.down();
        // The first move takes the row up; it must come over the status before it is let go.
        await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
        await page.mouse.move(to.x + to.width / 2 + 2, to.y + to.height / 2);
        await page.mouse.up();
        await becomes(status, other, `dropped on ${other}`);
        await page.getByRole("status").getByText(name).first().waitFor();
        await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
        await becomes(status, own, "taken back");
    }
    await finish(page);
});

test("a status is added, renamed and deleted in place", async () => {
    const page = await app.open();
    const start = await names(page);
    await page.getByRole("button", { name: "Customise statuses" }).click();
    await page.getByRole("textbox", { name: /^New status/ }).first().fill("Waiting for papers");
    await page.keyboard.press("Enter");
    await page.getByRole("treeitem", { name: "Waiting for papers" }).waitFor();
    assert.equal((await names(page)).length, start.length + 1);
    await page.getByRole("button", { name: "Rename Waiting for papers" }).click();
    await page.getByRole("treeitem", { name: "Waiting for papers" }).getByRole("textbox").fill("Papers are here");
    await page.keyboard.press("Enter");
    await page.getByRole("treeitem", { name: "Papers are here" }).waitFor();
    await page.reload();
    await ready(page);
    assert.ok((await names(page)).includes("Papers are here"));
    await page.getByRole("button", { name: "Customise statuses" }).click();
    await page.getByRole("button", { name: "Options: Papers are here" }).click();
    await page.getByRole("menuitem", { name: "Delete…" }).click();
    const sure = page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true });
    if (await sure.isVisible({ timeout: 1_000 }).catch(() => false)) await sure.click();
    await expectNames(page, start);
    await page.reload();
    await ready(page);
    await expectNames(page, start);
    await finish(page);
});
