// Related datasheets: linked by search, described, seen and changed from both sides, taken apart.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, eventually, finish, noViolations, ready, startApp, still } from "../app.mjs";

let app, sheet, other, near, far;
before(async () => {
    app = await startApp();
    const page = await app.open();
    const links = page.getByRole("region", { name: "Datasheets" }).getByRole("article").locator("a[href^='/d/']");
    const nameOf = async href => {
        await page.goto(app.server.address + href);
        return page.getByRole("heading", { level: 1 }).textContent();
    };
    [sheet, other] = await Promise.all([3, 8].map(n => links.nth(n).getAttribute("href")));
    near = await nameOf(sheet);
    far = await nameOf(other);
    await page.context().close();
});
after(async () => { await app?.stop(); });

const toast = page => page.getByRole("status");
const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const related = page => page.getByRole("region", { name: "Related datasheets" });
const search = page => related(page).getByRole("combobox", { name: "Link a datasheet" });
const about = (page, name) => related(page).getByRole("textbox", { name: `Description of the relation: ${name}`, exact: true });
const line = (page, name) => related(page).getByRole("listitem").filter({ has: page.getByRole("link", { name, exact: true }) });
const isFocused = locator => locator.evaluate(element => element === document.activeElement);

test("a datasheet is linked and described by keyboard; the page of the other side follows, and the history of both tells", async () => {
    const page = await app.open(sheet);
    const beyond = await app.open(other);
    await search(page).focus();
    await page.keyboard.type(far);
    const first = related(page).getByRole("option").first();
    await becomes(() => first.locator("span").textContent(), far);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    assert.equal(await first.getAttribute("aria-selected"), "true");
    await page.keyboard.press("Enter");
    await toast(page).getByText(`Linked: ${far}`).waitFor();
    // What it is to the other one is asked for next.
    await becomes(() => isFocused(about(page, far)), true);
    await page.keyboard.type("needs");
    await page.keyboard.press("Enter");
    await toast(page).getByText(`Description saved: ${far}`).waitFor();
    await becomes(() => about(beyond, near).inputValue(), "needs", "the page of the other side follows");
    for (const [side, name] of [[page, far], [beyond, near]]) {
        const history = side.getByRole("region", { name: "History" });
        await history.getByText(`described the relation to ${name} (needs)`).waitFor();
        await line(side, name).locator(".related-sheet__status").waitFor();
        await side.reload();
        await ready(side);
        assert.equal(await about(side, name).inputValue(), "needs");
    }
    await related(page).getByRole("link", { name: far, exact: true }).click();
    await heading(page, far).waitFor();
    await finish(beyond);
    await finish(page);
});

test("a description that another page changed meanwhile is told with both values", async () => {
    const page = await app.open(sheet);
    const beyond = await app.open(other);
    // The write waits until the other one is made.
    let open;
    const gate = new Promise(resolve => { open = resolve; });
    await page.route(/\/api\/relations\/describe/, async route => {
        await gate;
        await route.continue();
    });
    const sent = page.waitForRequest(/\/api\/relations\/describe/);
    await about(page, far).fill("continues");
    await page.keyboard.press("Enter");
    await sent;
    await about(beyond, near).fill("replaces");
    await beyond.keyboard.press("Enter");
    await toast(beyond).getByText(`Description saved: ${near}`).waitFor();
    open();
    const conflict = page.getByRole("alert").filter({ hasText: "continues" });
    await conflict.getByText("replaces", { exact: true }).waitFor();
    await conflict.getByRole("button", { name: "Keep mine" }).click();
    await becomes(() => about(beyond, near).inputValue(), "continues");
    await page.unrouteAll({ behavior: "wait" });
    page.complaints = page.complaints.filter(complaint => !complaint.includes("409"));
    await finish(beyond);
    await finish(page);
});

test("the name, the status and the trash of a related datasheet show on an open page at once", async () => {
    const page = await app.open(sheet);
    const beyond = await app.open(other);
    await line(page, far).waitFor();
    const rename = async name => {
        await beyond.getByRole("button", { name: "Rename", exact: true }).click();
        await beyond.getByRole("textbox", { name: "Name", exact: true }).fill(name);
        await beyond.keyboard.press("Enter");
    };
    await rename(`${far} renamed`);
    await line(page, `${far} renamed`).waitFor();
    await rename(far);
    await line(page, far).waitFor();
    await beyond.getByRole("button", { name: "Move to trash" }).click();
    await line(page, far).getByText("in the trash").waitFor();
    await toast(beyond).getByRole("button", { name: "Undo" }).first().click();
    await line(page, far).getByText("in the trash").waitFor({ state: "hidden" });
    await finish(beyond);
    await finish(page);
});

test("a relation is removed from the other side by keyboard, taken back from the message and from the history, and marked once in the trash", async () => {
    const page = await app.open(other);
    const remove = related(page).getByRole("button", { name: `Remove the relation: ${near}` });
    await remove.focus();
    await page.keyboard.press("Enter");
    await about(page, near).waitFor({ state: "detached" });
    await becomes(() => isFocused(search(page)), true);
    await toast(page).getByText(`Relation removed: ${near}`).waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await about(page, near).waitFor();
    await remove.click();
    await about(page, near).waitFor({ state: "detached" });
    await page.goto(app.server.address + sheet);
    await ready(page);
    await about(page, far).waitFor({ state: "detached" });
    const entry = page.getByRole("region", { name: "History" }).getByRole("listitem").filter({ hasText: `removed the relation to ${far}` });
    await entry.first().getByRole("button", { name: /^Undo/ }).click();
    await becomes(() => about(page, far).inputValue(), "continues");

    await page.goto(app.server.address + other);
    await ready(page);
    await page.getByRole("button", { name: "Move to trash" }).click();
    await toast(page).getByText("The datasheet is in the trash.").waitFor();
    // Nothing of it is changed there.
    await search(page).waitFor({ state: "hidden" });
    await remove.waitFor({ state: "hidden" });
    await page.goto(app.server.address + sheet);
    await ready(page);
    await line(page, far).getByText("in the trash").waitFor();
    await finish(page);
});

test("axe finds nothing against the related datasheets and their search, and no screen is too narrow for them", async () => {
    for (const scheme of ["light", "dark"]) {
        for (const width of [1280, 360]) {
            const page = await app.open(sheet, { scheme, width, touch: width === 360 });
            await search(page).fill("a");
            await related(page).getByRole("option").first().waitFor();
            await still(related(page));
            await noViolations(page, { within: ".sheet-related", what: `related datasheets, ${scheme} ${width}` });
            const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(wider <= 0, `it is ${wider} px too wide`);
            await finish(page);
        }
    }
});
