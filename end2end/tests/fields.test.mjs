// Fields of a module's own: defined in place, filled in, required from a status on, stale, sorted by keyboard, mouse and touch.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, eventually, finish, noViolations, ready, startApp } from "../app.mjs";


let app, sheet, other;
before(async () => {
    app = await startApp();
    const page = await app.open();
    const links = page.getByRole("region", { name: "Datasheets" }).getByRole("article").locator("a[href^='/d/']");
    [sheet, other] = [await links.nth(0).getAttribute("href"), await links.nth(1).getAttribute("href")];
    await page.context().close();
});
after(async () => { await app?.stop(); });

const fields = page => page.getByRole("region", { name: "Fields" });
const items = page => fields(page).locator(".own-fields__item");
const names = page => items(page).evaluateAll(all => all.map(item => item.querySelector(".own-fields__name span").textContent));
const toast = page => page.getByRole("status");

/** Defines a field above all groups. */
async function define(page, name, kind, fill = async () => {}) {
    const customise = fields(page).getByRole("button", { name: "Customise fields" });
    if (await customise.getAttribute("aria-pressed") !== "true") await customise.click();
    await fields(page).getByRole("button", { name: "Add field", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Add field" });
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("combobox", { name: "Kind" }).selectOption({ label: kind });
    await fill(dialog);
    await dialog.getByRole("button", { name: "Save" }).click();
    await items(page).filter({ hasText: name }).waitFor();
}

const done = page => fields(page).getByRole("button", { name: "Customise fields" }).click();

test("a field is defined in place, filled in as one leaves it, and stands in the history from old to new", async () => {
    const page = await app.open(sheet);
    await define(page, "Colour of the roof", "Choice", async dialog => {
        await dialog.getByRole("textbox", { name: /^Choice/ }).fill("Red");
        await page.keyboard.press("Enter");
        await dialog.getByRole("textbox", { name: /^Choice/ }).nth(1).fill("Slate grey");
        await dialog.getByRole("textbox", { name: "Help text" }).fill("As the client said.");
    });
    await define(page, "Area", "Decimal number");
    await done(page);
    const colour = page.getByRole("combobox", { name: "Colour of the roof" });
    await colour.selectOption({ label: "Red" });
    await toast(page).getByText("Colour of the roof: Red").waitFor();
    await colour.selectOption({ label: "Slate grey" });
    await page.getByText("changed Colour of the roof: Red → Slate grey").waitFor();
    const area = page.getByRole("textbox", { name: "Area" });
    await area.fill("1234.5");
    await colour.focus();
    await toast(page).getByText("Area: 1,234.5").waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await eventually(async () => assert.equal(await area.inputValue(), ""));
    await area.fill("99.25");
    await page.keyboard.press("Enter");
    await toast(page).getByText("Area: 99.25").waitFor();
    await page.reload();
    await ready(page);
    assert.equal(await area.inputValue(), "99.25");
    assert.equal(await colour.locator("option:checked").textContent(), "Slate grey");
    await finish(page);
});

test("what cannot be read stays in the field with its problem; Escape gives it up", async () => {
    const page = await app.open(sheet);
    await define(page, "Number of windows", "Whole number");
    await done(page);
    const windows = page.getByRole("textbox", { name: "Number of windows" });
    await windows.fill("a dozen");
    await page.getByRole("textbox", { name: "Area" }).focus();
    await fields(page).getByRole("alert").getByText("Number of windows: cannot be read.").waitFor();
    assert.equal(await windows.inputValue(), "a dozen");
    assert.equal(await windows.getAttribute("aria-invalid"), "true");
    await windows.press("Escape");
    await eventually(async () => assert.equal(await windows.inputValue(), ""));
    await becomes(() => fields(page).getByRole("alert").count(), 0);
    await windows.fill("12");
    await windows.press("Enter");
    await toast(page).getByText("Number of windows: 12").waitFor();
    await finish(page);
});

test("a stale edit shows both values, and the user chooses", async () => {
    // Deaf to each other, as behind a broken connection: else the later one may hear of the earlier edit just before its own.
    const deaf = { before: page => page.route("**/events?*", route => route.fulfill({ status: 204 })) };
    const [mine, theirs] = [await app.open(sheet, deaf), await app.open(sheet, deaf)];
    const area = page => page.getByRole("textbox", { name: "Area" });
    const set = async (page, text) => {
        await area(page).fill(text);
        await area(page).press("Enter");
    };
    await set(theirs, "100");
    await toast(theirs).getByText("Area: 100").waitFor();
    await set(mine, "200");
    const conflict = fields(mine).getByRole("alert");
    await conflict.getByText("Someone else entered meanwhile: 100").waitFor();
    assert.equal(await area(mine).inputValue(), "200");
    await conflict.getByRole("button", { name: "Keep mine" }).click();
    await toast(mine).getByText("Area: 200").waitFor();
    await set(theirs, "300");
    await fields(theirs).getByRole("alert").getByText("Someone else entered meanwhile: 200").waitFor();
    await fields(theirs).getByRole("button", { name: "Take theirs" }).click();
    await eventually(async () => assert.equal(await area(theirs).inputValue(), "200"));
    // A conflict answers 409, which the console reports.
    for (const page of [mine, theirs]) {
        page.complaints = page.complaints.filter(text => !text.includes("409"));
        await finish(page);
    }
});

test("a status that requires a field asks for it, keeps the move, and then completes it", async () => {
    const page = await app.open(other);
    const status = page.locator("#sheet-status");
    const last = await status.locator("option").last().textContent();
    await define(page, "Handed over to", "Text", async dialog => {
        await dialog.getByRole("combobox", { name: "Required from status" }).selectOption({ index: await status.locator("option").count() });
    });
    await done(page);
    await status.selectOption({ label: last });
    const dialog = page.getByRole("dialog", { name: "Missing fields" });
    await dialog.waitFor();
    // Without it there is no going on.
    await dialog.getByRole("button", { name: "Continue" }).click();
    await dialog.getByText("Handed over to: must be filled in.").waitFor();
    await dialog.getByRole("textbox", { name: /Handed over to/ }).fill("Kiss Réka");
    await dialog.getByRole("button", { name: "Continue" }).click();
    await toast(page).getByText(`Status: ${last}`).waitFor();
    await dialog.waitFor({ state: "hidden" });
    await page.reload();
    await ready(page);
    assert.equal(await status.locator("option:checked").textContent(), last);
    assert.equal(await page.getByRole("textbox", { name: /Handed over to/ }).inputValue(), "Kiss Réka");
    // There it cannot be cleared.
    await page.getByRole("textbox", { name: /Handed over to/ }).fill("");
    await page.keyboard.press("Enter");
    await fields(page).getByRole("alert").getByText("Handed over to: must be filled in.").waitFor();
    page.complaints = page.complaints.filter(text => !/409|422/.test(text));
    await finish(page);
});

test("a file is uploaded in place into a field, stands in the history by its name, and is asked for where it is required", async () => {
    const page = await app.open(other);
    await define(page, "Handover report", "File");
    await done(page);
    const own = page.getByRole("combobox", { name: "Handover report" });
    const file = name => ({ name, mimeType: "text/plain", buffer: Buffer.from(name) });
    const upload = at => at.getByLabel("Upload to Handover report").first();
    await upload(fields(page)).setInputFiles(file("report.txt"));
    await page.getByText("changed Handover report: nothing → report.txt").waitFor();
    await eventually(async () => assert.equal(await own.locator("option:checked").textContent(), "report.txt"));
    const got = await page.request.get(app.server.address + await fields(page).getByRole("link", { name: "Open file" }).first().getAttribute("href"));
    assert.equal(await got.text(), "report.txt");
    await upload(fields(page)).setInputFiles(file("report 2.txt"));
    await page.getByText("changed Handover report: report.txt → report 2.txt").waitFor();
    // It is deleted only when it no longer stands there; the earlier one can be chosen again.
    const files = page.getByRole("region", { name: "Files", exact: true });
    await files.getByRole("button", { name: "Delete file report 2.txt" }).click();
    await toast(page).getByText("The file stands in the field Handover report.").waitFor();
    await own.selectOption({ label: "report.txt" });
    await page.getByText("changed Handover report: report 2.txt → report.txt").waitFor();
    await files.getByRole("button", { name: "Delete file report 2.txt" }).click();
    await files.getByRole("link", { name: "report 2.txt" }).waitFor({ state: "detached" });
    await page.reload();
    await ready(page);
    assert.equal(await own.locator("option:checked").textContent(), "report.txt");
    await noViolations(page, { what: "a file field" });
    page.complaints = page.complaints.filter(text => !text.includes("409"));
    await finish(page);
});

test("a row of the list asks for the missing field, too", async () => {
    const page = await app.open();
    const row = page.getByRole("region", { name: "Datasheets" }).getByRole("article").nth(3);
    const name = await row.getAttribute("aria-label");
    const tree = page.getByRole("tree", { name: "Statuses" });
    const last = tree.locator("[role=treeitem]:not([aria-expanded])").last();
    const before = Number(await last.locator("[data-count]").textContent());
    await page.evaluate(([row, status]) => {
        const data = new DataTransfer();
        const target = document.getElementById(status);
        data.setData("application/x-modulok-datasheet", row);
        for (const type of ["dragover", "drop"]) target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }, [(await row.locator("a[href^='/d/']").first().getAttribute("href")).slice(3), await last.getAttribute("id")]);
    const dialog = page.getByRole("dialog", { name: "Missing fields" });
    await dialog.getByRole("textbox", { name: /Handed over to/ }).fill("Nagy Emese");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await toast(page).getByText(name).first().waitFor();
    await eventually(async () => assert.equal(Number(await last.locator("[data-count]").textContent()), before + 1));
    page.complaints = page.complaints.filter(text => !text.includes("409"));
    await finish(page);
});

test("what a status requires is said on a datasheet that came there unasked, and leads to the field", async () => {
    const page = await app.open(sheet);
    const current = await page.locator("#sheet-status").inputValue();
    await define(page, "Surveyor", "Text", async dialog => {
        await dialog.getByRole("combobox", { name: "Required from status" }).selectOption(current);
    });
    await done(page);
    const missing = fields(page).getByRole("list", { name: "Still missing for this status:" });
    await missing.getByRole("button", { name: "Surveyor" }).click();
    const own = page.getByRole("textbox", { name: /Surveyor/ });
    await eventually(async () => assert.ok(await own.evaluate(input => input === document.activeElement)));
    await noViolations(page, { what: "a datasheet with a missing field" });
    await own.fill("Kiss Réka");
    await own.press("Enter");
    await missing.getByRole("button", { name: "Surveyor" }).waitFor({ state: "hidden" });
    await finish(page);
});

test("fields are sorted by keyboard, announced, and everybody sees the order", async () => {
    const page = await app.open(sheet);
    await fields(page).getByRole("button", { name: "Customise fields" }).click();
    const start = await names(page);
    const grip = fields(page).getByRole("button", { name: `Move ${start[0]}`, exact: true });
    await grip.focus();
    await page.keyboard.press("ArrowDown");
    const moved = [start[1], start[0], ...start.slice(2)];
    await eventually(async () => assert.deepEqual(await names(page), moved));
    await page.getByText(new RegExp(`^${start[0].replace(/[()]/g, "\\$&")}: 2 of \\d+ in `)).waitFor({ state: "attached" });
    await toast(page).getByText(`Moved: ${start[0]}`).waitFor();
    // The focus stays on the handle.
    assert.equal(await grip.evaluate(element => element === document.activeElement), true);
    const fresh = await app.open(sheet);
    await fields(fresh).getByRole("button", { name: "Customise fields" }).click();
    assert.deepEqual(await names(fresh), moved);
    await finish(fresh);
    await grip.press("ArrowUp");
    await eventually(async () => assert.deepEqual(await names(page), start));
    await finish(page);
});

test("a field is dragged by its handle with the mouse and by finger", async () => {
    const page = await app.open(sheet, { touch: true });
    await fields(page).getByRole("button", { name: "Customise fields" }).click();
    const start = await names(page);
    const places = async at => {
        const [from, to] = [await items(page).nth(at + 1).locator("[data-grip]").boundingBox(), await items(page).nth(at).boundingBox()];
        return { x: from.x + from.width / 2, from: from.y + from.height / 2, to: to.y + 4 };
    };
    const mouse = await places(1);
    await page.mouse.move(mouse.x, mouse.from);
    await page.mouse.down();
    await page.mouse.move(mouse.x, mouse.to, { steps: 12 });
    await page.mouse.up();
    const moved = [start[0], start[2], start[1], ...start.slice(3)];
    await eventually(async () => assert.deepEqual(await names(page), moved));
    await toast(page).getByText("Moved:").waitFor();
    const finger = await places(1);
    const cdp = await page.context().newCDPSession(page);
    const touch = (type, y) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x: finger.x, y }] });
    await touch("touchStart", finger.from);
    for (let step = 1; step <= 12; step++) await touch("touchMove", finger.from + (finger.to - finger.from) * step / 12);
    await touch("touchEnd");
    await eventually(async () => assert.deepEqual(await names(page), start));
    await finish(page);
});

