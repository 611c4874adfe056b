// The trash of a module: what goes there is found, brought back, or deleted for good. And what datasheets have to do with each other.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, eventually, finish, noViolations, ready, startApp, still } from "../app.mjs";

let app, sheet, other, trash;
before(async () => {
    app = await startApp();
    const page = await app.open();
    const links = page.getByRole("region", { name: "Datasheets" }).getByRole("article").locator("a[href^='/d/']");
    sheet = await links.nth(3).getAttribute("href");
    other = await links.nth(8).getAttribute("href");
    trash = `${await page.locator(".module-bar [aria-current=page]").getAttribute("href")}/trash`;
    await page.context().close();
});
after(async () => { await app?.stop(); });

const toast = page => page.getByRole("status");
const lines = page => page.locator(".trash-list > li");
const line = (page, href) => lines(page).filter({ has: page.locator(`a[href='${href}']`) });
const related = page => page.getByRole("region", { name: "Related datasheets" });
const dialog = page => page.getByRole("dialog", { name: "Delete permanently" });

test("a datasheet goes to the trash from its page, is found there with who put it there, and comes back", async () => {
    const page = await app.open(sheet);
    const name = await page.getByRole("heading", { level: 1 }).textContent();
    const said = page.getByText("This datasheet is in the trash.");
    await page.getByRole("button", { name: "Move to trash" }).click();
    await said.waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await said.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Move to trash" }).click();
    await toast(page).getByText("The datasheet is in the trash.").waitFor();
    await page.getByRole("link", { name: "The module's trash" }).click();
    await page.waitForURL(/\/m\/\d+\/trash$/);
    await page.getByRole("heading", { level: 1, name: "Trash" }).waitFor();
    await eventually(async () => assert.equal(await lines(page).first().getByRole("link").getAttribute("href"), sheet));
    await line(page, sheet).getByText(/^trashed by Kovács Anna/).waitFor();
    assert.equal(await page.locator(".module-bar [aria-current=page]").getAttribute("href"), trash.replace("/trash", ""));

    const restore = line(page, sheet).getByRole("button", { name: `Restore: ${name}` });
    await restore.focus();
    await page.keyboard.press("Enter");
    await line(page, sheet).waitFor({ state: "detached" });
    // The focus goes on to the next one.
    await eventually(async () => assert.match(
        await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? ""), /^Restore: /,
    ));
    await toast(page).getByText("The datasheet is restored.").waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await line(page, sheet).waitFor();
    await line(page, sheet).getByRole("button", { name: /^Restore: / }).click();
    await toast(page).getByText("The datasheet is restored.").waitFor();
    await page.goto(app.server.address + sheet);
    await ready(page);
    await page.getByRole("button", { name: "Move to trash" }).waitFor();
    assert.equal(await said.isVisible(), false);
    await finish(page);
});

test("the menu of the module page leads to its trash, by keyboard and in Hungarian", async () => {
    const page = await app.open("/", { locale: "hu-HU" });
    await page.getByRole("button", { name: "További műveletek", exact: true }).focus();
    await page.keyboard.press("Enter");
    const item = page.getByRole("menuitem", { name: "Kuka" });
    await item.waitFor();
    await page.keyboard.press("End");
    await eventually(async () => assert.ok(await item.evaluate(element => element === document.activeElement)));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/trash$/);
    await page.getByRole("heading", { level: 1, name: "Kuka" }).waitFor();
    assert.ok(await lines(page).count() >= 3, "the samples have some");
    await finish(page);
});

test("an admin is told what goes before a datasheet is deleted for good", async () => {
    const page = await app.open(trash);
    const href = await lines(page).first().getByRole("link").getAttribute("href");
    const name = await lines(page).first().getByRole("link").textContent();
    const ask = line(page, href).getByRole("button", { name: /^Delete permanently/ });
    await ask.click();
    await dialog(page).getByText("This is deleted with it:").waitFor();
    await dialog(page).getByText(name, { exact: true }).waitFor();
    await dialog(page).getByText("History").waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
    await becomes(() => line(page, href).count(), 1);

    await ask.click();
    await dialog(page).getByRole("button", { name: "Delete permanently" }).click();
    await toast(page).getByText(`Permanently deleted: ${name}`).waitFor();
    await line(page, href).waitFor({ state: "detached" });
    const gone = await page.goto(app.server.address + href);
    assert.equal(gone.status(), 404);
    page.complaints = page.complaints.filter(text => !text.includes("404"));
    await finish(page);
});

