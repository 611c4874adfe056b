// A datasheet's page: what was done just before it is left goes on, and what others do shows while something is being typed.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, finish, ready, startApp } from "../app.mjs";

let app, sheet;
before(async () => {
    app = await startApp();
    const page = await app.open();
    sheet = await page.getByRole("article").nth(2).getByRole("link").first().getAttribute("href");
    await finish(page);
});
after(async () => { await app?.stop(); });

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const toast = page => page.getByRole("status");
const status = page => page.getByRole("combobox", { name: "Status" });
const chosen = page => status(page).evaluate(select => select.selectedOptions[0].textContent);

/** Messages stay as long as a busy machine needs to press their button. */
const patient = page => page.addInitScript(() => {
    const after = window.setTimeout;
    window.setTimeout = (call, ms, ...rest) => after(call, ms >= 10_000 ? 600_000 : ms, ...rest);
});

async function rename(page, name) {
    await page.getByRole("button", { name: "Rename", exact: true }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await page.keyboard.press("Enter");
}

test("two quick edits and away: both are made, and the second can be undone from the next page", async () => {
    const page = await app.open(sheet, { before: patient });
    const was = await chosen(page);
    const to = await status(page).locator("option").filter({ hasNotText: was }).first().textContent();
    // The first one is still on its way when the page is left: the second has not been sent.
    let open;
    const gate = new Promise(resolve => { open = resolve; });
    const sent = [];
    await page.route(/\/api\/datasheets\/(rename|status)/, async route => {
        sent.push(new URL(route.request().url()).pathname.split("/").pop());
        await gate;
        await route.continue();
    });
    await rename(page, "Renamed and away");
    await becomes(() => sent, ["rename"]);
    await status(page).selectOption({ label: to });
    await page.getByRole("navigation", { name: "Modules" }).getByRole("link").last().click();
    await page.waitForURL(/\/m\/\d+/);
    await heading(page, "Renamed and away").waitFor({ state: "detached" });
    open();
    await becomes(() => sent, ["rename", "status"]);
    await toast(page).getByText(to).waitFor();
    const other = await app.open(sheet);
    await heading(other, "Renamed and away").waitFor();
    assert.equal(await chosen(other), to);
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await becomes(() => chosen(other), was, "an open page follows");
    await page.unrouteAll({ behavior: "wait" });
    await finish(other);
    await finish(page);
});

test("what another person changes shows, and what is being typed stays", async () => {
    const page = await app.open(sheet);
    const other = await app.open(sheet);
    await page.getByRole("button", { name: "Rename", exact: true }).click();
    const name = page.getByRole("textbox", { name: "Name", exact: true });
    await name.fill("Being typed");
    const comment = page.getByRole("region", { name: "History" }).getByRole("textbox", { name: "Comment", exact: true });
    const was = await chosen(other);
    const to = await status(other).locator("option").filter({ hasNotText: was }).first().textContent();
    await status(other).selectOption({ label: to });
    await becomes(() => chosen(page), to, "the status follows");
    assert.equal(await name.inputValue(), "Being typed");
    assert.ok(await name.evaluate(input => input === document.activeElement), "the focus stays");

    // The same was changed by both: both values are shown.
    await rename(other, "Theirs meanwhile");
    await toast(other).getByText(/Theirs meanwhile/).waitFor();
    await page.getByText(/Theirs meanwhile/).first().waitFor({ state: "attached" });
    await name.press("Enter");
    const conflict = page.getByRole("alert").filter({ hasText: "Being typed" });
    await conflict.waitFor();
    assert.match(await conflict.innerText(), /Theirs meanwhile/);
    await conflict.getByRole("button", { name: "Keep theirs" }).click();
    await heading(page, "Theirs meanwhile").waitFor();

    // A form further down keeps its text as well.
    await comment.fill("Half a thought");
    await rename(other, "Theirs once more");
    await heading(page, "Theirs once more").waitFor();
    assert.equal(await comment.inputValue(), "Half a thought");
    page.complaints = page.complaints.filter(text => !/status of 409/.test(text));
    await finish(other);
    await finish(page);
});

test("a to-do that someone closes while it is edited keeps what is typed, and says so", async () => {
    const page = await app.open(sheet);
    const todos = page.getByRole("region", { name: "To-dos" });
    for (const text of ["Measure the attic", "Measure the cellar"]) {
        await todos.locator("#new-todo-text").fill(text);
        await todos.getByRole("button", { name: "Add to-do" }).click();
        await todos.locator("li.sheet-todo:not([data-new])", { hasText: text }).waitFor();
    }
    // The one before another: it keeps its place.
    const mine = todos.locator("li.sheet-todo", { hasText: "Measure the attic" });
    const other = await app.open(sheet);
    await mine.getByRole("button", { name: "Edit: Measure the attic" }).click();
    const text = mine.getByRole("textbox", { name: "To-do" });
    await text.fill("Measure the attic and the stairs");
    const close = other.getByRole("button", { name: "Close to-do: Measure the attic" });
    await close.click();
    await todos.getByText("Someone closed or deleted it meanwhile.").waitFor();
    await page.keyboard.type(", and the roof");
    assert.equal(await text.inputValue(), "Measure the attic and the stairs, and the roof");
    await todos.getByRole("button", { name: "Cancel" }).click();
    await mine.waitFor({ state: "detached" });
    await finish(other);
    await finish(page);
});

test("an undo that is no longer possible names what stands in its way", async () => {
    const page = await app.open(sheet, { before: patient });
    const other = await app.open(sheet);
    await rename(page, "Mine for a moment");
    const undo = toast(page).getByRole("button", { name: "Undo" });
    await undo.waitFor();
    await heading(other, "Mine for a moment").waitFor();
    await rename(other, "Named by another");
    await heading(page, "Named by another").waitFor();
    await undo.click();
    await toast(page).getByText(/cannot be undone.*Mine for a moment → Named by another/).waitFor();
    page.complaints = page.complaints.filter(text => !/status of 409/.test(text));
    await finish(other);
    await finish(page);
});

test("a row that a search found by its contact stays when something is done on it", async () => {
    const page = await app.open();
    const rows = page.getByRole("region", { name: "Datasheets" }).getByRole("article");
    const all = await rows.evaluateAll(all => all.map(row => [
        row.getAttribute("aria-label"), row.querySelector(".row__what i")?.textContent ?? "", row.querySelector(".row__due")?.textContent ?? "",
    ]));
    const first = text => /[\p{L}\d]{4,}/u.exec(text)?.[0];
    const [name, contact] = all.find(([name, contact, due]) => due && first(contact) && !name.toLowerCase().includes(first(contact).toLowerCase()));
    await page.goto(`${new URL(page.url()).origin}${new URL(page.url()).pathname}?q=${encodeURIComponent(first(contact))}`);
    await ready(page);
    const row = page.getByRole("article", { name, exact: true });
    await row.getByRole("button", { name: /^Postpone/ }).click();
    await page.getByRole("menuitem", { name: /^In a month/ }).click();
    await page.getByRole("status").getByRole("button", { name: "Undo" }).waitFor();
    await row.waitFor();
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await page.getByRole("status").getByText("Undone").first().waitFor();
    await row.waitFor();
    await finish(page);
});