test("a field is archived with its data and brought back", async () => {
    const page = await app.open(sheet);
    await fields(page).getByRole("button", { name: "Customise fields" }).click();
    await fields(page).getByRole("button", { name: "Options: Area" }).click();
    await page.getByRole("menuitem", { name: "Archive" }).click();
    await fields(page).getByRole("button", { name: "Restore: Area" }).waitFor();
    await done(page);
    await becomes(() => page.getByRole("textbox", { name: "Area" }).count(), 0);
    await fields(page).getByRole("button", { name: "Customise fields" }).click();
    await fields(page).getByRole("button", { name: "Restore: Area" }).click();
    await items(page).filter({ hasText: "Area" }).waitFor();
    await done(page);
    assert.equal(await page.getByRole("textbox", { name: "Area" }).inputValue(), "200");
    await finish(page);
});

test("a group is added, renamed and removed, and its fields stay", async () => {
    const page = await app.open(sheet);
    await fields(page).getByRole("button", { name: "Customise fields" }).click();
    await fields(page).getByRole("textbox", { name: "New group" }).fill("Garden");
    await page.keyboard.press("Enter");
    const name = fields(page).getByRole("textbox", { name: "Name of group: Garden", exact: true });
    await name.fill("Garden and yard");
    await name.press("Enter");
    await fields(page).getByRole("textbox", { name: "Name of group: Garden and yard" }).waitFor();
    const before = await names(page);
    await fields(page).getByRole("button", { name: "Options: Garden and yard" }).click();
    await page.getByRole("menuitem", { name: "Remove group" }).click();
    await becomes(() => fields(page).getByRole("textbox", { name: /Garden and yard/ }).count(), 0);
    assert.deepEqual(await names(page), before);
    await finish(page);
});