test("a datasheet is linked by keyboard, described, seen from the other side, parted, and marked once in the trash", async () => {
    const page = await app.open(other);
    const far = await page.getByRole("heading", { level: 1 }).textContent();
    await page.goto(app.server.address + sheet);
    await ready(page);
    const near = await page.getByRole("heading", { level: 1 }).textContent();
    const search = related(page).getByRole("combobox", { name: "Link a datasheet" });
    await search.pressSequentially(far);
    const offered = related(page).getByRole("option");
    await eventually(async () => assert.equal(await offered.first().locator("span").textContent(), far));
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    assert.equal(await offered.first().getAttribute("aria-selected"), "true");
    await page.keyboard.press("Enter");
    await toast(page).getByText(`Linked: ${far}`).waitFor();
    const about = name => related(page).getByRole("textbox", { name: `Description of the relation: ${name}`, exact: true });
    await eventually(async () => assert.ok(await about(far).evaluate(element => element === document.activeElement)));
    await page.keyboard.type("predecessor");
    await page.keyboard.press("Enter");
    await toast(page).getByText(`Description saved: ${far}`).waitFor();
    await page.getByRole("region", { name: "History" }).getByText(`described the relation to ${far} (predecessor)`).waitFor();

    await related(page).getByRole("link", { name: far, exact: true }).click();
    await page.getByRole("heading", { level: 1, name: far }).waitFor();
    assert.equal(await about(near).inputValue(), "predecessor");
    await related(page).getByRole("button", { name: `Remove the relation: ${near}` }).click();
    await about(near).waitFor({ state: "detached" });
    await toast(page).getByText(`Relation removed: ${near}`).waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await about(near).waitFor();
    await page.getByRole("button", { name: "Move to trash" }).click();
    await page.getByText("This datasheet is in the trash.").waitFor();
    await toast(page).getByText("The datasheet is in the trash.").waitFor();
    await page.goto(app.server.address + sheet);
    await ready(page);
    await related(page).getByRole("listitem").filter({ hasText: far }).getByText("in the trash").waitFor();
    await page.reload();
    await ready(page);
    assert.equal(await about(far).inputValue(), "predecessor");
    await finish(page);
});

test("axe finds nothing against the trash and its dialog, and neither is wider than a narrow screen", async () => {
    for (const scheme of ["light", "dark"]) {
        for (const width of [1280, 360]) {
            const page = await app.open(trash, { scheme, width, touch: width === 360 });
            await noViolations(page, { what: `${scheme} ${width}` });
            await lines(page).first().getByRole("button", { name: /^Delete permanently/ }).click();
            await dialog(page).getByText("This is deleted with it:").waitFor();
            await still(dialog(page));
            await noViolations(page, { what: `the dialog, ${scheme} ${width}` });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(wide <= 0, `it is ${wide} px too wide`);
            if (process.env.MODULOK_SHOTS) {
                await page.screenshot({ path: `${process.env.MODULOK_SHOTS}/trash-dialog-${scheme}-${width}.png` });
                await page.keyboard.press("Escape");
                await page.screenshot({ path: `${process.env.MODULOK_SHOTS}/trash-${scheme}-${width}.png` });
            }
            await finish(page);
            const linked = await app.open(sheet, { scheme, width, touch: width === 360 });
            await related(linked).getByRole("combobox", { name: "Link a datasheet" }).pressSequentially("a");
            await related(linked).getByRole("option").first().waitFor();
            await noViolations(linked, { what: `related datasheets, ${scheme} ${width}` });
            const wider = await linked.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(wider <= 0, `it is ${wider} px too wide`);
            if (process.env.MODULOK_SHOTS) {
                await related(linked).scrollIntoViewIfNeeded();
                await linked.screenshot({ path: `${process.env.MODULOK_SHOTS}/related-${scheme}-${width}.png` });
            }
            await finish(linked);
        }
    }
});

test("the trash is read without JavaScript", async () => {
    const page = await app.open(trash, { javaScript: false });
    await lines(page).first().waitFor();
    await page.context().close();
});