test("a contact is found by the beginning of its name, by keyboard", async () => {
    const page = await app.open(sheet);
    await define(page, "Foreman", "Contact");
    await done(page);
    const search = page.getByRole("combobox", { name: "Foreman" });
    await search.pressSequentially("k");
    const found = fields(page).getByRole("listbox", { name: "Found" }).getByRole("option");
    await found.first().waitFor();
    const first = await found.first().locator("span").textContent();
    await search.press("Enter");
    await toast(page).getByText(/^Foreman/).waitFor();
    await page.reload();
    await ready(page);
    await fields(page).locator(".own-field__contact").getByText(first).first().waitFor();
    await finish(page);
});

for (const scheme of ["light", "dark"]) {
    test(`axe finds nothing to say against fields, ${scheme}, also at 360 px`, async () => {
        const page = await app.open(sheet, { scheme, width: 360, height: 740, touch: true });
        const look = async part => {
            await noViolations(page, { what: part });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(wide <= 0, `${part} is ${wide} px too wide`);
        };
        await look("filling in");
        await fields(page).getByRole("button", { name: "Customise fields" }).click();
        await look("customising");
        await fields(page).getByRole("button", { name: "Edit field Colour of the roof" }).click();
        await page.getByRole("dialog", { name: "Edit field" }).waitFor();
        await look("the form");
        await page.keyboard.press("Escape");
        await finish(page);
    });
}

test("below the to-dos the status and the next to-do stay in view, and lead back", async () => {
    for (const width of [360, 1280]) {
        const page = await app.open(sheet, { width, height: 640 });
        const line = page.getByRole("button", { name: /Next to-do:/ });
        await fields(page).waitFor();
        assert.equal(await line.isVisible(), false);
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
        await line.waitFor();
        const todo = await page.evaluate(() => document.querySelector(".sheet-todo__text").textContent.trim());
        await line.getByText(todo).waitFor();
        await noViolations(page, { what: "the line of the next to-do" });
        await line.click();
        await line.waitFor({ state: "hidden" });
        await finish(page);
    }
});
